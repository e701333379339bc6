import { hostPlatform } from '../../src/core/platform';
import { BASE, neededStages, sites } from './buildCase';
import type { BuildCase, Entry, Instruction, PairsInstruction, Stage, Tree } from './buildCase';
import { Dice } from './dice';
import {
  editOne,
  inserted,
  replaced,
  swapped,
  without,
  withDockerfile,
  withInstead,
  withoutStage,
  withStage,
  withStageBefore,
} from './edits';
import { ignorePatternFrom, linkTextFrom } from './drawn';
import { hasHeredoc, instructionFrom, plain, settingFrom } from './instructions';
import { needsJson, writeSource } from './sources';
import {
  archiveOf,
  fileOf,
  isDirectory,
  NAMES,
  pathsOf,
  withEntry,
  withoutEntry,
  withRenamed,
} from './trees';

/** One change of a case: what sort, and the choices that it makes. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly rolls: readonly number[];
  /** A text that no other mutation of the case has. */
  readonly fresh: string;
}

export type MutationKind = keyof typeof MUTATIONS;

/** @returns undefined where the case has nothing of the kind to change. */
export function mutate(base: BuildCase, { kind, rolls, fresh }: Mutation): BuildCase | undefined {
  return MUTATIONS[kind](base, new Dice(rolls), fresh);
}

type Mutate = (base: BuildCase, dice: Dice, fresh: string) => BuildCase | undefined;

type FileEntry = Entry & { readonly kind: 'file' };

/** Changes the tree by `change`; undefined where it cannot be done. */
function onTree(change: (tree: Tree, dice: Dice, fresh: string) => Tree | undefined): Mutate {
  return (base, dice, fresh) => {
    const tree = change(base.tree, dice, fresh);
    return tree === undefined ? undefined : { ...base, tree };
  };
}

function onFile(change: (file: FileEntry, dice: Dice, fresh: string) => Entry): Mutate {
  return onTree((tree, dice, fresh) => {
    const found = dice.of([...tree].filter(([, { kind }]) => kind === 'file'));
    return found?.[1].kind === 'file'
      ? new Map([...tree, [found[0], change(found[1], dice, fresh)]])
      : undefined;
  });
}

function onLink(change: (to: string, dice: Dice, fresh: string) => Entry): Mutate {
  return onTree((tree, dice, fresh) => {
    const found = dice.of([...tree].filter(([, { kind }]) => kind === 'link'));
    return found?.[1].kind === 'link'
      ? new Map([...tree, [found[0], change(found[1].to, dice, fresh)]])
      : undefined;
  });
}

function freePath(tree: Tree, dice: Dice): string {
  const directory = dice.of(['', ...pathsOf(tree).filter((path) => isDirectory(tree, path))]);
  const name = dice.of(NAMES);
  return directory === '' ? name : `${directory}/${name}`;
}

