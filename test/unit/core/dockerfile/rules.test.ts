import assert from 'node:assert/strict';
import type { BuildPlan, PlanRequest } from '../../../../src/core/dockerfile/planBuild';
import type { Platform } from '../../../../src/core/platform';
import { Problem } from '../../../../src/core/problem';
import { plan, sources, texts } from '../../../support/plan';

const args = (values: Readonly<Record<string, string>>): Partial<PlanRequest> => ({
  buildArgs: new Map(Object.entries(values)),
});

function problemOf(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error;
  }
  return assert.fail('no Problem');
}

/** What a plan says of the first read: its source, or that the whole context counts. */
function firstRead({ reads }: BuildPlan): string | undefined {
  const [read] = reads;
  return read?.widened ? 'everything' : read?.source;
}

describe('which instructions read the context', () => {
  describe('rule 1: only those of the stages that the target needs', () => {
    const file = [
      'FROM a AS one',
      'COPY 1 /',
      'FROM a AS two',
      'COPY 2 /',
      'FROM one AS three',
      'COPY 3 /',
      'COPY --from=two /x /',
      'FROM a AS four',
      'COPY 4 /',
    ].join('\n');

    it('takes the last stage without a target', () => {
      assert.deepEqual(sources(file), ['/4']);
    });

    it('follows bases and COPY --from', () => {
      assert.deepEqual(sources(file, { target: 'three' }), ['/1', '/2', '/3']);
    });

    it('follows mounts', () => {
      const text = 'FROM a AS one\nCOPY 1 /\nFROM a\nRUN --mount=from=one,target=/x y';
      assert.deepEqual(sources(text), ['/1']);
    });

    it('has stage names in any case', () => {
      assert.deepEqual(sources(file, { target: 'TWO' }), ['/2']);
      assert.deepEqual(sources('FROM a AS One\nCOPY 1 /\nFROM oNE\nCOPY 2 /'), ['/1', '/2']);
    });

    it('binds FROM to the last stage of that name above', () => {
      const text = 'FROM a AS x\nCOPY 1 /\nFROM a AS x\nCOPY 2 /\nFROM x\nFROM a AS x\nCOPY 3 /';
      const [first, second] = plan(text.replace('FROM x\n', 'FROM x AS y\n'), {
        target: 'y',
      }).stages;
      assert.equal(first?.line, 3);
      assert.equal(second?.line, 5);
    });

    it('takes an image for a mount from a number, and a stage for COPY', () => {
      const { baseImages } = plan(
        'FROM a\nFROM b\nCOPY --from=0 /x /\nRUN --mount=from=0,target=/x y',
      );
      assert.deepEqual(
        baseImages.map(({ reference, role }) => `${role} ${reference}`),
        ['from a', 'from b', 'mount 0'],
      );
    });

    it('names the stages there are where the target is none', () => {
      const problem = problemOf(() => plan(file, { target: 'five' }));
      assert.equal(problem.code, 'target-unknown');
      assert.match(problem.remedy, /one, two, three, four/);
    });

    it('refuses a stage that does not stand above', () => {
      const text = 'FROM a\nCOPY --from=later /x /\nFROM b AS later\nCOPY --from=0 /x /';
      const problem = problemOf(() => plan(text));
      assert.equal(problem.code, 'dockerfile-invalid');
      assert.equal(problem.place?.line, 2);
    });

    it('takes ten thousand stages one from another', () => {
      const chain = Array.from({ length: 10_000 }, (_, i) => `FROM s${i} AS s${i + 1}`);
      assert.equal(plan(chain.join('\n')).stages.length, 10_000);
    });
  });

  describe('rule 2: COPY and ADD', () => {
    it('reads each source, in order', () => {
      assert.deepEqual(sources('FROM a\nCOPY x y /d/\nADD z /d/'), ['/x', '/y', '/z']);
    });

    it('reads a named context in place of an image or a stage', () => {
      const namedContexts = new Set(['assets', 'docker.io/library/alpine:latest', 'one']);
      const text = [
        'FROM a AS one',
        'COPY 1 /',
        'FROM alpine',
        'COPY --from=assets /x /',
        'COPY --from=one /y /',
        'RUN --mount=from=assets,source=z,target=/z true',
      ].join('\n');
      const { reads, stages } = plan(text, { namedContexts });
      assert.deepEqual(
        reads.map(({ context, source }) => [context, source]),
        [
          ['docker.io/library/alpine:latest', '/'],
          ['assets', '/x'],
          ['one', '/y'],
          ['assets', '/z'],
        ],
      );
      assert.equal(stages.length, 1);
    });

    const remote = [
      'https://x.y/z.tgz',
      'http://x.y/z',
      'git@github.com:a/b.git',
      'git://a/b',
      'ssh://git@a/b.git',
      'https://github.com/a/b.git#v1',
      'HTTPS://github.com/a/b.git',
    ];
    for (const source of remote) {
      it(`fetches ${source} for ADD, and refuses it for COPY`, () => {
        assert.deepEqual(sources(`FROM a\nADD ${source} /d/`), []);
        assert.throws(() => sources(`FROM a\nCOPY ${source} /d/`), Problem);
      });
    }

    for (const source of ['github.com/a/b', 'ftp://a/b', './git@a:b', 'HTTP://a/b', 'a.git']) {
      it(`takes ${source} for a path`, () => {
        assert.equal(sources(`FROM a\nADD ${source} /d/`).length, 1);
      });
    }
  });

  describe('rule 3: RUN --mount', () => {
    const mounted = (flag: string): readonly string[] => sources(`FROM a\nRUN ${flag} true`);

    it('binds the whole context by default', () => {
      assert.deepEqual(mounted('--mount=target=/x'), ['/']);
    });

    it('reads nothing for cache, tmpfs, secret and ssh', () => {
      for (const type of ['cache', 'tmpfs', 'secret', 'ssh', 'CACHE']) {
        assert.deepEqual(mounted(`--mount=type=${type},target=/x`), []);
      }
    });

    it('takes CSV, quotes round the flag, and keys in any case', () => {
      assert.deepEqual(mounted('--mount=\'type=bind,"source=a,b",target=/x\''), ['/a,b']);
      assert.deepEqual(mounted('--mount="SRC=a b,Target=/x"'), ['/a b']);
    });

    it('takes no glob for one', () => {
      const [read] = plan('FROM a\nRUN --mount=source=a*,target=/x true').reads;
      assert.equal(read?.glob, false);
    });

    it('refuses what is no CSV, and variables in from', () => {
      for (const flag of ['--mount=a\\"b', '--mount=from=$X,target=/x', '--mount=']) {
        assert.throws(() => mounted(flag), Problem);
      }
    });

    it('counts the whole context for a type that is not known', () => {
      const planned = plan('FROM a\nRUN --mount=type=weird,source=x,target=/x true');
      assert.equal(firstRead(planned), 'everything');
      assert.deepEqual(
        planned.notes.map(({ line }) => line),
        [2],
      );
    });
  });

  describe('rule 4: flags', () => {
    it('end at the first word that is none, or at a bare --', () => {
      assert.deepEqual(sources('FROM a\nCOPY x --link /d/'), ['/x', '/--link']);
      assert.deepEqual(sources('FROM a\nCOPY -- --link /d/'), ['/--link']);
    });

    it('leave --exclude unexpanded and take it more than once', () => {
      const [read] = plan('FROM a\nARG X=y\nCOPY --exclude=$X --exclude=z . /').reads;
      assert.deepEqual(read?.exclude, ['$X', 'z']);
    });

    it('read --parents with and without a pivot', () => {
      const [whole, pivot, absolute] = plan(
        'FROM a\nCOPY --parents a/**/b x/./y/../z /a/b /',
      ).reads;
      assert.deepEqual([whole?.source, whole?.include], ['/', ['a/**/b']]);
      assert.deepEqual([pivot?.source, pivot?.include], ['/x', ['z']]);
      assert.deepEqual([absolute?.source, absolute?.include], ['/', ['a/b']]);
    });

    it('are read byte by byte, as the build does', () => {
      const [read] = plan('FROM a\nCOPY --exclude=ä x /').reads;
      assert.deepEqual(read?.exclude, ['Ã¤']);
    });

    it('that are not known make the whole context count', () => {
      for (const line of ['COPY --shiny x /', 'RUN --shiny=1 true', 'WORKDIR --shiny /w']) {
        const planned = plan(`FROM a\n${line}`);
        assert.equal(firstRead(planned), 'everything');
        assert.match(planned.notes[0]?.text ?? '', /"--shiny"/);
      }
    });

    it('without a value they need, or with a wrong one, are refused', () => {
      assert.throws(() => plan('FROM a\nCOPY --chown x /'), Problem);
      assert.throws(() => plan('FROM a\nCOPY --link=maybe x /'), Problem);
    });
  });

  describe('rule 5: ONBUILD', () => {
    const file = 'FROM a AS base\nONBUILD ARG D=1\nONBUILD COPY $D /\nFROM base AS child\nCOPY 2 /';

    it('of the direct base runs first in the child', () => {
      assert.deepEqual(sources(file), ['/1', '/2']);
    });

    it('reads nothing by itself', () => {
      assert.deepEqual(sources(file, { target: 'base' }), []);
    });

    it('is not inherited further', () => {
      assert.deepEqual(sources(`${file}\nFROM child AS grandchild\nCOPY 3 /`), ['/1', '/2', '/3']);
    });

    it('brings the stages that it names', () => {
      const text =
        'FROM a AS one\nCOPY 1 /\nFROM a AS base\nONBUILD COPY --from=one /x /\nFROM base';
      assert.deepEqual(sources(text), ['/1']);
    });

    it('may hide in an image whose tag says so', () => {
      const planned = plan('FROM node:18-onbuild');
      assert.equal(firstRead(planned), 'everything');
      assert.match(planned.notes[0]?.text ?? '', /ONBUILD/);
    });

    it('cannot bring FROM or ONBUILD', () => {
      assert.throws(() => plan('FROM a\nONBUILD FROM b'), Problem);
      assert.throws(() => plan('FROM a\nONBUILD ONBUILD RUN x'), Problem);
    });
  });

  describe('rule 6: heredocs', () => {
    it('are content of the Dockerfile', () => {
      const text = 'FROM a\nCOPY <<A <<"B" x /d/\n# a\nA\nCOPY no /no\nB\nCOPY y /';
      assert.deepEqual(sources(text), ['/x', '/y']);
    });

    it('may be indented, described and set off', () => {
      for (const marker of ['<<-E', '3<<E', '<< E', "<<'E'", '<<\\E']) {
        const end = marker.startsWith('<<-') ? '\tE' : 'E';
        assert.deepEqual(sources(`FROM a\nRUN cat ${marker}\nCOPY no /\n${end}\nCOPY y /`), ['/y']);
      }
    });

    it('are none in JSON form, quotes, here-strings and other instructions', () => {
      for (const line of ['RUN ["<<E"]', 'RUN echo "<<E"', 'RUN cat <<<E', 'ENV A=<<E']) {
        assert.deepEqual(sources(`FROM a\n${line}\nCOPY y /`), ['/y']);
      }
    });

    it('stand behind ONBUILD, too', () => {
      const text = 'FROM a AS b\nONBUILD COPY <<E x /\nCOPY no /\nE\nFROM b\nCOPY y /';
      assert.deepEqual(sources(text), ['/x', '/y']);
    });

    it('need an end', () => {
      const problem = problemOf(() => plan('FROM a\nRUN <<E\nx\n'));
      assert.equal(problem.place?.line, 2);
    });

    it('have ends that CRLF does not hide', () => {
      assert.deepEqual(sources('FROM a\r\nRUN <<E\r\nCOPY no /\r\nE\r\nCOPY y /\r\n'), ['/y']);
    });
  });
});

