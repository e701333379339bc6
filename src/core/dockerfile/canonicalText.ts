import type { Flags } from './flags';
import type { GlobalOrigins } from './globals';
import type { Arg, Copy, From, Instruction, Run } from './instructions';
import type { Mount } from './mounts';
import type { Reference } from './stages';

/** What an instruction's text rests on beside its own words. */
export interface CanonicalContext {
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
 * the line, variables as written. Two lines of one text build the same; layout, comments, the case of
 * keywords and the names and numbers of stages are gone. The value of a given build argument never shows.
 */

export function canonicalFrom(
  from: From,
  base: Reference,
  mentions: ReadonlySet<string>,
  context: CanonicalContext,
): string {
  const isWritten = base.kind === 'image' || base.kind === 'scratch';
  return JSON.stringify([
    'FROM',
    isWritten ? from.base : canonicalReference(base, context),
    from.platform ?? null,
    canonicalOrigins(context.originsOf(mentions)),
    from.unknownFlags,
  ]);
}

export function canonicalText(
  instruction: Exclude<Instruction, From>,
  context: CanonicalContext,
): string {
  const { unknownFlags } = instruction;
  const text = (keyword: string, ...parts: readonly unknown[]): string =>
    JSON.stringify([keyword, ...parts, ...(unknownFlags.length > 0 ? [unknownFlags] : [])]);
  switch (instruction.kind) {
    case 'arg':
      return text('ARG', canonicalDeclarations(instruction, context));
    case 'env':
      return text(
        'ENV',
        instruction.pairs.map(({ key, value }) => [key, value]),
      );
    case 'copy':
    case 'add':
      return text(instruction.kind.toUpperCase(), ...canonicalCopy(instruction, context));
    case 'run':
      return text('RUN', ...canonicalRun(instruction, context));
    case 'onbuild':
      return text('ONBUILD', instruction.expression);
    case 'setting':
      return text(instruction.keyword, instruction.value);
  }
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

function canonicalOrigins({ definitions }: GlobalOrigins): unknown {
  return definitions.map(({ name, value }) => [name, value ?? null]);
}

/** `ARG a=1 b`: with what b would take from before the first FROM. A given argument has no default. */
function canonicalDeclarations({ declarations }: Arg, context: CanonicalContext): unknown {
  return declarations.map(({ name, value }) => {
    if (context.isGiven(name)) {
      return [name];
    }
    return value === undefined
      ? [name, null, canonicalOrigins(context.originsOf([name]))]
      : [name, value];
  });
}

function canonicalFlags({ switches, texts, lists }: Flags): unknown {
  return [...switches, ...texts, ...lists]
    .filter(([name, value]) => name !== 'from' && name !== 'mount' && !isDefault(name, value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `--link=false` is no `--link`; but `--unpack=false` is not the same as none. */
function isDefault(name: string, value: unknown): boolean {
  return value === '' || (value === false && (name === 'link' || name === 'parents'));
}

function canonicalCopy(copy: Copy, context: CanonicalContext): readonly unknown[] {
  const reference = context.referenceOf(copy);
  return [
    reference === undefined ? null : canonicalReference(reference, context),
    canonicalFlags(copy.flags),
    copy.sources,
    copy.inline.map(({ name, content, expands }) => [
      name,
      content,
      // Quoted or not, a body without variables and escapes is the same.
      expands && /[$\\]/.test(content),
    ]),
    copy.destination,
  ];
}

function canonicalRun(run: Run, context: CanonicalContext): readonly unknown[] {
  const mounts = run.mounts.map((mount) => {
    const reference = context.referenceOf(mount);
    return [
      reference === undefined ? null : canonicalReference(reference, context),
      mount.fields
        .filter(({ key }) => key !== 'from')
        .map(({ key, value }) => [key, value ?? null]),
    ];
  });
  return [canonicalFlags(run.flags), mounts, run.command];
}
