import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanRequest } from '../../../../src/core/dockerfile/planBuild';
import { plan, texts } from '../../../support/plan';

const given = (values: Readonly<Record<string, string>>): Partial<PlanRequest> => ({
  buildArgs: new Map(Object.entries(values)),
});

/** Pairs of Dockerfiles that build the same image, but for its history. */
const SAME: Readonly<Record<string, readonly [string, string]>> = {
  'the case of keywords': ['FROM a\nRUN x', 'from a\nrun x'],
  'comments and blank lines': ['FROM a\nRUN x', '# c\n\nFROM a\n# d\n\nRUN x\n'],
  'line ends': ['FROM a\nRUN x \\\n y\n', 'FROM a\r\nRUN x \\\r\n y\r\n'],
  'a byte order mark': ['FROM a', '\ufeffFROM a'],
  'layout between words': ['FROM a\nCOPY b c /', 'FROM  a\nCOPY\tb \\\n c   /'],
  'JSON and shell form of COPY': ['FROM a\nCOPY b c /', 'FROM a\nCOPY ["b", "c", "/"]'],
  'the order of flags': ['FROM a\nCOPY --link --chown=1 b /', 'FROM a\nCOPY --chown=1 --link b /'],
  'the spelling of switches': ['FROM a\nCOPY --link b /', 'FROM a\nCOPY --link=TRUE b /'],
  'a switch that is off': ['FROM a\nCOPY b /', 'FROM a\nCOPY --link=false b /'],
  'the keys of mounts': [
    'FROM a\nRUN --mount=src=b,dst=/c x',
    'FROM a\nRUN --mount=Source=b,target=/c x',
  ],
  'quotes round a flag': [
    'FROM a\nRUN --mount=src=b,dst=/c x',
    'FROM a\nRUN --mount="src=b,dst=/c" x',
  ],
  'the names of stages': [
    'FROM a AS b\nFROM c\nCOPY --from=b /x /',
    'FROM a AS other\nFROM c AS named\nCOPY --from=OTHER /x /',
  ],
  'a stage by name or number': [
    'FROM a AS b\nFROM c\nCOPY --from=b /x /',
    'FROM a\nFROM c\nCOPY --from=0 /x /',
  ],
  'stages that are not needed': [
    'FROM a AS b\nRUN x\nFROM b\nCOPY --from=0 /x /',
    'FROM z AS z\nRUN --mount=from=z,target=/z z\nFROM a AS b\nRUN x\nFROM y\nFROM b\nCOPY --from=1 /x /',
  ],
  'global arguments that are not used': ['FROM a', 'ARG X=1\nFROM a'],
  'how a heredoc of RUN ends': ['FROM a\nRUN <<A\nx\nA', 'FROM a\nRUN <<B\nx\nB'],
  'tabs before a heredoc that chomps': ['FROM a\nRUN <<A\nx\nA', 'FROM a\nRUN <<-A\n\tx\n\tA'],
  'a heredoc that is all of RUN': ['FROM a\nRUN <<A\nx\nA', 'FROM a\nRUN <<"A"\nx\nA'],
  'quotes where a body has no variables': [
    'FROM a\nCOPY <<A /f\nx\nA',
    'FROM a\nCOPY <<"A" /f\nx\nA',
  ],
  'the order of ports': ['FROM a\nEXPOSE 2 1', 'FROM a\nEXPOSE 1 2'],
  'the old form of ENV': ['FROM a\nENV A b', 'FROM a\nENV A=b'],
  'quotes round a value': ['FROM a\nENV A=b\nLABEL c=d', 'FROM a\nENV A="b"\nLABEL "c"=\'d\''],
  'quotes round a variable': ['FROM a\nENV A=$B-c', 'FROM a\nENV A="$B"-c'],
  'braces round a name': ['FROM a\nCOPY $B /', 'FROM a\nCOPY ${B} /'],
  'how white space in a value is kept': ['FROM a\nENV A="b c"', 'FROM a\nENV A=b\\ c'],
  'quotes round a word': [
    'FROM a\nWORKDIR /b\nUSER c\nVOLUME /d',
    'FROM a\nWORKDIR "/b"\nUSER \'c\'\nVOLUME ["/d"]',
  ],
  'quotes in a default': ['ARG A=b\nFROM $A\nARG C=d', 'ARG A="b"\nFROM "$A"\nARG C=\'d\''],
  'the spelling of a source': ['FROM a\nCOPY b c/d e /', 'FROM a\nCOPY ./b /x/../c/d/ ../"e" /'],
  'the spelling of a stage’s path': [
    'FROM a AS b\nFROM c\nCOPY --from=b d /',
    'FROM a AS b\nFROM c\nCOPY --from=b //d/ /',
  ],
  'the spelling of a destination': [
    'FROM a\nCOPY b /c/d/\nCOPY b e/\nADD b .',
    'FROM a\nCOPY b //c//./d/\nCOPY b ./e//\nADD b ./',
  ],
  'the order of a mount’s fields': [
    'FROM a\nRUN --mount=type=cache,id=b,target=/c x',
    'FROM a\nRUN --mount=target=/c,type=cache,id=b x',
  ],
  'the type of a mount that is the default': [
    'FROM a\nRUN --mount=source=b,target=/c x',
    'FROM a\nRUN --mount=type=BIND,source=b,target=/c x',
  ],
  'the spelling of a mount’s source': [
    'FROM a\nRUN --mount=source=b/c,target=/c --mount=target=/d x',
    'FROM a\nRUN --mount=source=./b//c/,target=/c --mount=source=.,target=/d x',
  ],
  'the target’s platform': ['FROM a', 'FROM --platform=$TARGETPLATFORM a'],
  'the target’s platform by name': ['FROM a', 'ARG P=linux/amd64\nFROM --platform=${P} a'],
  'an escape that nothing needs': [
    'FROM a\nRUN x \\\n y\nENV A="b c"\nCMD c:\\d `e` f',
    '# escape=`\nFROM a\nRUN x `\n y\nENV A=b` c\nCMD c:\\d `e` f',
  ],
  'white space behind a trigger that no image keeps': [
    'FROM a AS b\nONBUILD RUN x\nFROM b',
    'FROM a AS b\nONBUILD RUN x  \nFROM b',
  ],
  'the registry of the frontend': [
    '# syntax=docker/dockerfile:1\nFROM a',
    '#syntax = docker.io/docker/dockerfile:1\nFROM a',
  ],
};

