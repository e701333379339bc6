import type { Place } from '../problem';
import { dockerfileInvalid } from '../problems';

/** One `key=value` of `--mount`; `readonly` and the like have no value. */
export interface MountField {
  readonly key: string;
  readonly value: string | undefined;
}

/** `--mount=…` of RUN as written: values still hold their variables. */
export interface Mount {
  readonly fields: readonly MountField[];
  /** The stage, named context or image that it mounts from; takes no variables. */
  readonly from: string | undefined;
}

const CANONICAL_KEYS: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
  rw: 'readwrite',
};

/** Reads `type=bind,"source=a,b"`: one line of CSV, its keys in any case (buildkit commands_runmount.go). */
export function parseMount(text: string, place: Place): Mount {
  const fields = csvFields(text, place).map((field): MountField => {
    const equals = field.indexOf('=');
    const key = field.slice(0, equals < 0 ? undefined : equals).toLowerCase();
    return {
      key: Object.hasOwn(CANONICAL_KEYS, key) ? (CANONICAL_KEYS[key] ?? key) : key,
      value: equals < 0 ? undefined : field.slice(equals + 1),
    };
  });
  const from = fields.findLast(({ key }) => key === 'from')?.value;
  const dollar = from?.indexOf('$') ?? -1;
  if (from !== undefined && dollar >= 0 && dollar < from.length - 1) {
    throw dockerfileInvalid(place, 'a mount\'s "from" takes no variables: name a stage instead');
  }
  return { fields, from: from === '' ? undefined : from };
}

function csvFields(text: string, place: Place): readonly string[] {
  const fields: string[] = [];
  for (let position = 0; ;) {
    const field = text[position] === '"' ? quotedField(text, position) : bareField(text, position);
    if (field === undefined || text === '') {
      throw dockerfileInvalid(place, `the mount "${text}" is no line of comma-separated values`);
    }
    fields.push(field.value);
    if (field.end >= text.length) {
      return fields;
    }
    position = field.end + 1;
  }
}

interface Field {
  readonly value: string;
  /** Where its comma stands, or the length of the text. */
  readonly end: number;
}

function bareField(text: string, start: number): Field | undefined {
  const comma = text.indexOf(',', start);
  const end = comma < 0 ? text.length : comma;
  const value = text.slice(start, end);
  return value.includes('"') ? undefined : { value, end };
}

/** In quotes, two quotes are one. */
function quotedField(text: string, start: number): Field | undefined {
  const match = /"((?:[^"]|"")*)"(?=,|$)/y;
  match.lastIndex = start;
  const found = match.exec(text);
  return found === null
    ? undefined
    : { value: (found[1] ?? '').replaceAll('""', '"'), end: match.lastIndex };
}
