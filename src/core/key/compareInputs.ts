import type { BuildInput } from './buildInputs';

/** What became of one input between two builds. */
export interface InputChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** Of an added or changed one as it is now, of a removed one as it was. */
  readonly input: BuildInput;
}

/**
 * Says which inputs make two keys differ: those that came, those that changed, in the order of the later
 * list, then those that went. Two equal lists give none.
 */
export function compareInputs(
  before: readonly BuildInput[],
  after: readonly BuildInput[],
): readonly InputChange[] {
  const earlier = digestsByName(before);
  const later = digestsByName(after);
  const seen = new Set<string>();
  const changes: InputChange[] = [];
  for (const input of after) {
    const name = nameOf(input);
    const digests = earlier.get(name);
    // The same source may be read twice, with other files in between: one entry tells of both.
    if (!seen.has(name) && digests !== later.get(name)) {
      changes.push({ change: digests === undefined ? 'added' : 'changed', input });
    }
    seen.add(name);
  }
  for (const input of before) {
    const name = nameOf(input);
    if (!seen.has(name)) {
      seen.add(name);
      changes.push({ change: 'removed', input });
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
