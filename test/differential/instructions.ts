import { NONCE } from './buildCase';
import type {
  CopyInstruction,
  FromSource,
  InlineInstruction,
  Instruction,
  Layout,
  Mount,
  OnbuildInstruction,
  RunInstruction,
  Stage,
  Tree,
} from './buildCase';
import type { Dice } from './dice';
import { needsJson, writeSource } from './sources';
import { pathsOf } from './trees';

/** What an instruction may refer to. */
export interface Room {
  readonly tree: Tree;
  readonly library: Tree | undefined;
  readonly above: readonly Stage[];
  readonly base: Stage['base'];
  /** Those above it in its stage. */
  readonly instructions: readonly Instruction[];
}

type WithoutLayout<I> = I extends Instruction ? Omit<I, keyof Layout> : never;

export function plain<I extends WithoutLayout<Instruction>>(instruction: I): I & Layout {
  return { ...instruction, comment: undefined, style: 'plain' };
}

/** Draws an instruction, or none where the drawn one cannot stand there. */
export function instructionFrom(dice: Dice, room: Room): readonly Instruction[] {
  const comment = dice.happens(20) ? dice.of(['why', '', 'COPY nothing']) : undefined;
  const style = dice.weighted<Layout['style']>([
    [12, 'plain'],
    [2, 'wide'],
    [2, 'continued'],
    [1, 'commented'],
    [1, 'lower'],
  ]);
  const drawn = dice.weighted<() => WithoutLayout<Instruction> | undefined>([
    [9, () => copyFrom(dice, room)],
    [4, () => stageCopyFrom(dice, room)],
    [room.library === undefined ? 0 : 3, () => libraryCopyFrom(dice, room)],
    [3, () => inlineFrom(dice, room)],
    [2, () => archiveFrom(dice, room)],
    [3, () => runFrom(dice, room)],
    [2, () => argFrom(dice)],
    [2, () => envFrom(dice)],
    [3, () => settingFrom(dice)],
    [2, () => onbuildFrom(dice, room)],
  ])();
  if (drawn === undefined) {
    return [];
  }
  // A heredoc's first line stays whole: what follows it is its body.
  const isWhole = hasHeredoc(drawn);
  const splits = style === 'continued' || style === 'commented';
  return [{ ...drawn, comment, style: isWhole && splits ? 'plain' : style }];
}

export function hasHeredoc(instruction: WithoutLayout<Instruction>): boolean {
  switch (instruction.kind) {
    case 'inline':
      return true;
    case 'run':
      return ['heredoc', 'script', 'input'].includes(instruction.form);
    case 'onbuild':
      return hasHeredoc(instruction.trigger);
    default:
      return false;
  }
}

function copyFrom(dice: Dice, room: Room): WithoutLayout<CopyInstruction> {
  const paths = pathsOf(room.tree);
  const count = dice.weighted([
    [4, 1],
    [1, 2],
  ]);
  const keyword = dice.weighted<'COPY' | 'ADD'>([
    [4, 'COPY'],
    [1, 'ADD'],
  ]);
  const flags = copyFlagsFrom(dice);
  const sources = Array.from({ length: count }, () => writeSource(dice.of(paths) ?? 'x', dice));
  const form = needsJson(sources) || dice.happens(20) ? 'json' : 'words';
  const place = destinationFrom(dice, room, flags);
  return { kind: 'copy', keyword, flags, from: undefined, sources, destination: place, form };
}

function copyFlagsFrom(dice: Dice): readonly string[] {
  return [
    ...(dice.happens(10) ? ['--link'] : []),
    ...(dice.happens(10) ? [dice.of(['--chmod=755', '--chmod=0644'])] : []),
    ...(dice.happens(6) ? ['--chown=1:1'] : []),
    ...(dice.happens(15)
      ? [dice.of(['--exclude=*.md', '--exclude=main', '--exclude=**/*.md', '--exclude=app/main'])]
      : []),
  ];
}

/** `COPY --link` rests on nothing but its files and its destination, so the nonce stands in that. */
function destinationFrom(dice: Dice, { instructions }: Room, flags: readonly string[]): string {
  if (flags.includes('--link')) {
    return `/link-${NONCE}/`;
  }
  const own = `/d${instructions.length}/`;
  return dice.weighted([
    [8, own],
    [1, `d${instructions.length}/`],
    [1, '/d/'],
    [1, '/d/$V/'],
    [1, './'],
  ]);
}