const FILES = {
  'file text': onFile((file, _, fresh) => ({ ...file, text: fileOf(fresh).text })),
  'file added': onTree((tree, dice, fresh) => withEntry(tree, freePath(tree, dice), fileOf(fresh))),
  'file deleted': onTree((tree, dice) => {
    const path = dice.of([...tree.keys()]);
    return path === undefined ? undefined : withoutEntry(tree, path);
  }),
  'file renamed': onTree((tree, dice) => {
    const path = dice.of(pathsOf(tree));
    return path === undefined ? undefined : withRenamed(tree, path, freePath(tree, dice));
  }),
  'file executable': onFile((file) => ({ ...file, mode: file.mode ^ 0o111 })),
  'file mode beyond executable': onFile((file, dice) => ({
    ...file,
    mode: file.mode ^ dice.of([0o044, 0o020, 0o002]),
  })),
  'file touched': onFile((file) => ({ ...file, isOld: true })),
  'file becomes link': onFile((_, dice) => ({ kind: 'link', to: linkTextFrom(dice) })),
  'file becomes directory': onFile(() => ({ kind: 'directory', mode: 0o755 })),
  'files swap texts': onTree((tree, dice) => {
    const files = [...tree].filter(([, { kind }]) => kind === 'file');
    const [one, other] = [dice.of(files), dice.of(files)];
    return one?.[1].kind === 'file' && other?.[1].kind === 'file'
      ? new Map([
          ...tree,
          [one[0], { ...one[1], text: other[1].text }],
          [other[0], { ...other[1], text: one[1].text }],
        ])
      : undefined;
  }),
  'archive member': onTree((tree, dice, fresh) => {
    const path = dice.of(
      [...tree].flatMap(([each, { kind }]) => (kind === 'archive' ? [each] : [])),
    );
    return path === undefined ? undefined : new Map([...tree, [path, archiveOf(fresh)]]);
  }),
  'archive becomes file': onTree((tree, dice, fresh) => {
    const path = dice.of(
      [...tree].flatMap(([each, { kind }]) => (kind === 'archive' ? [each] : [])),
    );
    return path === undefined ? undefined : new Map([...tree, [path, fileOf(fresh)]]);
  }),
  'link retargeted': onLink((_, dice) => ({ kind: 'link', to: linkTextFrom(dice) })),
  'link respelled': onLink((to) => ({
    kind: 'link',
    to: to.startsWith('/') ? `/.${to}` : `./${to}`,
  })),
  'link becomes file': onLink((_, __, fresh) => fileOf(fresh)),
  'directory added': onTree((tree, dice) =>
    withEntry(tree, freePath(tree, dice), { kind: 'directory', mode: 0o755 }),
  ),
  'directory mode': onTree((tree, dice) => {
    const path = dice.of(pathsOf(tree).filter((each) => isDirectory(tree, each)));
    // A directory with a mode of its own is written by an entry of its own.
    return path === undefined
      ? undefined
      : new Map([
          [path, { kind: 'directory', mode: 0o750 }],
          ...[...tree].filter(([each]) => each !== path),
        ]);
  }),
  'library file text': (base, dice, fresh) => {
    const path = dice.of([...(base.library ?? new Map<string, Entry>()).keys()]);
    return path === undefined || base.library?.get(path)?.kind !== 'file'
      ? undefined
      : { ...base, library: new Map([...base.library, [path, fileOf(fresh)]]) };
  },
  'library ignore file': (base, dice) => {
    const { library } = base;
    if (library === undefined) {
      return undefined;
    }
    const lines = [dice.of(['', '*', '**/*.md']), ignorePatternFrom(dice, library)];
    const ignore: Entry = { ...fileOf(''), text: lines.map((line) => `${line}\n`).join('') };
    return { ...base, library: new Map([...library, ['.dockerignore', ignore]]) };
  },
  'library file added': (base, dice, fresh) => {
    const library =
      base.library && withEntry(base.library, freePath(base.library, dice), fileOf(fresh));
    return library === undefined ? undefined : { ...base, library };
  },
} satisfies Record<string, Mutate>;

/** Changes an instruction of any kind. */
function onInstruction(
  change: (instruction: Instruction, dice: Dice, fresh: string) => Instruction | undefined,
): Mutate {
  return (base, dice, fresh) => {
    const site = dice.of(sites(base.dockerfile));
    const edited = site === undefined ? undefined : change(site.instruction, dice, fresh);
    return site === undefined || edited === undefined ? undefined : withInstead(base, site, edited);
  };
}

const LAYOUT = {
  'comment added': onInstruction((each, _, fresh) => ({ ...each, comment: fresh })),
  'stage comment': (base, dice, fresh) =>
    withStage(base, dice.roll() % base.dockerfile.stages.length, { comment: fresh }),
  'empty line': onInstruction((each) => ({ ...each, comment: '' })),
  'keyword case': onInstruction((each) => ({
    ...each,
    style: each.style === 'lower' ? 'plain' : 'lower',
  })),
  'white space': onInstruction((each) => ({
    ...each,
    style: each.style === 'wide' ? 'plain' : 'wide',
  })),
  'line continued': onInstruction((each) =>
    hasHeredoc(each)
      ? undefined
      : { ...each, style: each.style === 'continued' ? 'plain' : 'continued' },
  ),
  'comment in a continuation': onInstruction((each) =>
    hasHeredoc(each)
      ? undefined
      : { ...each, style: each.style === 'commented' ? 'continued' : 'commented' },
  ),
  'line ends': (base) =>
    withDockerfile(base, { lineEnd: base.dockerfile.lineEnd === '\n' ? '\r\n' : '\n' }),
  'byte order mark': (base) =>
    withDockerfile(base, { hasByteOrderMark: !base.dockerfile.hasByteOrderMark }),
  'check directive': (base) =>
    withDockerfile(base, {
      directives: base.dockerfile.directives.length === 0 ? ['# check=skip=all'] : [],
    }),
  'escape directive': (base) =>
    withDockerfile(base, { escape: base.dockerfile.escape === '\\' ? '`' : '\\' }),
} satisfies Record<string, Mutate>;

