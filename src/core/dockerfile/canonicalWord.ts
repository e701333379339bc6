import { posix } from 'node:path';
import { rooted } from './contextPath';
import type { Escape } from './directives';
import { lex } from './expand';

/** A word in its one spelling, or as it stands where it has none, with the escape that it rests on. */
export type CanonicalWord =
  string | { readonly written: string; readonly escape: Escape | undefined };

/** No text that a person writes holds it: a noncharacter of Unicode. */
const STAND_IN = '\u{10ffff}';

/**
 * Spells a word as the builder reads it: `"a b"`, `'a b'` and `a\ b` are `a b`, `"$x"y` is `${x}y`. The
 * spelling is again a word of Dockerfile's, its escape a backslash, so that no two words that mean
 * different things share one.
 * @param spell gives the spelling of a text without variables, where several mean the same.
 */
export function canonicalWord(
  word: string,
  escape: Escape,
  spell: (text: string) => string = (text) => text,
): CanonicalWord {
  const variables: string[] = [];
  const lexed = lex(word, () => 'set', {
    escape,
    standIn: (source) => {
      variables.push(source);
      return source === '$' ? source : STAND_IN;
    },
  });
  const references = variables.filter((source) => source !== '$').map(canonicalReference);
  const isSpelled = references.every(
    (source) => source !== undefined && (escape === '\\' || !mentionsEscapes(source)),
  );
  if (lexed.kind === 'malformed' || !isSpelled || word.includes(STAND_IN)) {
    return { written: word, escape: mentionsEscapes(word) ? escape : undefined };
  }
  if (references.length === 0) {
    return quoted(spell(lexed.text));
  }
  const [first = '', ...others] = lexed.text.split(STAND_IN).map(quoted);
  return first + others.map((text, index) => (references[index] ?? '') + text).join('');
}

/** A text that is not looked into: two escapes make two of it where it holds one of either. */
export function asWritten(text: string, escape: Escape): CanonicalWord {
  return mentionsEscapes(text) ? { written: text, escape } : text;
}

function mentionsEscapes(text: string): boolean {
  return /[\\`]/.test(text);
}

/** `$x` is `${x}`; what follows `$1` or `$-` would be taken for a part of it, or not, by the version. */
function canonicalReference(source: string): string | undefined {
  const name = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(source)?.[1];
  return name === undefined ? (source.startsWith('${') ? source : undefined) : `$\{${name}}`;
}

function quoted(text: string): string {
  return text.replace(/[\\$'"]/g, '\\$&');
}

/** What may be a repository or a URL, or mean something else on Windows. */
const NO_PLAIN_SOURCE = /[:@#\\]|^$|\.git$|^github\.com\//;

/** `./a`, `/a` and `a/` are one source of COPY and ADD (buildkit client/llb/fileop.go sourcePath). */
export function canonicalSource(text: string): string {
  return NO_PLAIN_SOURCE.test(text) ? text : rooted(text);
}

/** A slash at the end counts, and `/.` in some versions; what `..` leaves depends on what stands before it. */
const NO_PLAIN_DESTINATION = /[:\\]|\/\.$|(?:^|\/)\.\.(?:\/|$)/;

/** `./a` and `a` are one destination, and so are `.` and `./` (buildkit client/llb/fileop.go normalizePath). */
export function canonicalDestination(text: string): string {
  if (NO_PLAIN_DESTINATION.test(text)) {
    return text;
  }
  return text === '' || text === '.' ? './' : posix.normalize(text);
}

/** `a`, `./a` and `/a` are one source of a mount; whether `/./a` is one of them rests on the version. */
export function canonicalMountSource(text: string): string {
  const path = rooted(text);
  return NO_PLAIN_DESTINATION.test(text) || (text.startsWith('/') && text !== path) ? text : path;
}
