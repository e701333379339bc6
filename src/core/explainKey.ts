import { basename } from 'node:path';
import { compareInputs } from './key/compareInputs';
import type { InputChange } from './key/compareInputs';
import { compareMarks } from './key/fileMarks';
import type { FileChange } from './key/fileMarks';
import type { InputRecord, RecordedInput } from './key/inputRecord';
import { placeText } from './problem';
import type { Place } from './problem';

/** One reason why two keys differ, for people. */
export interface KeyReason {
  readonly change: InputChange['change'];
  /** `what COPY app reads`. */
  readonly what: string;
  readonly at: Place | undefined;
  /** Where it is a matter of files: which, as far as both keys' records tell. */
  readonly files: readonly FileChange[];
}

/** Says why the later key differs from the earlier one; none where they are the same. */
export function explainKey(before: InputRecord, after: InputRecord): readonly KeyReason[] {
  return compareInputs(before.inputs, after.inputs).map(({ change, input, earlier }) => ({
    change,
    what: whatText(input, change),
    at: input.at,
    files:
      earlier?.files === undefined || input.files === undefined
        ? []
        : compareMarks(earlier.files, input.files),
  }));
}

/** A person reads no more at a glance. */
const MOST_FILES = 10;

/**
 * A reason in lines: `changed: what COPY app reads (Dockerfile:28)`, and below it, set in, the files:
 * `added app/main.c`, `changed app/src/` for something below a folder.
 */
export function reasonLines({ change, what, at, files }: KeyReason): readonly string[] {
  const place = at === undefined ? '' : ` (${placeText({ ...at, file: basename(at.file) })})`;
  const shown = files.slice(0, files.length > MOST_FILES ? MOST_FILES - 1 : MOST_FILES);
  const rest = files.length - shown.length;
  return [
    `${change}: ${what}${place}`,
    ...shown.map((file) => `  ${file.change} ${oneLine(file.path)}`),
    ...(rest === 0 ? [] : [`  and ${rest} more`]),
  ];
}

/** A file may be named like a line of our own. */
function oneLine(path: string): string {
  // eslint-disable-next-line no-control-regex
  return path.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\u{fffd}');
}

function whatText({ kind, name, label }: RecordedInput, change: InputChange['change']): string {
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
      return change === 'changed' ? `the options of ${label}` : label;
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