const COPIES = {
  'source respelled': (base, dice) =>
    editOne(base, dice, 'copy', (copy) => {
      const index = dice.roll() % copy.sources.length;
      const source = copy.sources[index] ?? '';
      const respelled = dice.of([
        `./${source}`,
        `/${source}`,
        `nowhere/../${source}`,
        `${source}/`,
      ]);
      return { ...copy, sources: replaced(copy.sources, index, respelled) };
    }),
  'source quoted': (base, dice) =>
    editOne(base, dice, 'copy', (copy) => {
      const source = copy.sources[0] ?? '';
      return copy.form === 'json' || /["'\\$]/.test(source)
        ? undefined
        : { ...copy, sources: replaced(copy.sources, 0, `"${source}"`) };
    }),
  'source replaced': (base, dice) =>
    editOne(base, dice, 'copy', (copy) => {
      if (copy.from !== undefined) {
        return undefined;
      }
      const sources = replaced(
        copy.sources,
        0,
        writeSource(dice.of(pathsOf(base.tree)) ?? 'x', dice),
      );
      return { ...copy, sources, form: needsJson(sources) ? 'json' : copy.form };
    }),
  'source added': (base, dice) =>
    editOne(base, dice, 'copy', (copy) => {
      const source = dice.of(['x', 'nowhere*', 'src/a.md', copy.sources[0] ?? 'x']);
      return copy.from === undefined ? { ...copy, sources: [...copy.sources, source] } : undefined;
    }),
  'source removed': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      copy.sources.length > 1 ? { ...copy, sources: copy.sources.slice(1) } : undefined,
    ),
  'sources reordered': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      copy.sources.length > 1 ? { ...copy, sources: [...copy.sources].reverse() } : undefined,
    ),
  destination: (base, dice, fresh) =>
    editOne(base, dice, 'copy', (copy) => ({
      ...copy,
      destination: `${copy.destination}${fresh}/`,
    })),
  'destination quoted': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      copy.form === 'json'
        ? undefined
        : { ...copy, destination: dice.of([`"${copy.destination}"`, `'${copy.destination}'`]) },
    ),
  'variable in braces': (base, dice) =>
    editOne(base, dice, 'copy', (copy) => {
      const braced = (word: string): string => word.replace(/\$([A-Z])\b/g, '${$1}');
      return {
        ...copy,
        sources: copy.sources.map(braced),
        destination: braced(copy.destination),
      };
    }),
  'destination respelled': (base, dice) =>
    editOne(base, dice, 'copy', (copy) => {
      const { destination } = copy;
      return {
        ...copy,
        destination: dice.of([`${destination}/`, `${destination}./`, `/.${destination}`]),
      };
    }),
  'copy form': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      needsJson(copy.sources) || copy.sources.some((each) => /["\\]/.test(each))
        ? undefined
        : { ...copy, form: copy.form === 'json' ? 'words' : 'json' },
    ),
  'COPY for ADD': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      copy.from === undefined
        ? { ...copy, keyword: copy.keyword === 'ADD' ? 'COPY' : 'ADD' }
        : undefined,
    ),
  'flag added': (base, dice) =>
    editOne(base, dice, 'copy', (copy) => {
      const flag = dice.of([
        '--chmod=755',
        '--exclude=*.md',
        '--exclude=nowhere',
        '--link=false',
        '--chown=0:0',
      ]);
      const name = flag.replace(/=.*/, '');
      const isThere = name !== '--exclude' && copy.flags.some((each) => each.startsWith(name));
      return isThere ? undefined : { ...copy, flags: [...copy.flags, flag] };
    }),
  'flag removed': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      copy.flags.length === 0
        ? undefined
        : { ...copy, flags: without(copy.flags, dice.roll() % copy.flags.length) },
    ),
  'flags reordered': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      copy.flags.length > 1 ? { ...copy, flags: [...copy.flags].reverse() } : undefined,
    ),
  'stage named otherwise': (base, dice) =>
    editOne(base, dice, 'copy', (copy) =>
      copy.from === undefined || copy.from.stage === 'lib'
        ? undefined
        : {
            ...copy,
            from: {
              ...copy.from,
              by: copy.from.by === 'name' ? dice.of(['number', 'upper']) : 'name',
            },
          },
    ),
} satisfies Record<string, Mutate>;

