import type { Escape } from './directives';
import { PatternFault, replaceAll, replaceFirst, trimPrefix, trimSuffix } from './shellPattern';
import { isSpace } from './whitespace';

/** Looks a variable up; unset ones are undefined. */
export type Lookup = (name: string) => string | undefined;

export type Expansion =
  | {
      readonly kind: 'expanded';
      readonly text: string;
      /** The text split at white space that was neither quoted nor escaped. */
      readonly words: readonly string[];
      readonly used: ReadonlySet<string>;
      readonly unset: ReadonlySet<string>;
    }
  | {
      readonly kind: 'malformed';
      readonly reason: string;
      /** Variables looked up before the fault: `${x:?}` is one for some of their values only. */
      readonly used: ReadonlySet<string>;
      readonly unset: ReadonlySet<string>;
    };

/** How much of the source the result keeps. */
export interface LexerOptions {
  readonly escape: Escape;
  readonly keepQuotes?: boolean;
  readonly keepEscapes?: boolean;
  /** Quotes are characters like any other, as in the body of a heredoc. */
  readonly ignoreQuotes?: boolean;
  /** `$x` stays as it is where x is unset. */
  readonly keepUnset?: boolean;
  /** Gives what stands in the result for `$x` or `${x…}` that is not inside another. */
  readonly standIn?: (source: string) => string;
}

/**
 * Unquotes one word and replaces its variables, as the words of every instruction but RUN, CMD and
 * ENTRYPOINT are (buildkit shell/lex.go). `a\*b` becomes `a*b` and `a\\*b` becomes `a\*b`: what a glob makes
 * of it comes later.
 */
export function expand(word: string, lookup: Lookup, escape: Escape): Expansion {
  return lex(word, lookup, { escape });
}

export function lex(source: string, lookup: Lookup, options: LexerOptions): Expansion {
  const lexer = new Lexer(source, lookup, options);
  const { used, unset } = lexer;
  try {
    const { text, words } = lexer.run();
    return { kind: 'expanded', text, words, used, unset };
  } catch (error) {
    if (error instanceof LexerFault || error instanceof PatternFault) {
      return { kind: 'malformed', reason: error.message, used, unset };
    }
    throw error;
  }
}

class LexerFault extends Error {}

/** How deep `${a:-${b:-…}}` may nest: far more than a person writes, far less than the stack holds. */
const DEEPEST = 500;

class Lexer {
  readonly used = new Set<string>();
  readonly unset = new Set<string>();
  readonly #characters: readonly string[];
  readonly #lookup: Lookup;
  readonly #options: LexerOptions;
  #keepEscapes: boolean;
  #position = 0;
  #depth = 0;
  /**
   * The word being read. There is one for all levels of nesting, as in BuildKit: in `<<E${x:-y}` the part
   * before the braces is lost, so no heredoc begins there.
   */
  #word = '';

  constructor(source: string, lookup: Lookup, options: LexerOptions) {
    // Go's scanner drops a byte order mark at the head of whatever it reads.
    this.#characters = Array.from(source.startsWith('\ufeff') ? source.slice(1) : source);
    this.#lookup = lookup;
    this.#options = options;
    this.#keepEscapes = options.keepEscapes ?? false;
  }

  run(): { readonly text: string; readonly words: readonly string[] } {
    return this.#upTo(undefined);
  }

