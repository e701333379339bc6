import { asWritten, canonicalDestination, canonicalSource, canonicalWord } from './canonicalWord';
import { canonicalFields } from './canonicalMount';
import type { Escape } from './directives';
import type { Flags } from './flags';
import type { GlobalOrigins } from './globals';
import type { Arg, Copy, From, Instruction, Run } from './instructions';
import type { Mount } from './mounts';
import type { Pair } from './pairs';
import type { NeededStage, Reference } from './stages';
import { trim } from './whitespace';

/** What an instruction's text rests on beside its own words. */
export interface CanonicalContext {
  readonly escape: Escape;
  /** Whether it stands in the stage that becomes the image: that keeps ONBUILD to the last blank. */
  readonly isTarget: boolean;
  /** What `COPY --from` or a mount's `from` means. */
  readonly referenceOf: (user: Copy | Mount) => Reference | undefined;
  /** A stage's position among those that the target needs. */
  readonly rankOf: (stageIndex: number) => number;
  readonly originsOf: (names: Iterable<string>) => GlobalOrigins;
  /** Whether a build argument of this name is given. */
  readonly isGiven: (name: string) => boolean;
}

/*
 * The canonical text of an instruction is a JSON array: its keyword, then what the builder would make of
 * the line, variables not replaced. Two lines of one text build the same but for the image's history;
 * layout, comments, quotes, escapes, the case of keywords, the spelling of paths and the names and numbers
 * of stages are gone. The value of a given build argument never shows.
 */

export function canonicalFrom(
  { stage: { from }, base, platform, mentions }: NeededStage,
  context: CanonicalContext,
): string {
  const isWritten = base.kind === 'image' || base.kind === 'scratch';
  return JSON.stringify([
    'FROM',
    isWritten ? canonicalWord(from.base, context.escape) : canonicalReference(base, context),
    platform === undefined ? null : canonicalWord(from.platform ?? '', context.escape),
    canonicalOrigins(context.originsOf(mentions), context),
    writtenFlags(from.unknownFlags, context),
  ]);
}

export function canonicalText(
  instruction: Exclude<Instruction, From>,
  context: CanonicalContext,
): string {
  const { unknownFlags } = instruction;
  const text = (keyword: string, ...parts: readonly unknown[]): string =>
    JSON.stringify([
      keyword,
      ...parts,
      ...(unknownFlags.length > 0 ? [writtenFlags(unknownFlags, context)] : []),
    ]);
  switch (instruction.kind) {
    case 'arg':
      return text('ARG', canonicalDeclarations(instruction, context));
    case 'env':
      return text('ENV', canonicalPairs(instruction.pairs, context));
    case 'copy':
    case 'add':
      return text(instruction.kind.toUpperCase(), ...canonicalCopy(instruction, context));
    case 'run':
      return text('RUN', ...canonicalRun(instruction, context));
    case 'onbuild':
      return text(
        'ONBUILD',
        context.isTarget ? instruction.expression : trim(instruction.expression),
      );
    case 'setting':
      return text(instruction.keyword, canonicalSetting(instruction, context));
  }
}

function writtenFlags(flags: readonly string[], { escape }: CanonicalContext): unknown {
  return flags.map((flag) => asWritten(flag, escape));
}

function canonicalReference(reference: Reference, context: CanonicalContext): unknown {
  switch (reference.kind) {
    case 'stage':
      return { stage: context.rankOf(reference.index) };
    case 'context':
      return { context: reference.name };
    case 'image':
      return { image: reference.reference };
    case 'scratch':
      return { image: 'scratch' };
  }
}

function canonicalOrigins({ definitions }: GlobalOrigins, { escape }: CanonicalContext): unknown {
  return definitions.map(({ name, value }) => [
    asWritten(name, escape),
    value === undefined ? null : canonicalWord(value, escape),
  ]);
}

/** `ARG a=1 b`: with what b would take from before the first FROM. A given argument has no default. */
function canonicalDeclarations({ declarations }: Arg, context: CanonicalContext): unknown {
  return declarations.map(({ name: written, value }) => {
    // Frontends before 1.8 expand the name, too.
    const name = asWritten(written, context.escape);
    if (context.isGiven(written)) {
      return [name];
    }
    return value === undefined
      ? [name, null, canonicalOrigins(context.originsOf([written]), context)]
      : [name, canonicalWord(value, context.escape)];
  });
}

function canonicalPairs(pairs: readonly Pair[], { escape }: CanonicalContext): unknown {
  return pairs.map(({ key, value }) => [canonicalWord(key, escape), canonicalWord(value, escape)]);
}

function canonicalSetting(
  { value }: Extract<Instruction, { kind: 'setting' }>,
  context: CanonicalContext,
): unknown {
  const { escape } = context;
  switch (value.form) {
    case 'words':
      return value.words.map((word) => canonicalWord(word, escape));
    case 'pairs':
      return canonicalPairs(value.pairs, context);
    case 'ports':
      return [...value.words].sort().map((word) => asWritten(word, escape));
    case 'fixed':
      return value.value;
  }
}

function canonicalFlags(
  { switches, texts, lists }: Flags,
  { escape }: CanonicalContext,
): readonly unknown[] {
  const written: readonly (readonly [string, unknown])[] = [
    ...switches,
    ...[...texts]
      .filter(([, text]) => text !== '')
      .map(([name, text]) => [name, asWritten(text, escape)] as const),
    ...[...lists].map(
      ([name, list]) => [name, list.map((text) => asWritten(text, escape))] as const,
    ),
  ];
  return written
    .filter(([name, value]) => name !== 'from' && name !== 'mount' && !isDefault(name, value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `--link=false` is no `--link`; but `--unpack=false` is not the same as none. */
function isDefault(name: string, value: unknown): boolean {
  return value === false && (name === 'link' || name === 'parents');
}

function canonicalCopy(copy: Copy, context: CanonicalContext): readonly unknown[] {
  const { escape } = context;
  const reference = context.referenceOf(copy);
  return [
    reference === undefined ? null : canonicalReference(reference, context),
    canonicalFlags(copy.flags, context),
    // With --parents a source says what below it is taken, too: `a/./b`.
    copy.sources.map((word) =>
      canonicalWord(word, escape, copy.parents ? undefined : canonicalSource),
    ),
    copy.inline.map(({ name, content, expands }) => [
      name,
      content,
      // Quoted or not, a body without variables and escapes is the same.
      expands && /[$\\]/.test(content),
    ]),
    canonicalWord(copy.destination, escape, canonicalDestination),
  ];
}

function canonicalRun(run: Run, context: CanonicalContext): readonly unknown[] {
  const mounts = run.mounts.map((mount) => {
    const reference = context.referenceOf(mount);
    return [
      reference === undefined ? null : canonicalReference(reference, context),
      canonicalFields(mount, context.escape),
    ];
  });
  return [canonicalFlags(run.flags, context), mounts, run.command];
}