const INLINE = {
  'heredoc body': (base, dice, fresh) =>
    editOne(base, dice, 'inline', (each) => ({ ...each, lines: [...each.lines, fresh] })),
  'heredoc name': (base, dice) =>
    editOne(base, dice, 'inline', (each) => ({
      ...each,
      name: each.name === 'EOF' ? 'END' : 'EOF',
    })),
  'heredoc quoted': (base, dice) =>
    editOne(base, dice, 'inline', (each) => ({ ...each, isQuoted: !each.isQuoted })),
  'heredoc tabs': (base, dice) =>
    editOne(base, dice, 'inline', (each) => ({ ...each, stripsTabs: !each.stripsTabs })),
  'heredoc white space': (base, dice) =>
    editOne(base, dice, 'inline', (each) => ({
      ...each,
      lines: each.lines.map((line) => `${line} `),
    })),
} satisfies Record<string, Mutate>;

const RUNS = {
  'RUN text': (base, dice, fresh) =>
    editOne(base, dice, 'run', (run) => ({ ...run, command: `${run.command} # ${fresh}` })),
  'RUN white space': (base, dice) =>
    editOne(base, dice, 'run', (run) => ({
      ...run,
      command: run.command.includes(' ')
        ? run.command.replace(' ', '  ')
        : `${run.command} ;  true`,
    })),
  'RUN form': (base, dice) =>
    editOne(base, dice, 'run', (run) => ({
      ...run,
      form:
        dice.of(
          (['shell', 'json', 'heredoc', 'script', 'input'] as const).filter(
            (form) => form !== run.form,
          ),
        ) ?? 'shell',
      style: 'plain',
    })),
  'mount fields reordered': (base, dice) =>
    editOne(base, dice, 'run', (run) =>
      run.mounts.length === 0
        ? undefined
        : {
            ...run,
            mounts: run.mounts.map((each) => ({ ...each, fields: [...each.fields].reverse() })),
          },
    ),
  'mount field respelled': (base, dice) =>
    editOne(base, dice, 'run', (run) =>
      run.mounts.length === 0
        ? undefined
        : {
            ...run,
            mounts: run.mounts.map((each) => ({
              ...each,
              fields: each.fields.map((field) =>
                dice.of([field.replace(/^target=/, 'dst='), field.replace(/^source=/, 'SRC=')]),
              ),
            })),
          },
    ),
  'mount type said': (base, dice) =>
    editOne(base, dice, 'run', (run) =>
      run.mounts.length === 0
        ? undefined
        : {
            ...run,
            mounts: run.mounts.map(({ fields, from }) => {
              const untyped = fields.filter((field) => field !== 'type=bind');
              const typed = fields.some((field) => field.startsWith('type='));
              return { fields: typed ? untyped : ['type=bind', ...fields], from };
            }),
          },
    ),
  'mount source respelled': (base, dice) =>
    editOne(base, dice, 'run', (run) =>
      run.mounts.length === 0
        ? undefined
        : {
            ...run,
            mounts: run.mounts.map(({ fields, from }) => ({
              from,
              fields: fields.map((field) =>
                field.replace(/^source=(.*)/, dice.of(['source=./$1', 'source=/$1', 'source=$1/'])),
              ),
            })),
          },
    ),
  'mount target': (base, dice, fresh) =>
    editOne(base, dice, 'run', (run) =>
      run.mounts.length === 0
        ? undefined
        : {
            ...run,
            mounts: run.mounts.map((each) => ({
              ...each,
              fields: each.fields.map((field) => field.replace(/^(target|dst)=.*/, `$1=/${fresh}`)),
            })),
          },
    ),
  'mount removed': (base, dice) =>
    editOne(base, dice, 'run', (run) =>
      run.mounts.length === 0 ? undefined : { ...run, mounts: [] },
    ),
  'mount added': (base, dice) =>
    editOne(base, dice, 'run', (run) => {
      const path = dice.of(pathsOf(base.tree)) ?? 'x';
      const fields = ['type=bind', `source=${path}`, 'target=/added', dice.of(['ro', 'rw'])];
      return { ...run, mounts: [...run.mounts, { fields, from: undefined }] };
    }),
} satisfies Record<string, Mutate>;

