import type { Escape } from './directives';
import { isSpace, splitFirstWord, trim } from './whitespace';

/** A logical line cut into its parts: `COPY --link a b` is `COPY`, [`--link`] and `a b`. */
export interface Command {
  /** As written; `copy` and `COPY` are one keyword. */
  readonly keyword: string;
  readonly flags: readonly string[];
  readonly rest: string;
}

export function splitCommand(line: string, escape: Escape): Command {
  const [keyword, after] = splitFirstWord(trim(line));
  if (after === undefined) {
    return { keyword, flags: [], rest: '' };
  }
  const { flags, rest } = takeFlags(after, escape);
  return { keyword, flags, rest: trim(rest) };
}

/**
 * The flags at the head of `line`: words that begin with `--`, up to the first that does not or a bare
 * `--`. Quotes group and vanish, so `--mount="type=bind,source=a b"` is one flag, but a word that begins
 * with a quote is none (buildkit parser/split_command.go).
 */
function takeFlags(
  line: string,
  escape: Escape,
): { readonly flags: readonly string[]; readonly rest: string } {
  if (!line.startsWith('--')) {
    return { flags: [], rest: line };
  }
  const bytes = asBytes(line);
  const flags: string[] = [];
  let position = 0;
  while (position < bytes.length) {
    if (isSpace(bytes.charAt(position))) {
      position++;
      continue;
    }
    if (!bytes.startsWith('--', position)) {
      return { flags, rest: fromBytes(bytes.slice(position)) };
    }
    const word = takeFlag(bytes, position, escape);
    position = word.end;
    if (word.text === '--') {
      return { flags, rest: fromBytes(bytes.slice(position)) };
    }
    flags.push(word.text);
  }
  return { flags, rest: '' };
}

function takeFlag(
  bytes: string,
  start: number,
  escape: Escape,
): { readonly text: string; readonly end: number } {
  let text = '';
  let quote = '';
  let position = start;
  for (; position < bytes.length; position++) {
    const character = bytes.charAt(position);
    if (quote === '' && isSpace(character)) {
      break;
    }
    if (quote === '' && (character === "'" || character === '"')) {
      quote = character;
    } else if (character === quote) {
      quote = '';
    } else if (character === escape) {
      // One at the very end is dropped.
      position++;
      text += bytes.charAt(position);
    } else {
      text += character;
    }
  }
  return { text, end: position };
}

/*
 * Flags are read byte by byte and each byte becomes a character: `--exclude=ä` excludes `Ã¤`, and the
 * second byte of `à` (0xA0) ends a word. Nobody may like it, but the build does it.
 */
function asBytes(text: string): string {
  if (isAscii(text)) {
    return text;
  }
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

function fromBytes(bytes: string): string {
  if (isAscii(bytes)) {
    return bytes;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the whole of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}
