/*
 * White space as Go's unicode package has it, which differs from JavaScript's: U+0085 is white space,
 * U+FEFF is not.
 */

const SPACE =
  '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACE_CHARACTER = new RegExp(`^[${SPACE}]$`);
const NOT_SPACE = new RegExp(`[^${SPACE}]`);

export function isSpace(character: string): boolean {
  const code = character.charCodeAt(0);
  return (
    code === 0x20 || (code >= 9 && code <= 13) || (code > 0x7f && SPACE_CHARACTER.test(character))
  );
}

export function trimLeft(text: string): string {
  const start = text.search(NOT_SPACE);
  return start < 0 ? '' : text.slice(start);
}

export function trim(text: string): string {
  const start = text.search(NOT_SPACE);
  if (start < 0) {
    return '';
  }
  let end = text.length;
  while (isSpace(text.charAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

/** What separates the words of an instruction: neither a line feed nor a no-break space does. */
const BETWEEN_WORDS = /[\t\v\f\r ]+/;

/** `a  b c` gives `a`, `b` and `c`. */
export function splitWords(text: string): readonly string[] {
  return text.split(BETWEEN_WORDS);
}

/** The first word and the rest as it stands; without a second word the rest is undefined. */
export function splitFirstWord(text: string): readonly [first: string, rest: string | undefined] {
  const gap = BETWEEN_WORDS.exec(text);
  return gap === null
    ? [text, undefined]
    : [text.slice(0, gap.index), text.slice(gap.index + gap[0].length)];
}