function onPairs(
  keywords: readonly PairsInstruction['keyword'][],
  change: (pairs: PairsInstruction, dice: Dice, fresh: string) => PairsInstruction | undefined,
): Mutate {
  return (base, dice, fresh) =>
    editOne(base, dice, 'pairs', (pairs) =>
      keywords.includes(pairs.keyword) ? change(pairs, dice, fresh) : undefined,
    );
}

const VARIABLES = {
  'ENV value': onPairs(['ENV'], changedValue),
  'ARG default': onPairs(['ARG'], changedValue),
  'LABEL value': onPairs(['LABEL'], changedValue),
  'value escaped': (base, dice) =>
    editOne(base, dice, 'pairs', (pairs) => {
      const index = dice.roll() % pairs.pairs.length;
      const pair = pairs.pairs[index];
      if (pair?.value === undefined || pairs.spelling === 'quoted' || !/^\w/.test(pair.value)) {
        return undefined;
      }
      const value = dice.of(['\\', '`', "''"]) + pair.value;
      return { ...pairs, pairs: replaced(pairs.pairs, index, { ...pair, value }) };
    }),
  'pairs quoted': onPairs(['ENV', 'ARG', 'LABEL'], (pairs) => ({
    ...pairs,
    spelling: pairs.spelling === 'quoted' ? 'bare' : 'quoted',
  })),
  'ENV with a space': onPairs(['ENV'], (pairs) =>
    pairs.pairs.length === 1 && pairs.pairs[0]?.value !== ''
      ? { ...pairs, spelling: pairs.spelling === 'space' ? 'bare' : 'space' }
      : undefined,
  ),
  'ARG of the file': (base, dice) => {
    const { globals } = base.dockerfile;
    const index = globals.findIndex((each) => each.kind === 'pairs' && each.pairs[0]?.name === 'D');
    const value = dice.of(['app', 'src', 'x']);
    const global: Instruction = plain({
      kind: 'pairs',
      keyword: 'ARG',
      pairs: [{ name: 'D', value }],
      spelling: 'bare',
    });
    return withDockerfile(base, {
      globals: index < 0 ? [...globals, global] : replaced(globals, index, global),
    });
  },
} satisfies Record<string, Mutate>;

function changedValue(
  pairs: PairsInstruction,
  dice: Dice,
  fresh: string,
): PairsInstruction | undefined {
  const index = dice.roll() % pairs.pairs.length;
  const pair = pairs.pairs[index];
  if (pair === undefined) {
    return undefined;
  }
  // A source may be named by D: another value should find something, too.
  const value = pair.name === 'D' ? dice.of(['app', 'src', 'x']) : fresh;
  return { ...pairs, pairs: replaced(pairs.pairs, index, { ...pair, value }) };
}

const INSTRUCTIONS = {
  'instruction added': (base, dice) => {
    const { stages } = base.dockerfile;
    const index = dice.roll() % stages.length;
    const stage = stages[index];
    if (stage === undefined) {
      return undefined;
    }
    const position = dice.roll() % (stage.instructions.length + 1);
    const [added] = instructionFrom(dice, {
      tree: base.tree,
      library: base.library,
      above: stages.slice(0, index),
      base: stage.base,
      instructions: stage.instructions,
    });
    return added === undefined
      ? undefined
      : withStage(base, index, { instructions: inserted(stage.instructions, position, added) });
  },
  'setting added': (base, dice) => {
    const index = dice.roll() % base.dockerfile.stages.length;
    const instructions = base.dockerfile.stages[index]?.instructions ?? [];
    return withStage(base, index, { instructions: [...instructions, plain(settingFrom(dice))] });
  },
  'setting changed': (base, dice) =>
    editOne(base, dice, 'setting', (setting) => {
      const { keyword, rest } = setting;
      const others = ['CMD', 'ENTRYPOINT'].includes(keyword) ? ['false', '["false"]'] : [];
      const own = { WORKDIR: ['/w2', '/w/'], USER: ['0'], EXPOSE: ['81'], STOPSIGNAL: ['15'] }[
        keyword
      ];
      const other = dice.of([...others, ...(own ?? [])].filter((each) => each !== rest));
      return other === undefined ? undefined : { ...setting, rest: other };
    }),
  'instruction removed': (base, dice) => {
    const site = dice.of(sites(base.dockerfile));
    return site === undefined ? undefined : withInstead(base, site);
  },
  'instruction doubled': (base, dice) => {
    const site = dice.of(sites(base.dockerfile));
    return site === undefined
      ? undefined
      : withInstead(base, site, site.instruction, site.instruction);
  },
  'instructions swapped': (base, dice) => {
    const index = dice.roll() % base.dockerfile.stages.length;
    const instructions = base.dockerfile.stages[index]?.instructions ?? [];
    return instructions.length < 2
      ? undefined
      : withStage(base, index, {
          instructions: swapped(instructions, dice.roll() % (instructions.length - 1)),
        });
  },
  'ONBUILD for its instruction': (base, dice) =>
    editOne(base, dice, 'onbuild', (onbuild) => onbuild.trigger),
} satisfies Record<string, Mutate>;