describe('paths', () => {
  it('rule 7: are normalised inside the context', () => {
    assert.deepEqual(sources('FROM a\nCOPY ./a /a ../../a a/ a/../b . / //c /d/'), [
      '/a',
      '/a',
      '/a',
      '/a',
      '/b',
      '/',
      '/',
      '/c',
    ]);
  });

  describe('rule 8: words', () => {
    it('split at white space whatever the quotes', () => {
      assert.deepEqual(sources('FROM a\nCOPY a\\ b\tc /d/'), ['/a', '/b', '/c']);
      assert.throws(() => sources('FROM a\nCOPY "a b" /d/'), Problem);
    });

    it('are unquoted one by one, and a glob stays one', () => {
      const { reads } = plan('FROM a\nCOPY a\\*b a\\\\*b "c" \'$D\' /d/');
      assert.deepEqual(
        reads.map(({ source, glob }) => [source, glob]),
        [
          ['/a*b', true],
          ['/a\\*b', false],
          ['/c', false],
          ['/$D', false],
        ],
      );
    });

    it('may be JSON, where variables are replaced, too', () => {
      assert.deepEqual(sources('FROM a\nARG D=x\nCOPY ["a b", "$D", "/d/"]'), ['/a b', '/x']);
    });

    it('fall back to the shell form where they are no JSON', () => {
      assert.deepEqual(sources('FROM a\nCOPY [a, /d/]'), ['/[a,']);
      assert.throws(() => sources('FROM a\nCOPY ["a", 1, "/d/"]'), Problem);
    });

    it('need a source and a destination', () => {
      for (const line of ['COPY', 'COPY x', 'ADD', 'COPY ["x"]', 'COPY x <<E\nE']) {
        assert.throws(() => sources(`FROM a\n${line}`), Problem);
      }
    });
  });
});

