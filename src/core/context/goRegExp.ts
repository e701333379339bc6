/*
 * Patterns of ignore files become regular expressions of Go with no more ado, so a bracket or a backslash
 * in one means what it means there: `a\d` matches `a1`, and `[[:alpha:]]` is a class (moby/patternmatcher
 * compile). What JavaScript writes otherwise is translated here.
 */

/** A syntax that Go refuses. */
export class GoRegExpFault extends Error {}

const ASCII_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** Escapes that both languages have, with what Go means by them. */
const ESCAPES: Readonly<Record<string, string>> = {
  d: '0-9',
  s: '\\t\\n\\f\\r ',
  w: '0-9A-Za-z_',
};
const CONTROLS: Readonly<Record<string, string>> = {
  a: '\\x07',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
};
const BOUNDARIES: Readonly<Record<string, string>> = {
  A: '(?:^)',
  b: '(?:\\b)',
  B: '(?:\\B)',
  z: '(?:$)',
};

/** In groups, as Go lets a place be repeated: `^{2}`. */
const OUTSIDE_CLASS: Readonly<Record<string, string>> = {
  '.': '[^\\n]',
  '^': '(?:^)',
  $: '(?:$)',
  ']': '\\]',
  '}': '\\}',
};

/** `{2}`, `{2,}` or `{2,3}`; any other brace is a character. */
const REPEAT = /^\{(\d+)(?:,(\d*))?\}/;
const MOST_REPEATS = 1000;

function translateRepeat(repeat: RegExpExecArray | null): string {
  if (repeat === null) {
    return '\\{';
  }
  if ([repeat[1], repeat[2]].some((count) => Number(count ?? 0) > MOST_REPEATS)) {
    throw new GoRegExpFault('too many repeats');
  }
  return repeat[0];
}

function lookUp(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Translates the part of Go's syntax that a pattern can give. */
export function goRegExp(source: string): RegExp {
  const characters = Array.from(source);
  let result = '';
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    if (character === '[') {
      const { text, end } = translateClass(characters, index);
      result += text;
      index = end;
    } else if (character === '\\') {
      index++;
      result += translateEscape(characters[index]);
    } else if (character === '{') {
      const repeat = REPEAT.exec(characters.slice(index, index + 12).join(''));
      result += translateRepeat(repeat);
      index += (repeat?.[0] ?? '{').length - 1;
    } else {
      result += lookUp(OUTSIDE_CLASS, character) ?? character;
    }
  }
  try {
    return new RegExp(result, 'u');
  } catch {
    throw new GoRegExpFault(source);
  }
}

function translateEscape(character: string | undefined): string {
  if (character === undefined || !isAscii(character)) {
    throw new GoRegExpFault('no character to escape');
  }
  const lower = character.toLowerCase();
  const set = lookUp(ESCAPES, lower);
  if (set !== undefined) {
    return character === lower ? `[${set}]` : `[^${set}]`;
  }
  return lookUp(BOUNDARIES, character) ?? lookUp(CONTROLS, character) ?? literal(character);
}

function isAscii(character: string): boolean {
  return (character.codePointAt(0) ?? 0) < 0x80;
}

/** An escaped character of ASCII is itself, unless it is a letter or a digit. */
function literal(character: string): string {
  if (/^[0-9A-Za-z]$/.test(character)) {
    throw new GoRegExpFault(`unknown escape "\\${character}"`);
  }
  return inClass(character);
}

function inClass(character: string): string {
  return /^[\\\]^[\-$.*+?(){}|/]$/.test(character) ? `\\${character}` : character;
}

/** `[^a-c]`, from its bracket to the one that closes it. */
function translateClass(
  characters: readonly string[],
  start: number,
): { readonly text: string; readonly end: number } {
  let index = start + 1;
  const isNegated = characters[index] === '^';
  if (isNegated) {
    index++;
  }
  let text = '';
  for (let isFirst = true; isFirst || characters[index] !== ']'; isFirst = false) {
    const named = /^\[:(\^?)(\w+):\]/.exec(characters.slice(index, index + 12).join(''));
    const set = lookUp(ASCII_CLASSES, named?.[2] ?? '');
    const perl = characters[index] === '\\' ? (characters[index + 1] ?? '') : '';
    if (named !== null) {
      if (set === undefined) {
        throw new GoRegExpFault(`unknown class "${named[0]}"`);
      }
      text += named[1] === '' ? set : complementOf(set);
      index += named[0].length;
    } else if (lookUp(ESCAPES, perl.toLowerCase()) !== undefined) {
      const members = lookUp(ESCAPES, perl.toLowerCase()) ?? '';
      text += perl === perl.toLowerCase() ? members : complementOf(members);
      index += 2;
    } else {
      const low = classCharacter(characters, index);
      index = low.end;
      text += low.text;
      if (characters[index] === '-' && characters[index + 1] !== ']') {
        const high = classCharacter(characters, index + 1);
        index = high.end;
        text += `-${high.text}`;
      }
    }
  }
  return { text: `[${isNegated ? '^' : ''}${text}]`, end: index };
}

function classCharacter(
  characters: readonly string[],
  index: number,
): { readonly text: string; readonly end: number } {
  const character = characters[index];
  if (character === undefined) {
    throw new GoRegExpFault('a class is not closed');
  }
  if (character !== '\\') {
    return { text: inClass(character), end: index + 1 };
  }
  const escaped = characters[index + 1];
  if (escaped === undefined || !isAscii(escaped)) {
    throw new GoRegExpFault('no character to escape');
  }
  return { text: lookUp(CONTROLS, escaped) ?? literal(escaped), end: index + 2 };
}

/** All characters but those of a set written as ranges. */
function complementOf(set: string): string {
  const matcher = new RegExp(`[${set}]`);
  let text = '';
  for (let code = 0; code < 0x80; code++) {
    const character = String.fromCharCode(code);
    text += matcher.test(character) ? '' : `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return `${text}\\u{80}-\\u{10ffff}`;
}
