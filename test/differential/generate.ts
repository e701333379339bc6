import fc from 'fast-check';
import { BASE } from './buildCase';
import type { BuildCase, Dockerfile, Entry, Instruction, Stage, Tree } from './buildCase';
import { Dice } from './dice';
import { ignorePatternFrom, linkTextFrom } from './drawn';
import type { Mutation, MutationKind } from './mutations';
import { instructionFrom, plain } from './instructions';
import { archiveOf, fileOf, NAMES, withEntry } from './trees';

/** A case and what is done to it, one after another and each to the case as it was. */
export interface Batch {
  readonly base: BuildCase;
  readonly mutations: readonly Mutation[];
}

/** Numbers for one Dice. */
const rolls = (count: number): fc.Arbitrary<number[]> =>
  fc.array(fc.noBias(fc.nat(9999)), { minLength: count, maxLength: count });

const listOf = <T>(
  each: fc.Arbitrary<T>,
  minLength: number,
  maxLength: number,
): fc.Arbitrary<T[]> => fc.noBias(fc.array(each, { minLength, maxLength, size: 'max' }));

/**
 * @param mutationCount how many mutations share the build of one case.
 * @param kinds what they may be.
 */
export function batches(
  mutationCount: number,
  kinds: readonly MutationKind[],
): fc.Arbitrary<Batch> {
  return fc
    .record({
      entries: listOf(rolls(6), 0, 7),
      library: listOf(rolls(6), 0, 3),
      libraryIgnore: listOf(rolls(4), 1, 3),
      stages: listOf(fc.tuple(rolls(5), listOf(rolls(24), 0, 4)), 1, 3),
      head: rolls(10),
      ignore: listOf(rolls(4), 0, 4),
      outside: rolls(15),
      mutations: listOf(rolls(12), mutationCount, mutationCount),
    })
    .map(({ entries, library, libraryIgnore, stages, head, ignore, outside, mutations }) => {
      const tree = treeFrom(entries, STANDARD);
      const dice = new Dice(outside);
      const libraryTree = dice.happens(25)
        ? libraryFrom(library, dice.happens(40) ? libraryIgnore : [])
        : undefined;
      const dockerfile = dockerfileFrom(stages, new Dice(head), tree, libraryTree);
      return {
        base: {
          tree,
          library: libraryTree,
          dockerfile,
          dockerfileIn: dice.happens(40) ? 'context' : 'workspace',
          ignore: dice.happens(40) ? ignoreFrom(ignore, tree) : undefined,
          ownIgnore: dice.happens(12) ? ignoreFrom(ignore.slice(1), tree) : undefined,
          target: dice.happens(30) ? targetFrom(dice, dockerfile) : undefined,
          buildArgs: {
            ...(dice.happens(30) ? { D: dice.of(['app', 'src', 'x']) } : {}),
            ...(dice.happens(30) ? { V: dice.of(['1', '2', '']) } : {}),
            ...(dice.happens(20) ? { U: 'u' } : {}),
          },
          configName: 'case',
        },
        mutations: mutations.map((numbers, index) =>
          mutationFrom(new Dice(numbers), kinds, numbers, index),
        ),
      };
    });
}

/** Of which most sources find something. */
const STANDARD: readonly [string, Entry][] = [
  ['app/main', fileOf('main')],
  ['src/a.md', fileOf('a')],
  ['x', fileOf('x', 0o755)],
];
const LIBRARY: readonly [string, Entry][] = [['x', fileOf('lib')]];

function treeFrom(
  entries: readonly (readonly number[])[],
  standard: readonly [string, Entry][],
): Tree {
  const drawn = entries.map((numbers): readonly [string, Entry] => {
    const dice = new Dice(numbers);
    const depth = dice.weighted([
      [4, 1],
      [5, 2],
      [2, 3],
    ]);
    const path = Array.from({ length: depth }, () => dice.of(NAMES)).join('/');
    return [path, entryFrom(dice, path)];
  });
  return [...standard, ...drawn].reduce<Tree>(
    (tree, [path, entry]) => withEntry(tree, path, entry) ?? tree,
    new Map(),
  );
}