function freshStage(fresh: string, dice: Dice): Stage {
  const copy: Instruction = plain({
    kind: 'copy',
    keyword: 'COPY',
    flags: [],
    from: undefined,
    sources: [dice.of(['.', 'x', 'nowhere', 'app/*'])],
    destination: '/',
    form: 'words',
  });
  return {
    base: { kind: 'image', written: BASE },
    name: fresh,
    platform: undefined,
    comment: undefined,
    instructions: [copy],
  };
}

function unneededStages(base: BuildCase): readonly number[] {
  const needed = neededStages(base);
  return base.dockerfile.stages.flatMap((_, index) => (needed.has(index) ? [] : [index]));
}

const STAGES = {
  'stage renamed': (base, dice, fresh) => {
    const index = dice.roll() % base.dockerfile.stages.length;
    const isTarget =
      base.dockerfile.stages[index]?.name?.toLowerCase() === base.target?.toLowerCase();
    return isTarget ? undefined : withStage(base, index, { name: fresh });
  },
  'unneeded stage added': (base, dice, fresh) =>
    withStageBefore(base, dice.roll() % base.dockerfile.stages.length, freshStage(fresh, dice)),
  'unneeded stage edited': (base, dice, fresh) => {
    const index = dice.of(unneededStages(base));
    const stage = index === undefined ? undefined : base.dockerfile.stages[index];
    return stage === undefined || index === undefined
      ? undefined
      : withStage(base, index, {
          instructions: [...stage.instructions, ...freshStage(fresh, dice).instructions],
        });
  },
  'unneeded stage removed': (base, dice) => {
    const index = dice.of(unneededStages(base));
    const isUsed = base.dockerfile.stages.some(
      (stage) => stage.base.kind === 'stage' && stage.base.index === index,
    );
    return index === undefined || isUsed || hasUsers(base, index)
      ? undefined
      : withoutStage(base, index);
  },
  'stage appended': (base, dice, fresh) =>
    withDockerfile(base, { stages: [...base.dockerfile.stages, freshStage(fresh, dice)] }),
  'stage platform': (base, dice) => {
    const index = dice.roll() % base.dockerfile.stages.length;
    const platform = base.dockerfile.stages[index]?.platform;
    return withStage(base, index, {
      platform:
        platform === undefined
          ? dice.of(['$TARGETPLATFORM', hostPlatform(process.arch), '$BUILDPLATFORM'])
          : undefined,
    });
  },
} satisfies Record<string, Mutate>;

function hasUsers({ dockerfile }: BuildCase, index: number): boolean {
  return JSON.stringify(dockerfile.stages).includes(`"stage":${index}`);
}