  #peek(): string | undefined {
    return this.#characters[this.#position];
  }

  #next(): string | undefined {
    return this.#characters[this.#position++];
  }

  /** Reads up to and over `stop`, or to the end where it is undefined. */
  #upTo(stop: string | undefined): { readonly text: string; readonly words: readonly string[] } {
    const words: string[] = [];
    let text = '';
    this.#word = '';
    for (;;) {
      const character = this.#peek();
      if (character === undefined && stop !== undefined) {
        throw new LexerFault(`"${stop}" is missing`);
      }
      if (character === undefined || character === stop) {
        this.#next();
        this.#endWord(words);
        return { text, words };
      }
      if (character === '$') {
        const value = this.#dollar();
        text += value;
        for (const each of value) {
          this.#addCharacter(each, words);
        }
      } else if (character === '<') {
        const value = this.#lessThan();
        text += value;
        this.#word += value;
      } else if ((character === "'" || character === '"') && !this.#options.ignoreQuotes) {
        const value = character === "'" ? this.#singleQuoted() : this.#doubleQuoted();
        text += value;
        this.#word += value;
      } else {
        this.#next();
        if (character === this.#options.escape) {
          const kept = this.#keepEscapes ? character : '';
          // One at the very end escapes nothing.
          const escaped = kept + (this.#next() ?? '');
          text += escaped;
          this.#word += escaped;
        } else {
          text += character;
          this.#addCharacter(character, words);
        }
      }
    }
  }

  #addCharacter(character: string, words: string[]): void {
    if (isSpace(character)) {
      this.#endWord(words);
    } else {
      this.#word += character;
    }
  }

  #endWord(words: string[]): void {
    if (this.#word !== '') {
      words.push(this.#word);
      this.#word = '';
    }
  }

  #singleQuoted(): string {
    const quote = this.#options.keepQuotes ? (this.#peek() ?? '') : '';
    this.#next();
    let text = quote;
    for (;;) {
      const character = this.#next();
      if (character === undefined) {
        throw new LexerFault('a single quote is not closed');
      }
      if (character === "'") {
        return text + quote;
      }
      text += character;
    }
  }

  #doubleQuoted(): string {
    const quote = this.#options.keepQuotes ? (this.#peek() ?? '') : '';
    const { escape } = this.#options;
    this.#next();
    let text = quote;
    for (;;) {
      const character = this.#peek();
      if (character === undefined) {
        throw new LexerFault('a double quote is not closed');
      }
      if (character === '$') {
        text += this.#dollar();
        continue;
      }
      this.#next();
      if (character === '"') {
        return text + quote;
      }
      if (character !== escape) {
        text += character;
        continue;
      }
      text += this.#keepEscapes ? character : '';
      const escaped = this.#peek();
      if (escaped === '"' || escaped === '$' || escaped === escape) {
        text += escaped;
        this.#next();
      } else if (escaped !== undefined) {
        // Anything else keeps its backslash: "\a".
        text += character;
      }
    }
  }

  /** `<<` keeps the white space behind it, so that `<< EOF` is one word. */
  #lessThan(): string {
    this.#next();
    if (this.#peek() !== '<') {
      return '<';
    }
    this.#next();
    let text = '<<';
    for (let next = this.#peek(); next === '\t' || next === '\r' || next === ' ';) {
      text += next;
      this.#next();
      next = this.#peek();
    }
    return text;
  }

  #dollar(): string {
    const start = this.#position;
    const value = this.#dollarValue();
    const { standIn } = this.#options;
    return standIn === undefined || this.#depth > 0
      ? value
      : standIn(this.#characters.slice(start, this.#position).join(''));
  }

  #dollarValue(): string {
    this.#next();
    if (this.#peek() !== '{') {
      const name = this.#name();
      return name === '' ? '$' : (this.#value(name) ?? this.#unsetText(`$${name}`));
    }
    this.#next();
    const first = this.#peek();
    if (first === undefined) {
      throw new LexerFault('"}" is missing');
    }
    if (first === '{' || first === '}' || first === ':') {
      throw new LexerFault(`"$\{${first}" is no variable`);
    }
    return this.#braced(this.#name());
  }

  #unsetText(source: string): string {
    return this.#options.keepUnset ? source : '';
  }

  #braced(name: string): string {
    const operator = this.#next();
    switch (operator) {
      case '}':
        return this.#value(name) ?? this.#unsetText(`$\{${name}}`);
      case ':':
        return this.#withWord(name, this.#next(), true);
      case '+':
      case '-':
      case '?':
      case '#':
      case '%':
        return this.#withWord(name, operator, false);
      case '/':
        return this.#withReplacement(name);
      default:
        throw new LexerFault(`"$\{${name}${operator ?? ''}" has an unknown operator`);
    }
  }

  #nested(stop: string, keepEscapes: boolean): string {
    const outer = this.#keepEscapes;
    this.#depth++;
    if (this.#depth > DEEPEST) {
      throw new LexerFault(`variables nest deeper than ${DEEPEST}`);
    }
    this.#keepEscapes = keepEscapes;
    const { text } = this.#upTo(stop);
    this.#keepEscapes = outer;
    this.#depth--;
    return text;
  }

  /** `${name-word}` and its kin; the colon makes empty count as unset. */
  #withWord(name: string, operator: string | undefined, colon: boolean): string {
    const isTrim = operator === '#' || operator === '%';
    if (colon && isTrim) {
      throw new LexerFault(`":${operator}" is no operator`);
    }
    const word = this.#nested('}', isTrim);
    const value = this.#value(name);
    if (value === undefined && this.#options.keepUnset) {
      return `$\{${name}${colon ? ':' : ''}${operator ?? ''}${word}}`;
    }
    const missing = value === undefined || (colon && value === '');
    switch (operator) {
      case '-':
        return missing ? word : value;
      case '+':
        return missing ? '' : word;
      case '?':
        if (missing) {
          const fault =
            value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty';
          throw new LexerFault(`${name}: ${word === '' ? fault : word}`);
        }
        return value;
      case '#':
      case '%': {
        const isLongest = word.startsWith(operator);
        const trimmed = operator === '#' ? trimPrefix : trimSuffix;
        return trimmed(
          isLongest ? word.slice(1) : word,
          value ?? '',
          isLongest ? 'farthest' : 'nearest',
        );
      }
      default:
        throw new LexerFault(`":${operator ?? ''}" is no operator`);
    }
  }

  /** `${name/pattern/replacement}` and `${name//pattern/replacement}`. */
  #withReplacement(name: string): string {
    const isAll = this.#peek() === '/';
    if (isAll) {
      this.#next();
    }
    const pattern = this.#nested('/', true);
    const replacement = this.#nested('}', true);
    const value = this.#value(name);
    if (value === undefined && this.#options.keepUnset) {
      return `$\{${name}/${pattern}/${replacement}}`;
    }
    return (isAll ? replaceAll : replaceFirst)(pattern, value ?? '', replacement);
  }

  /** A name, a run of digits or one of the shell's special parameters; empty where none stands. */
  #name(): string {
    const first = this.#peek();
    if (first === undefined) {
      return '';
    }
    if (isDigit(first)) {
      return this.#run(isDigit);
    }
    if ('@*#?-$!'.includes(first)) {
      this.#next();
      return first;
    }
    return this.#run((character) => character === '_' || /^[\p{L}\p{Nd}]$/u.test(character));
  }

  #run(belongs: (character: string) => boolean): string {
    let text = '';
    for (let next = this.#peek(); next !== undefined && belongs(next); next = this.#peek()) {
      text += next;
      this.#next();
    }
    return text;
  }

  #value(name: string): string | undefined {
    const value = this.#lookup(name);
    (value === undefined ? this.unset : this.used).add(name);
    return value;
  }
}

function isDigit(character: string): boolean {
  return /^\p{Nd}$/u.test(character);
}