/** Pairs of Dockerfiles that may build different images. */
const DIFFERENT: Readonly<Record<string, readonly [string, string]>> = {
  'the base image': ['FROM a', 'FROM b'],
  'the platform': ['FROM a', 'FROM --platform=linux/arm64 a'],
  'the platform that builds': ['FROM a', 'FROM --platform=$BUILDPLATFORM a'],
  'the platform that builds, by another name': [
    'FROM a',
    'ARG P=$BUILDPLATFORM\nFROM --platform=$P a',
  ],
  'a default that FROM uses': ['ARG T=1\nFROM a:$T', 'ARG T=2\nFROM a:$T'],
  'a default that a default uses': ['ARG T=1\nARG U=$T\nFROM a:$U', 'ARG T=2\nARG U=$T\nFROM a:$U'],
  'a default that a stage takes': ['ARG T=1\nFROM a\nARG T', 'ARG T=2\nFROM a\nARG T'],
  'a default that is taken or not': ['ARG T=1\nFROM a\nARG T', 'FROM a\nARG T'],
  'the target in TARGETSTAGE': ['FROM a AS b\nARG TARGETSTAGE', 'FROM a AS c\nARG TARGETSTAGE'],
  'white space inside RUN': ['FROM a\nRUN x  y', 'FROM a\nRUN x y'],
  'quotes inside RUN': ['FROM a\nRUN "x"', "FROM a\nRUN 'x'"],
  'exec and shell form': ['FROM a\nRUN ["x"]', 'FROM a\nRUN x'],
  'exec and shell form of CMD': ['FROM a\nCMD ["x"]', 'FROM a\nCMD x'],
  'words and word': ['FROM a\nRUN ["x", "y"]', 'FROM a\nRUN ["x y"]'],
  'words of COPY': ['FROM a\nCOPY ["b c", "/"]', 'FROM a\nCOPY b c /'],
  'the order of sources': ['FROM a\nCOPY b c /', 'FROM a\nCOPY c b /'],
  'the destination': ['FROM a\nCOPY b /c', 'FROM a\nCOPY b /c/'],
  'a destination and its contents': ['FROM a\nCOPY b c/d', 'FROM a\nCOPY b c/d/.'],
  'a destination below the working directory': ['FROM a\nCOPY b /c', 'FROM a\nCOPY b c'],
  'a destination and one above': ['FROM a\nCOPY b .', 'FROM a\nCOPY b c/..'],
  'a variable and its name': ['FROM a\nENV A=$B', 'FROM a\nENV A=\\$B'],
  'a variable and a longer one': ['FROM a\nENV A=${B}c', 'FROM a\nENV A=$Bc'],
  'quotes inside quotes': ['FROM a\nENV A=b', `FROM a\nENV A='"b"'`],
  'a backslash': ['FROM a\nENV A=b', 'FROM a\nENV A=\\\\b'],
  'the pivot of --parents': ['FROM a\nCOPY --parents b/c /', 'FROM a\nCOPY --parents b/./c /'],
  'a repository and a path': ['FROM a\nADD git@b:c.git /', 'FROM a\nADD ./git@b:c.git /'],
  'a flag': ['FROM a\nCOPY b /', 'FROM a\nCOPY --link b /'],
  'a switch that is on by default': ['FROM a\nADD b /', 'FROM a\nADD --unpack=false b /'],
  'COPY and ADD': ['FROM a\nCOPY b /', 'FROM a\nADD b /'],
  'a heredoc’s body': ['FROM a\nRUN <<A\nx\nA', 'FROM a\nRUN <<A\ny\nA'],
  'the name of a file from a heredoc': ['FROM a\nCOPY <<A /\nx\nA', 'FROM a\nCOPY <<B /\nx\nB'],
  'a heredoc with variables, and one without': [
    'FROM a\nCOPY <<A /\n$X\nA',
    'FROM a\nCOPY <<"A" /\n$X\nA',
  ],
  'a heredoc that a shell sees': ['FROM a\nRUN cat <<A\nx\nA', 'FROM a\nRUN cat <<B\nx\nB'],
  'the name of a script': ['FROM a\nRUN <<A\n#!/b\nA', 'FROM a\nRUN <<B\n#!/b\nB'],
  'a script and text': ['FROM a\nRUN <<A\n#!/b\nA', 'FROM a\nRUN #!/b'],
  'the source of a mount': [
    'FROM a\nRUN --mount=source=b,target=/x y',
    'FROM a\nRUN --mount=source=c,target=/x y',
  ],
  'a mount’s source that some versions do not clean': [
    'FROM a\nRUN --mount=source=/b,target=/x y',
    'FROM a\nRUN --mount=source=/./b,target=/x y',
  ],
  'the last of two fields of a mount': [
    'FROM a\nRUN --mount=target=/b,target=/c x',
    'FROM a\nRUN --mount=target=/c,target=/b x',
  ],
  'a field of a mount that asks for the type so far': [
    'FROM a\nRUN --mount=type=tmpfs,size=1,target=/b x',
    'FROM a\nRUN --mount=size=1,type=tmpfs,target=/b x',
  ],
  'the stage of a mount': [
    'FROM a AS b\nRUN x\nFROM a AS c\nRUN y\nFROM z\nRUN --mount=from=b,target=/x --mount=from=c,target=/y x',
    'FROM a AS b\nRUN x\nFROM a AS c\nRUN y\nFROM z\nRUN --mount=from=c,target=/x --mount=from=b,target=/y x',
  ],
  'the stage that an ONBUILD means': [
    'FROM a AS b\nFROM c AS d\nFROM e AS f\nONBUILD COPY --from=b /x /\nFROM f\nCOPY --from=0 / /\nCOPY --from=1 / /',
    'FROM a AS d\nFROM c AS b\nFROM e AS f\nONBUILD COPY --from=b /x /\nFROM f\nCOPY --from=0 / /\nCOPY --from=1 / /',
  ],
  metadata: ['FROM a\nLABEL a=b', 'FROM a\nLABEL a=c'],
  'white space behind a trigger, which the image keeps': [
    'FROM a\nONBUILD RUN x',
    'FROM a\nONBUILD RUN x ',
  ],
  ONBUILD: ['FROM a\nONBUILD RUN x', 'FROM a\nRUN x'],
  'the escape': ['FROM a\nENV A=b\\c', '# escape=`\nFROM a\nENV A=b\\c'],
  'the escape inside a variable': [
    'FROM a\nENV A=${B:-\\c}',
    '# escape=`\nFROM a\nENV A=${B:-\\c}',
  ],
  'the escape in a flag': [
    'FROM a\nCOPY --chown=\\\\$B c /',
    '# escape=`\nFROM a\nCOPY --chown=\\$B c /',
  ],
  'the version of the frontend': [
    '# syntax=docker/dockerfile:1.4\nFROM a',
    '# syntax=docker/dockerfile:1.5\nFROM a',
  ],
  'a flag that is not known': ['FROM a\nCOPY --shiny=1 b /', 'FROM a\nCOPY --shiny=2 b /'],
};