describe('variables', () => {
  describe('rule 13: scopes', () => {
    const cases: Readonly<Record<string, readonly [string, Partial<PlanRequest>, string[]]>> = {
      'an ARG before FROM is not seen in a stage': [
        'ARG D=x\nFROM scratch\nCOPY a$D /',
        {},
        ['/a'],
      ],
      'but is the default of a bare ARG': ['ARG D=x\nFROM a\nARG D\nCOPY $D /', {}, ['/x']],
      'a default of the stage beats it': ['ARG D=x\nFROM a\nARG D=y\nCOPY $D /', {}, ['/y']],
      'a given argument beats both': [
        'ARG D=x\nFROM a\nARG D=y\nCOPY $D /',
        args({ D: 'z' }),
        ['/z'],
      ],
      'a given argument needs an ARG': ['FROM scratch\nCOPY a$D /', args({ D: 'z' }), ['/a']],
      'the later of ENV and ARG wins': ['FROM a\nENV D=e\nARG D=a\nCOPY $D /', {}, ['/a']],
      'in either order': ['FROM a\nARG D=a\nENV D=e\nCOPY $D /', {}, ['/e']],
      'an ENV sees what was set before it': [
        'FROM a\nENV A=1\nENV A=2 B=$A\nCOPY $A$B /',
        {},
        ['/21'],
      ],
      'a child has its base’s ENV anew': [
        'FROM scratch AS b\nENV D=e\nARG D=a\nFROM b\nCOPY $D /',
        {},
        ['/e'],
      ],
      'and its ARGs': ['FROM scratch AS b\nARG D=a\nFROM b\nCOPY $D /', {}, ['/a']],
      'the platform needs an ARG': [
        'FROM scratch\nCOPY a-$TARGETARCH /\nARG TARGETARCH\nARG TARGETVARIANT\nCOPY $TARGETARCH$TARGETVARIANT /',
        { platform: 'linux/arm/v7' as Platform },
        ['/a-', '/armv7'],
      ],
      'and a default beats it': ['FROM a\nARG TARGETARCH=x\nCOPY $TARGETARCH /', {}, ['/x']],
      'TARGETSTAGE is the target': [
        'FROM a AS one\nARG TARGETSTAGE\nCOPY $TARGETSTAGE /\nFROM a',
        { target: 'one' },
        ['/one'],
      ],
      'PATH is set on scratch': ['FROM scratch\nCOPY ${PATH%%:*} /', {}, ['/usr/local/sbin']],
      'global arguments see those above': [
        'ARG A=x\nARG B=${A}y\nFROM a\nARG B\nCOPY $B /',
        {},
        ['/xy'],
      ],
      'an escape directive holds for words': [
        '# escape=`\nFROM a\nARG D=x\nCOPY a\\$D `$D /',
        {},
        ['/a\\x', '/$D'],
      ],
    };
    for (const [name, [text, request, expected]] of Object.entries(cases)) {
      it(name, () => {
        assert.deepEqual(sources(text, request), expected);
      });
    }

    it('names the given arguments that needed stages can see', () => {
      const text = [
        'ARG BASE=a',
        'ARG UNUSED=a',
        'ARG TAG=$VERSION',
        'ARG VERSION',
        'FROM $BASE AS one',
        'ARG ONE',
        'FROM b:$TAG AS two',
        'ARG TWO=2',
        'ARG HTTP_PROXY',
      ].join('\n');
      const given = args({
        BASE: 'x',
        UNUSED: 'x',
        ONE: 'x',
        TWO: 'x',
        OTHER: 'x',
        VERSION: '1',
        HTTP_PROXY: 'x',
        HTTPS_PROXY: 'x',
        SOURCE_DATE_EPOCH: '0',
        BUILDKIT_INLINE_CACHE: '1',
      });
      assert.deepEqual(plan(text, given).buildArgs, [
        'BUILDKIT_INLINE_CACHE',
        'HTTP_PROXY',
        'SOURCE_DATE_EPOCH',
        'TWO',
        'VERSION',
      ]);
      assert.deepEqual(plan(text, { ...given, target: 'one' }).buildArgs, [
        'BASE',
        'BUILDKIT_INLINE_CACHE',
        'ONE',
        'SOURCE_DATE_EPOCH',
      ]);
    });
  });

  it('rule 14: COPY --from takes no variables', () => {
    assert.throws(() => plan('ARG S=0\nFROM a\nFROM b\nCOPY --from=$S /x /'), Problem);
  });

  it('rule 14: a required variable that is missing fails the build', () => {
    assert.throws(() => plan('FROM scratch\nCOPY ${D:?} /'), Problem);
  });

  describe('rule 15: what the base image may set makes the whole context count', () => {
    const uncertain = [
      ['an unset variable', 'FROM a\nCOPY $D /'],
      ['one with a default', 'FROM a\nCOPY ${D:-x} /'],
      ['one that is required', 'FROM a\nCOPY ${D:?} /'],
      ['PATH', 'FROM a\nCOPY $PATH /'],
      ['a bare ARG', 'FROM a\nARG D\nCOPY $D /'],
      ['an ARG before FROM alone', 'ARG D=x\nFROM a\nCOPY $D /'],
      ['a value that rests on one', 'FROM a\nENV E=${D}x\nARG F=$E\nCOPY $F /'],
      ['a name that rests on one', 'FROM a\nENV $D=x\nENV E=y\nCOPY $E /'],
      ['an ARG of a base stage', 'FROM a AS b\nARG D=x\nFROM b\nCOPY $D /'],
      ['the source of a mount', 'FROM a\nRUN --mount=source=$D,target=/x y'],
      ['the type of a mount', 'FROM a\nRUN --mount=type=$D,target=/x y'],
      ['a named context as base', 'FROM n\nRUN --mount=source=$D,target=/x y'],
      ['the platform that builds', 'FROM scratch\nARG BUILDARCH\nCOPY $BUILDARCH /'],
      ['an argument that rests on it', 'ARG T=t-$BUILDOS\nFROM scratch\nARG T\nCOPY $T /'],
    ] as const;
    for (const [name, text] of uncertain) {
      it(name, () => {
        const { reads, notes } = plan(text, { namedContexts: new Set(['n']) });
        const read = reads.at(-1);
        assert.equal(read?.widened, true);
        assert.deepEqual(
          notes.map(({ line }) => line),
          [read.line],
        );
      });
    }

    const certain = [
      ['a variable that the stage sets', 'FROM a\nENV D=x\nCOPY $D /'],
      ['an argument that is given', 'FROM a\nARG D\nCOPY $D /'],
      ['ENV of a base stage', 'FROM a AS b\nENV D=x\nFROM b\nCOPY $D /'],
      ['an unset variable on scratch', 'FROM scratch\nCOPY a$X /'],
      ['a quoted dollar', "FROM a\nCOPY '$X' \\$X /"],
      ['a destination', 'FROM a\nCOPY x $X'],
      ['a copy from a stage', 'FROM a AS b\nFROM a\nCOPY --from=b $X /'],
      ['a cache', 'FROM a\nRUN --mount=type=cache,source=$X,target=/x y'],
      ['a predefined argument', 'FROM a\nARG TARGETARCH\nCOPY $TARGETARCH /'],
    ] as const;
    for (const [name, text] of certain) {
      it(`not ${name}`, () => {
        const planned = plan(text, args({ D: 'y' }));
        assert.deepEqual(planned.notes, []);
        assert.ok(planned.reads.every(({ widened }) => !widened));
      });
    }

    it('not the platform that builds where it is given', () => {
      const text = 'FROM scratch\nARG BUILDARCH\nCOPY $BUILDARCH /';
      assert.deepEqual(sources(text, args({ BUILDARCH: 'x' })), ['/x']);
    });

    it('a stage that the platform that builds chooses, and all other stages', () => {
      const text = (other: string): string =>
        `FROM a AS on-amd64\nFROM a AS on-arm64\n${other}\nFROM on-$BUILDARCH\nCOPY x /`;
      const { reads, notes } = plan(text('RUN x'));
      assert.ok(reads.every(({ widened }) => widened));
      assert.deepEqual(
        notes.map(({ line }) => line),
        [4],
      );
      assert.notDeepEqual(texts(text('RUN x')), texts(text('RUN y')));
    });

    it('not an image by the platform that builds', () => {
      assert.deepEqual(sources('FROM a-$BUILDARCH AS b\nFROM b\nCOPY x /'), ['/x']);
    });

    it('the target’s platform where an option may ask for another', () => {
      const text = 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /';
      assert.equal(firstRead(plan(text, { platformIsCertain: false })), 'everything');
    });

    it('says which variable, and where', () => {
      const [note] = plan('FROM a\n\nCOPY a/$D /').notes;
      assert.deepEqual(note, {
        line: 3,
        text: 'What "COPY a/$D" reads depends on D, which the base image or the builder may set: the whole context counts.',
      });
    });
  });

  it('rule 16: FROM sees the platform', () => {
    const text = 'FROM --platform=$BUILDPLATFORM a-$TARGETARCH';
    const [image] = plan(text, { platform: 'linux/arm64' as Platform }).baseImages;
    assert.equal(image?.reference, 'a-arm64');
    assert.equal(image.platform, 'linux/arm64');
  });
});