const REQUEST = {
  'build argument': (base, dice, fresh) => {
    const name = dice.of(Object.keys(base.buildArgs));
    const value = name === 'D' ? dice.of(['app', 'src', 'x']) : fresh;
    return name === undefined
      ? undefined
      : { ...base, buildArgs: { ...base.buildArgs, [name]: value } };
  },
  'build argument given': (base, dice) => {
    const name = dice.of(['D', 'V']);
    const value = dice.of(name === 'D' ? ['app', 'src'] : ['1', 'v']);
    return { ...base, buildArgs: { ...base.buildArgs, [name]: value } };
  },
  'build argument taken away': (base, dice) => {
    const names = Object.keys(base.buildArgs);
    const gone = dice.of(names);
    const kept = Object.entries(base.buildArgs).filter(([name]) => name !== gone);
    return gone === undefined ? undefined : { ...base, buildArgs: Object.fromEntries(kept) };
  },
  'build argument that nobody declares': (base, _, fresh) => ({
    ...base,
    buildArgs: { ...base.buildArgs, NOBODY: fresh },
  }),
  'proxy argument': (base, dice, fresh) => ({
    ...base,
    buildArgs: {
      ...base.buildArgs,
      [dice.of(['NO_PROXY', 'http_proxy', 'FTP_PROXY'])]: `http://${fresh}.invalid`,
    },
  }),
  SOURCE_DATE_EPOCH: (base) => ({
    ...base,
    buildArgs: { ...base.buildArgs, SOURCE_DATE_EPOCH: '1700000000' },
  }),
  'target changed': (base, dice) => {
    const name = dice.of(base.dockerfile.stages.map((stage) => stage.name));
    return name === undefined ? undefined : { ...base, target: name };
  },
  'target named': (base) => {
    const name = base.dockerfile.stages.at(-1)?.name;
    return base.target !== undefined || name === undefined ? undefined : { ...base, target: name };
  },
  'target case': (base) =>
    base.target === undefined ? undefined : { ...base, target: swapCase(base.target) },
  'target taken away': (base) =>
    base.target === undefined ? undefined : { ...base, target: undefined },
  'config name': (base, _, fresh) => ({ ...base, configName: fresh }),
} satisfies Record<string, Mutate>;

function swapCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

const IGNORE = {
  'ignore file': (base, dice) => ({
    ...base,
    ignore: base.ignore === undefined ? [ignorePatternFrom(dice, base.tree)] : undefined,
  }),
  'ignore comment': (base, _, fresh) => ({
    ...base,
    ignore: [...(base.ignore ?? []), `# ${fresh}`],
  }),
  'ignore nothing': (base, _, fresh) => ({ ...base, ignore: [...(base.ignore ?? []), fresh] }),
  'ignore pattern added': (base, dice) => {
    const lines = base.ignore ?? [];
    const position = dice.roll() % (lines.length + 1);
    return { ...base, ignore: inserted(lines, position, ignorePatternFrom(dice, base.tree)) };
  },
  'ignore pattern removed': (base, dice) =>
    base.ignore === undefined || base.ignore.length === 0
      ? undefined
      : { ...base, ignore: without(base.ignore, dice.roll() % base.ignore.length) },
  'ignore patterns swapped': (base, dice) =>
    base.ignore === undefined || base.ignore.length < 2
      ? undefined
      : { ...base, ignore: swapped(base.ignore, dice.roll() % (base.ignore.length - 1)) },
  'ignore respelled': (base, dice) => {
    const lines = base.ignore ?? [];
    const index = dice.roll() % Math.max(1, lines.length);
    const line = lines[index];
    return line === undefined || /^[#!]|^$/.test(line)
      ? undefined
      : {
          ...base,
          ignore: replaced(
            lines,
            index,
            dice.of([` ${line} `, `/${line}`, `${line}/`, `./${line}`]),
          ),
        };
  },
  "Dockerfile's ignore file": (base, dice) => ({
    ...base,
    ownIgnore: base.ownIgnore === undefined ? [ignorePatternFrom(dice, base.tree)] : undefined,
  }),
  "Dockerfile's ignore file, same patterns": (base) =>
    base.ignore === undefined || base.ownIgnore !== undefined
      ? undefined
      : { ...base, ownIgnore: base.ignore },
} satisfies Record<string, Mutate>;

const MUTATIONS = {
  ...FILES,
  ...LAYOUT,
  ...COPIES,
  ...INLINE,
  ...RUNS,
  ...VARIABLES,
  ...INSTRUCTIONS,
  ...STAGES,
  ...REQUEST,
  ...IGNORE,
} satisfies Record<string, Mutate>;

export const MUTATION_KINDS = Object.keys(MUTATIONS) as [MutationKind, ...MutationKind[]];
