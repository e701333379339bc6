import type { Place } from '../problem';
import { dockerfileInvalid } from '../problems';
import type { Escape } from './directives';
import { isSpace, splitFirstWord } from './whitespace';

/** `key=value` of ENV and LABEL, quotes and variables in. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** The pairs of `a=1 b="2 3"`, or of the old form `a 1 2`, which has one (buildkit parser/line_parsers.go). */
export function pairsOf(
  rest: string,
  escape: Escape,
  keyword: string,
  place: Place,
): readonly Pair[] {
  const words = quotedWords(rest, escape);
  const [first] = words;
  if (first === undefined) {
    return [];
  }
  if (!first.includes('=')) {
    const [key, value] = splitFirstWord(rest);
    if (value === undefined) {
      throw dockerfileInvalid(place, `${keyword} needs a name and a value`);
    }
    return [{ key, value }];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 1) {
      throw dockerfileInvalid(place, `${keyword} takes name=value, and "${word}" is not`);
    }
    return { key: word.slice(0, equals), value: word.slice(equals + 1) };
  });
}

/** Words at white space outside quotes; quotes and escapes stay: `a="b c" d` gives `a="b c"` and `d`. */
export function quotedWords(text: string, escape: Escape): readonly string[] {
  const characters = Array.from(text);
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    if (quote === '' && isSpace(character)) {
      if (word !== '') {
        words.push(word);
      }
      word = '';
      continue;
    }
    if (quote === '') {
      quote = character === "'" || character === '"' ? character : '';
    } else if (character === quote) {
      quote = '';
    }
    if (character === escape && quote !== "'") {
      const escaped = characters[index + 1];
      if (escaped === undefined) {
        // One at the very end is dropped.
        continue;
      }
      word += character + escaped;
      index++;
    } else {
      word += character;
    }
  }
  if (word !== '') {
    words.push(word);
  }
  return words;
}