function stageCopyFrom(dice: Dice, room: Room): WithoutLayout<CopyInstruction> | undefined {
  const stage = room.above.length === 0 ? undefined : dice.roll() % room.above.length;
  if (stage === undefined) {
    return copyFrom(dice, room);
  }
  const made = (room.above[stage]?.instructions ?? []).flatMap((each) =>
    each.kind === 'copy' || each.kind === 'inline'
      ? [each.destination.replace(/^(?!\/)/, '/')]
      : [],
  );
  const places: [string, ...string[]] = [
    '/nonce',
    '/d*',
    '/n*',
    ...made.filter((each) => each !== '/./'),
  ];
  return {
    kind: 'copy',
    keyword: 'COPY',
    flags: dice.happens(10) ? ['--chmod=755'] : [],
    from: { stage, by: byFrom(dice) },
    sources: [dice.of(places)],
    destination: `/c${room.instructions.length}/`,
    form: 'words',
  };
}

function byFrom(dice: Dice): FromSource['by'] {
  return dice.weighted([
    [4, 'name'],
    [2, 'number'],
    [1, 'upper'],
  ]);
}

function libraryCopyFrom(dice: Dice, room: Room): WithoutLayout<CopyInstruction> {
  const sources = [writeSource(dice.of(pathsOf(room.library ?? new Map())) ?? 'x', dice)];
  return {
    kind: 'copy',
    keyword: 'COPY',
    flags: [],
    from: { stage: 'lib', by: 'name' },
    sources,
    destination: `/l${room.instructions.length}/`,
    form: needsJson(sources) ? 'json' : 'words',
  };
}

/** ADD unpacks an archive, and COPY does not. */
function archiveFrom(dice: Dice, room: Room): WithoutLayout<CopyInstruction> {
  const archives = [...room.tree].flatMap(([path, { kind }]) => (kind === 'archive' ? [path] : []));
  const copy = copyFrom(dice, room);
  const source = dice.of(archives);
  return source === undefined
    ? copy
    : {
        ...copy,
        keyword: dice.happens(80) ? 'ADD' : 'COPY',
        sources: [writeSource(source, dice), ...copy.sources.slice(1)],
        form: 'json',
      };
}

function inlineFrom(dice: Dice, { tree }: Room): WithoutLayout<InlineInstruction> {
  const source = dice.happens(20) ? writeSource(dice.of(pathsOf(tree)) ?? 'x', dice) : undefined;
  return {
    kind: 'inline',
    keyword: dice.happens(20) ? 'ADD' : 'COPY',
    sources: source === undefined || needsJson([source]) ? [] : [source],
    name: dice.of(['EOF', 'END']),
    lines: [
      dice.of(['one', '# no comment', 'v=$V', '\\$V']),
      ...(dice.happens(50) ? ['two  words'] : []),
    ],
    isQuoted: dice.happens(30),
    stripsTabs: dice.happens(20),
    destination: dice.of(['/h/', '/h']),
  };
}

/** A container is what costs time in such a build, so that a stage starts two at most. */
function runFrom(dice: Dice, room: Room): WithoutLayout<RunInstruction | CopyInstruction> {
  const already = room.instructions.filter(({ kind }) => kind === 'run').length;
  if (!hasShell(room.base, room.above) || already > 1) {
    return copyFrom(dice, room);
  }
  return {
    kind: 'run',
    mounts: dice.happens(55) ? [mountFrom(dice, room)] : [],
    form: dice.weighted([
      [5, 'shell'],
      [1, 'json'],
      [1, 'heredoc'],
      [1, 'script'],
      [1, 'input'],
    ]),
    command: dice.of(['true', 'echo a  b', 'echo "$V" > /v', ': "$D"']),
  };
}

function hasShell(base: Stage['base'], above: readonly Stage[]): boolean {
  if (base.kind !== 'stage') {
    return base.kind === 'image';
  }
  const stage = above[base.index];
  return stage !== undefined && hasShell(stage.base, above);
}

