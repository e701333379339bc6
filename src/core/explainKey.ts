import { basename } from 'node:path';
import type { BuildInput } from './key/buildInputs';
import { compareInputs } from './key/compareInputs';
import type { InputChange } from './key/compareInputs';
import type { InputRecord, RecordedInput } from './key/inputRecord';
import { placeText } from './problem';
import type { Place } from './problem';

/** One reason why two keys differ, for people. */
export interface KeyReason {
  readonly change: InputChange['change'];
  /** `what COPY app reads`. */
  readonly what: string;
  readonly at: Place | undefined;
}

/** Says why the later key differs from the earlier one; none where they are the same. */
export function explainKey(before: InputRecord, after: InputRecord): readonly KeyReason[] {
  const labels = new Map<BuildInput, RecordedInput>(
    [...before.inputs, ...after.inputs].map((input) => [input, input]),
  );
  return compareInputs(before.inputs, after.inputs).map(({ change, input }) => {
    const recorded = labels.get(input);
    return {
      change,
      what: whatText(input, change, recorded?.label ?? input.name),
      at: recorded?.at,
    };
  });
}

/** `changed: what COPY app reads (Dockerfile:28)`. */
export function reasonText({ change, what, at }: KeyReason): string {
  const place = at === undefined ? '' : ` (${placeText({ ...at, file: basename(at.file) })})`;
  return `${change}: ${what}${place}`;
}

function whatText(
  { kind, name }: BuildInput,
  change: InputChange['change'],
  label: string,
): string {
  switch (kind) {
    case 'schema':
      return 'the version of the key, by an update of this tool';
    case 'platform':
      return `the platform, ${label}`;
    case 'image':
      return `the image that the config names, ${label}`;
    case 'stage':
      return `the instructions of ${label}`;
    case 'argument':
      return `the value of the build argument ${name}`;
    case 'option':
      return 'the options of the build';
    case 'files':
      return `what ${label} reads`;
    case 'feature':
      return change === 'changed' ? `the options or the place of ${label}` : label;
    case 'feature-files':
      return `the ${label}`;
    case 'feature-lock':
      return `the ${label}`;
    case 'feature-order':
      return 'the order of the features';
    case 'user':
      return `the user that features install for, ${name}`;
  }
}