describe('the text of a build', () => {
  for (const [name, [one, other]] of Object.entries(SAME)) {
    it(`does not tell ${name}`, () => {
      assert.deepEqual(texts(other), texts(one));
    });
  }

  for (const [name, [one, other]] of Object.entries(DIFFERENT)) {
    it(`tells ${name}`, () => {
      assert.notDeepEqual(texts(other), texts(one));
    });
  }

  it('tells the target’s platform where an option may ask for another', () => {
    const request = { platformIsCertain: false };
    assert.notDeepEqual(texts('FROM --platform=linux/amd64 a', request), texts('FROM a', request));
  });

  it('tells a platform that a given argument replaces', () => {
    const request = given({ TARGETPLATFORM: 'linux/arm64' });
    assert.notDeepEqual(
      texts('FROM --platform=$TARGETPLATFORM a', request),
      texts('FROM a', request),
    );
  });

  it('does not tell a default that a given argument replaces', () => {
    const request = given({ A: 'x', B: 'y' });
    assert.deepEqual(
      texts('ARG A=1\nFROM a:$A\nARG B=1', request),
      texts('ARG A=2\nFROM a:$A\nARG B=2', request),
    );
  });

  it('never holds the value of a given argument', () => {
    const text = 'ARG A\nARG B=x-$A\nFROM a:$A-$B\nARG A\nARG B\nENV C=$A\nCOPY $A /\nRUN x';
    const planned = plan(text, given({ A: 'hidden' }));
    assert.doesNotMatch(JSON.stringify(planned.stages), /hidden/);
    assert.deepEqual(planned.buildArgs, ['A']);
  });

  it('names an image as it is written, and a stage by its position', () => {
    const text =
      'ARG T=1\nFROM a:$T AS b\nFROM b\nCOPY --from=b --chown=1:1 $X "y" /d\nRUN --mount=from=c,target=/x x  y';
    assert.deepEqual(texts(text), [
      ['["FROM","a:${T}",null,[["T","1"]],[]]'],
      [
        '["FROM",{"stage":0},null,[],[]]',
        '["COPY",{"stage":0},[["chown","1:1"]],["${X}","/y"],[],"/d"]',
        '["RUN",[],[[{"image":"c"},[["type","bind"],["target","/x"]]]],{"form":"shell","text":"x  y"}]',
      ],
    ]);
  });

  it('does not change with comments, blank lines and longer continuations', () => {
    const words = fc.constantFrom('RUN x y', 'COPY a b /', 'ENV A=b C=d', 'LABEL a=b', 'ARG A B=c');
    const between = fc.array(fc.constantFrom('', '# note', '   ', '\t# note'), { maxLength: 3 });
    const gap = fc.array(fc.constantFrom('# note', '', '  # note'), { maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(words, between, gap), { minLength: 1, maxLength: 6 }),
        (parts) => {
          const plain = ['FROM a', ...parts.map(([line]) => line)].join('\n');
          const noisy = parts.flatMap(([line, noise, inside]) => {
            const cut = line.lastIndexOf(' ');
            return [
              ...noise,
              [`${line.slice(0, cut)} \\`, ...inside, line.slice(cut + 1)].join('\n'),
            ];
          });
          assert.deepEqual(texts(['FROM a', ...noisy].join('\n')), texts(plain));
        },
      ),
    );
  });
});