describe('text', () => {
  describe('rule 17: directives', () => {
    it('stand at the very top, in any case', () => {
      assert.deepEqual(sources('#Escape = `\nFROM a\nCOPY a `\n b /'), ['/a', '/b']);
      assert.deepEqual(sources('# check=skip=all\n# escape=`\nFROM a\nCOPY a `\n b /'), [
        '/a',
        '/b',
      ]);
    });

    it('end at any other line', () => {
      for (const head of ['# hello', '', '#!/bin/x', '# other=1']) {
        assert.deepEqual(sources(`${head}\n# escape=\`\nFROM a\nCOPY a \\\n b /`), ['/a', '/b']);
      }
    });

    it('stand once, and name a known escape', () => {
      assert.throws(() => plan('# escape=`\n# escape=`\nFROM a'), Problem);
      assert.throws(() => plan('# escape=x\nFROM a'), Problem);
    });

    const known = [
      'docker/dockerfile',
      'docker/dockerfile:1.7-labs',
      'docker.io/docker/dockerfile:1',
    ];
    for (const frontend of known) {
      it(`know ${frontend}`, () => {
        assert.deepEqual(sources(`# syntax=${frontend}\nFROM a\nCOPY x /`), ['/x']);
      });
    }

    const foreign = [
      '# syntax=acme/frontend:1\nFROM a',
      '#!x\n# syntax = docker/dockerfilex\nFROM a',
      '// syntax=acme/f\n{}',
      '{"syntax": "acme/f"}',
      '\ufeff# escape=`\n# syntax=ghcr.io/docker/dockerfile:1\nFROM a',
    ];
    for (const text of foreign) {
      it(`count everything for ${JSON.stringify(text)}`, () => {
        const planned = plan(text, { ...args({ A: '1' }), namedContexts: new Set(['n']) });
        assert.equal(firstRead(planned), 'everything');
        assert.deepEqual(
          planned.reads.map(({ context }) => context),
          [undefined, 'n'],
        );
        assert.deepEqual(planned.stages[0]?.instructions[0]?.text, JSON.stringify(['TEXT', text]));
        assert.deepEqual(planned.buildArgs, ['A']);
        assert.equal(planned.notes.length, 1);
      });
    }

    it('give way to BUILDKIT_SYNTAX', () => {
      const text = '# syntax=docker/dockerfile:1\nFROM a\nCOPY x /';
      assert.equal(firstRead(plan(text, args({ BUILDKIT_SYNTAX: 'acme/f x=y' }))), 'everything');
      const back = text.replace('docker/dockerfile', 'acme/f');
      assert.equal(firstRead(plan(back, args({ BUILDKIT_SYNTAX: 'docker/dockerfile:1' }))), '/x');
    });
  });

  describe('rule 18: lines', () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['FROM a\nCOPY a \\  \n b /', ['/a', '/b']],
      ['FROM a\nCOPY a\\\nb /', ['/ab']],
      ['FROM a\nRUN echo \\\\\nCOPY x /', ['/x']],
      ['FROM a\nCOPY a \\\n# c\n\n   # d\n b /', ['/a', '/b']],
      ['\ufeffFROM a\r\nCOPY a \\\r\n b /\r\n', ['/a', '/b']],
      ['from a\ncopy x /', ['/x']],
      ['FROM a\nCO\\\nPY x /', ['/x']],
      ['#!/usr/bin/env x\nFROM a\nCOPY x /', ['/x']],
      ['  FROM a\n\u00a0COPY x /', ['/x']],
      ['FROM a\nCOPY x / \\', ['/x']],
    ];
    for (const [text, expected] of cases) {
      it(JSON.stringify(text), () => {
        assert.deepEqual(sources(text), expected);
      });
    }

    it('say where each instruction begins', () => {
      const { stages, reads } = plan('\n# c\nFROM a\nRUN a \\\n b\n\nCOPY \\\n x /\n');
      assert.deepEqual(
        stages[0]?.instructions.map(({ line }) => line),
        [3, 4, 7],
      );
      assert.equal(reads[0]?.line, 7);
    });
  });

  it('rule 19: comments, blank lines and layout enter no text', () => {
    const plain = 'FROM a\nRUN x y\nCOPY a b /\n';
    const other = '# c\n\nfrom   a\n\n# d\nRUN x \\\n# e\n\ny\ncopy a\t\\\n\\\n  b /';
    assert.deepEqual(texts(other), texts(plain));
  });

  it('rule 22: the Dockerfile is content only where something reads it', () => {
    assert.deepEqual(sources('FROM a\nCOPY Dockerfile .dockerignore /'), [
      '/Dockerfile',
      '/.dockerignore',
    ]);
  });

  it('rule 23: images are named as written, variables replaced', () => {
    const text = 'ARG T=1\nFROM a:$T\nCOPY --from=b:2 /x /\nADD https://x.y/z /';
    assert.deepEqual(
      plan(text).baseImages.map(({ reference, line }) => [reference, line]),
      [
        ['a:1', 2],
        ['b:2', 3],
      ],
    );
  });
});

