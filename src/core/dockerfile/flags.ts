import type { Place } from '../problem';
import { dockerfileInvalid } from '../problems';

/** What a flag takes; `list` may be repeated. */
export type FlagKind = 'switch' | 'text' | 'list';

export interface Flags {
  readonly switches: ReadonlyMap<string, boolean>;
  readonly texts: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Flags that the instruction does not have here: a later frontend may know them. */
  readonly unknown: readonly string[];
}

/** Reads `--link`, `--chown=1:1` and the like by what an instruction takes (buildkit instructions/bflag.go). */
export function readFlags(
  flags: readonly string[],
  kinds: Readonly<Record<string, FlagKind>>,
  place: Place,
): Flags {
  const switches = new Map<string, boolean>();
  const texts = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const unknown: string[] = [];
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    const name = flag.slice(2, equals < 0 ? undefined : equals);
    const value = equals < 0 ? undefined : flag.slice(equals + 1);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      unknown.push(flag);
    } else if (kind === 'switch') {
      switches.set(name, readSwitch(name, value, place));
    } else if (value === undefined) {
      throw dockerfileInvalid(place, `the flag "--${name}" needs a value`);
    } else if (kind === 'text') {
      texts.set(name, value);
    } else {
      lists.set(name, [...(lists.get(name) ?? []), value]);
    }
  }
  return { switches, texts, lists, unknown };
}

function readSwitch(name: string, value: string | undefined, place: Place): boolean {
  switch (value?.toLowerCase()) {
    case undefined:
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw dockerfileInvalid(place, `the flag "--${name}" is true or false, not "${value ?? ''}"`);
  }
}
