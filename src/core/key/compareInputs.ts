import type { BuildInput } from './buildInputs';

/** What became of one input between two builds. */
export interface InputChange<T extends BuildInput = BuildInput> {
  readonly change: 'added' | 'removed' | 'changed';
  /** Of an added or changed one as it is now, of a removed one as it was. */
  readonly input: T;
  /** Of a changed one, as it was. */
  readonly earlier: T | undefined;
}

/**
 * Says which inputs make two keys differ: those that came, those that changed, in the order of the later
 * list, then those that went. Two equal lists give none.
 */
export function compareInputs<T extends BuildInput>(
  before: readonly T[],
  after: readonly T[],
): readonly InputChange<T>[] {
  const digestsBefore = digestsByName(before);
  const digestsAfter = digestsByName(after);
  const earlier = new Map(before.map((input) => [nameOf(input), input]));
  const seen = new Set<string>();
  const changes: InputChange<T>[] = [];
  for (const input of after) {
    const name = nameOf(input);
    // The same source may be read twice, with other files in between: one entry tells of both.
    if (!seen.has(name) && digestsBefore.get(name) !== digestsAfter.get(name)) {
      const was = earlier.get(name);
      changes.push({ change: was === undefined ? 'added' : 'changed', input, earlier: was });
    }
    seen.add(name);
  }
  for (const input of before) {
    const name = nameOf(input);
    if (!seen.has(name)) {
      seen.add(name);
      changes.push({ change: 'removed', input, earlier: undefined });
    }
  }
  return changes;
}

const nameOf = ({ kind, name }: BuildInput): string => JSON.stringify([kind, name]);

function digestsByName(inputs: readonly BuildInput[]): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const input of inputs) {
    const name = nameOf(input);
    digests.set(name, `${digests.get(name) ?? ''} ${input.digest}`);
  }
  return digests;
}