/** With an ignore file of its own where there are lines for one. */
function libraryFrom(
  entries: readonly (readonly number[])[],
  ignore: readonly (readonly number[])[],
): Tree {
  const tree = treeFrom(entries, LIBRARY);
  const text = ignoreFrom(ignore, tree)
    .map((line) => `${line}\n`)
    .join('');
  return text === '' ? tree : new Map([...tree, ['.dockerignore', { ...fileOf(''), text }]]);
}

function entryFrom(dice: Dice, path: string): Entry {
  return dice.weighted<() => Entry>([
    [8, () => fileOf(path, dice.of([0o644, 0o755]))],
    [4, () => ({ kind: 'link', to: linkTextFrom(dice) })],
    [1, () => archiveOf(path)],
    [1, () => ({ kind: 'directory', mode: 0o755 })],
  ])();
}

function dockerfileFrom(
  stages: readonly (readonly [readonly number[], readonly (readonly number[])[]])[],
  head: Dice,
  tree: Tree,
  library: Tree | undefined,
): Dockerfile {
  const made: Stage[] = [];
  for (const [numbers, bodies] of stages) {
    made.push(stageFrom(new Dice(numbers), bodies, made, tree, library));
  }
  const globals: Instruction[] = [
    ...(made.some(({ base }) => base.kind === 'image' && base.written === '${BASE}')
      ? [
          plain({
            kind: 'pairs',
            keyword: 'ARG',
            pairs: [{ name: 'BASE', value: BASE }],
            spelling: 'bare',
          }),
        ]
      : []),
    ...(head.happens(35) ? globalArguments(head) : []),
  ];
  return {
    directives: head.happens(8) ? ['# check=skip=all'] : [],
    escape: head.happens(6) ? '`' : '\\',
    lineEnd: head.happens(8) ? '\r\n' : '\n',
    hasByteOrderMark: head.happens(4),
    globals,
    stages: made,
  };
}

/** A chain, each by an operator of the one before. */
function globalArguments(dice: Dice): readonly Instruction[] {
  const value = dice.of(['app', 'src', '${V:-x}', '${E%1}', '${E/e/s}', '${E:+app}']);
  const pairs = [
    ...(value.includes('E') ? [{ name: 'E', value: dice.of(['src1', 'erc', '${V:-app1}']) }] : []),
    { name: 'D', value },
  ];
  return pairs.map((pair) =>
    plain({ kind: 'pairs', keyword: 'ARG', pairs: [pair], spelling: 'bare' }),
  );
}

const STAGE_NAMES = ['one', 'two', 'three-x', 'four'] as const;

function stageFrom(
  dice: Dice,
  bodies: readonly (readonly number[])[],
  above: readonly Stage[],
  tree: Tree,
  library: Tree | undefined,
): Stage {
  const base = dice.weighted<Stage['base']>([
    [6, { kind: 'image', written: BASE }],
    [1, { kind: 'image', written: '${BASE}' }],
    [3, { kind: 'scratch' }],
    ...above.map((_, index): [number, Stage['base']] => [4, { kind: 'stage', index }]),
  ]);
  const instructions: Instruction[] = [];
  for (const numbers of bodies) {
    const room = { tree, library, above, base, instructions };
    instructions.push(...instructionFrom(new Dice(numbers), room));
  }
  return {
    base,
    // Without a name where it can only be meant by its number, or not at all.
    name: dice.happens(80) ? STAGE_NAMES[above.length] : undefined,
    platform: dice.happens(4) ? '$TARGETPLATFORM' : undefined,
    comment: dice.happens(15) ? 'a stage' : undefined,
    instructions,
  };
}

function ignoreFrom(lines: readonly (readonly number[])[], tree: Tree): readonly string[] {
  return lines.map((numbers) => ignorePatternFrom(new Dice(numbers), tree));
}

function targetFrom(dice: Dice, { stages }: Dockerfile): string | undefined {
  const name = dice.of(stages.map((stage) => stage.name));
  return dice.happens(20) ? name?.toUpperCase() : name;
}

function mutationFrom(
  dice: Dice,
  kinds: readonly MutationKind[],
  rolled: readonly number[],
  index: number,
): Mutation {
  return { kind: dice.of(kinds) ?? 'comment added', rolls: rolled.slice(1), fresh: `m${index}` };
}