function mountFrom(dice: Dice, { tree, library, above }: Room): Mount {
  const named = above.flatMap((stage, index) => (stage.name === undefined ? [] : [index]));
  const stage = dice.happens(30) ? dice.of(named) : undefined;
  if (stage !== undefined) {
    const from: FromSource = { stage, by: 'name' };
    return { fields: ['type=bind', 'target=/m'], from };
  }
  const path = dice.of(pathsOf(tree)) ?? 'x';
  const lib: FromSource = { stage: 'lib', by: 'name' };
  return dice.weighted<() => Mount>([
    [5, () => ({ fields: ['type=bind', `source=${path}`, 'target=/m'], from: undefined })],
    [2, () => ({ fields: [`source=./${path}`, 'dst=/m'], from: undefined })],
    [2, () => ({ fields: ['type=bind', 'target=/m'], from: undefined })],
    [2, () => ({ fields: ['type=bind', 'src=$D', 'target=/m'], from: undefined })],
    [1, () => ({ fields: ['type=tmpfs', 'target=/m'], from: undefined })],
    [library === undefined ? 0 : 4, () => ({ fields: ['source=x', 'target=/m'], from: lib })],
    [1, () => ({ fields: [`type=cache`, `id=${NONCE}`, 'target=/m'], from: undefined })],
  ])();
}

function argFrom(dice: Dice): WithoutLayout<Instruction> {
  const pairs = dice.of([
    [{ name: 'D', value: undefined }],
    [{ name: 'D', value: 'app' }],
    [{ name: 'V', value: '1' }],
    [{ name: 'V', value: undefined }],
    [
      { name: 'V', value: 'v' },
      { name: 'D', value: 'src' },
    ],
    [{ name: 'D', value: '${V:-src}' }],
    [{ name: 'D', value: '${D%p}${V:+p}' }],
    [{ name: 'D', value: '${V#v}${U/u/src}' }],
    [
      { name: 'U', value: 'src/a' },
      { name: 'D', value: '${U%%/*}' },
    ],
    [{ name: 'TARGETARCH', value: undefined }],
    [{ name: 'BUILDARCH', value: undefined }],
  ]);
  return { kind: 'pairs', keyword: 'ARG', pairs, spelling: dice.happens(15) ? 'quoted' : 'bare' };
}

function envFrom(dice: Dice): WithoutLayout<Instruction> {
  const pairs = dice.of([
    [{ name: 'D', value: 'app' }],
    [{ name: 'D', value: 'src' }],
    [{ name: 'V', value: '1' }],
    [{ name: 'V', value: '$D' }],
    [
      { name: 'V', value: 'a b' },
      { name: 'D', value: 'x' },
    ],
    [{ name: 'E', value: '' }],
  ]);
  const isAlone = pairs.length === 1 && pairs[0]?.value !== '';
  const spelling = dice.weighted<'bare' | 'quoted' | 'space'>([
    [4, 'bare'],
    [1, 'quoted'],
    [isAlone ? 1 : 0, 'space'],
  ]);
  return { kind: 'pairs', keyword: 'ENV', pairs, spelling };
}

type Setting = readonly [keyword: string, rest: string];

const SETTINGS: readonly [Setting, ...(readonly Setting[])] = [
  ['WORKDIR', '/w'],
  ['WORKDIR', '$D'],
  ['USER', 'root'],
  ['CMD', 'true'],
  ['CMD', '["true"]'],
  ['ENTRYPOINT', '["/bin/sh", "-c"]'],
  ['EXPOSE', '80 81/udp'],
  ['VOLUME', '/vol'],
  ['STOPSIGNAL', '9'],
  ['SHELL', '["/bin/sh", "-c"]'],
  ['HEALTHCHECK', 'NONE'],
  ['HEALTHCHECK', '--interval=5s CMD true'],
];

export function settingFrom(dice: Dice): WithoutLayout<Instruction> {
  if (dice.happens(25)) {
    const pairs = [{ name: 'l', value: dice.of(['1', 'a b', '$V']) }];
    return { kind: 'pairs', keyword: 'LABEL', pairs, spelling: 'bare' };
  }
  const [keyword, rest] = dice.of(SETTINGS);
  return { kind: 'setting', keyword, rest };
}

function onbuildFrom(dice: Dice, room: Room): WithoutLayout<OnbuildInstruction> {
  const trigger = dice.weighted<() => WithoutLayout<OnbuildInstruction['trigger']>>([
    [4, () => copyFrom(dice, room)],
    [1, () => stageCopyFrom(dice, room) ?? copyFrom(dice, room)],
    [1, () => inlineFrom(dice, room)],
    [1, () => runFrom(dice, room)],
    [1, () => argFrom(dice) as WithoutLayout<OnbuildInstruction['trigger']>],
    [1, () => envFrom(dice) as WithoutLayout<OnbuildInstruction['trigger']>],
  ])();
  return { kind: 'onbuild', trigger: { ...trigger, comment: undefined, style: 'plain' } };
}