describe('a Dockerfile that fails to build', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['', 1],
    ['# only a comment', 1],
    ['RUN x', 1],
    ['FROM a\nRUNN x', 2],
    ['FROM a\n\nFROM', 3],
    ['FROM a AS', 1],
    ['FROM a AS 1x', 1],
    ['FROM a b c', 1],
    ['FROM $X', 1],
    ['FROM --platform=$X a', 1],
    ['FROM "a', 1],
    ['ARG X="\nFROM a', 1],
    ['FROM a\nENV', 2],
    ['FROM a\nENV A', 2],
    ['FROM a\nENV A=1 B', 2],
    ['FROM a\nARG', 2],
    ['FROM a\nARG =x', 2],
    ['FROM scratch\nENV A="', 2],
    ['FROM scratch\nARG A=${B:?}', 2],
    ['FROM a\nSHELL /bin/sh', 2],
    ['FROM a\nSHELL []', 2],
    ['FROM a\nWORKDIR', 2],
    ['FROM a\nEXPOSE', 2],
    ['FROM a\nVOLUME', 2],
    ['FROM a\nHEALTHCHECK', 2],
    ['FROM a\nONBUILD', 2],
    ['FROM a\nCMD ["a", 1]', 2],
    ['FROM a\nCOPY --from=7 x /', 2],
  ];
  for (const [text, line] of cases) {
    it(`is refused with its line: ${JSON.stringify(text)}`, () => {
      const problem = problemOf(() => plan(text));
      assert.equal(problem.code, 'dockerfile-invalid');
      assert.deepEqual(problem.place, { file: 'Dockerfile', line });
    });
  }
});

describe('effort', () => {
  it('grows with the length of a Dockerfile, and no faster', () => {
    const line =
      'RUN echo "$A" && cat <<EOF && x\nbody ${B:-c}\nEOF\nCOPY --link a b* /d/\nENV A=b\n';
    const text = [
      'FROM a',
      '# a comment\n'.repeat(200_000),
      `RUN <<EOF\n${'a line\n'.repeat(400_000)}EOF`,
      `RUN a${' && \\\n  b'.repeat(200_000)}`,
      line.repeat(20_000),
    ].join('\n');
    assert.ok(text.length > 8_000_000);
    assert.equal(plan(text).stages[0]?.instructions.length, 3 + 3 * 20_000);
  }).timeout(60_000);

  it('is small for one long line', () => {
    assert.equal(sources(`FROM a\nCOPY ${'a '.repeat(500_000)}/d/`).length, 500_000);
    assert.deepEqual(sources(`FROM a\nRUN ${'\\ '.repeat(2_000_000)}x\nCOPY x /`), ['/x']);
  }).timeout(60_000);
});
