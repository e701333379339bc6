import { composeEnvFileInvalid } from '../problems';
import { InterpolationError, interpolate } from './interpolation';
import type { Lookup } from './interpolation';
import { interpolationProblem } from './interpolationProblem';

/** White space without line feeds, as compose-go's dotenv/parser.go counts it. */
const BLANK = /[\t\v\f\r \u0085\u00a0]/;
const BLANKS_BEFORE = /^[\t\v\f\r \u0085\u00a0]+/;
/** Go's unicode.IsSpace. */
const SPACES_BEFORE =
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const SPACES_AFTER = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;
const ESCAPE = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g;
const CONTROL: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
};

/**
 * Reads an environment file as Compose does: comments, `export`, quotes, escapes, values of several lines,
 * references to variables, and bare names, which are taken from elsewhere.
 * @param inherited what is set already; it wins over the file's own in references.
 * @throws Problem with the line.
 */
export function parseDotEnv(
  text: string,
  file: string,
  inherited: Lookup,
): ReadonlyMap<string, string> {
  return new DotEnvReader(text.replace(/^\uFEFF/, ''), file, inherited).read();
}

interface Key {
  readonly name: string;
  /** Whether no value follows. */
  readonly bare: boolean;
}

class DotEnvReader {
  private readonly values = new Map<string, string>();
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly inherited: Lookup,
  ) {}

  read(): ReadonlyMap<string, string> {
    while (this.skipToStatement()) {
      const { name, bare } = this.key();
      if (name.includes(' ')) {
        throw this.invalid(`the name "${name}" holds a blank`);
      }
      const value = bare ? this.inherited(name) : this.value();
      if (value !== undefined) {
        this.values.set(name, value);
      }
    }
    return this.values;
  }

  private skipToStatement(): boolean {
    for (;;) {
      this.skip(SPACES_BEFORE);
      if (this.text[this.position] !== '#') {
        return this.position < this.text.length;
      }
      this.position = this.lineEnd();
    }
  }

  private key(): Key {
    if (/^export[\t\n\v\f\r ]/.test(this.text.slice(this.position, this.position + 7))) {
      this.position += 'export'.length;
      this.skip(BLANKS_BEFORE);
    }
    for (let index = this.position; index < this.text.length;) {
      const character = String.fromCodePoint(this.text.codePointAt(index) ?? 0);
      if (character === '=' || character === ':' || character === '\n') {
        const name = this.text.slice(this.position, index).replace(SPACES_AFTER, '');
        this.position = index + 1;
        this.skip(BLANKS_BEFORE);
        return { name, bare: character === '\n' };
      }
      if (!BLANK.test(character) && !/[_.\-[\]\p{L}\p{N}]/u.test(character)) {
        throw this.invalid(`"${character}" stands in the name of a variable`);
      }
      index += character.length;
    }
    // A name at the very end, without even a line's end, counts for nothing.
    this.position = this.text.length;
    return { name: '', bare: true };
  }

  private value(): string {
    const quote = this.text[this.position];
    if (quote === '"' || quote === "'") {
      return this.quoted(quote);
    }
    const end = this.lineEnd();
    const [value = ''] = this.text.slice(this.position, end).split(' #', 1);
    const expanded = this.expanded(value.replace(SPACES_AFTER, ''));
    this.position = end + 1;
    return expanded;
  }

  private quoted(quote: '"' | "'"): string {
    const characters: string[] = [];
    for (let index = this.position + 1; index < this.text.length; index++) {
      const character = this.text[index] ?? '';
      if (character === quote) {
        const value = characters.join('');
        const result = quote === '"' ? this.expanded(unescaped(value)) : value;
        this.position = index + 1;
        return result;
      }
      if (character === '\\') {
        const next = this.text[++index] ?? '';
        characters.push(next === quote ? next : `\\${next}`);
      } else {
        characters.push(character);
      }
    }
    throw this.invalid('a quoted value has no end');
  }

  private expanded(value: string): string {
    try {
      return interpolate(value, (name) => this.inherited(name) ?? this.values.get(name));
    } catch (error) {
      if (error instanceof InterpolationError) {
        throw interpolationProblem(error.failure, { file: this.file, line: this.line() });
      }
      throw error;
    }
  }

  private skip(pattern: RegExp): void {
    // Blanks are few; a slice of the whole rest for each would make long files slow.
    let found: RegExpExecArray | null;
    do {
      found = pattern.exec(this.text.slice(this.position, this.position + 200));
      this.position += found?.[0].length ?? 0;
    } while (found !== null);
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.position);
    return end < 0 ? this.text.length : end;
  }

  private line(): number {
    return this.text.slice(0, this.position).split('\n').length;
  }

  private invalid(reason: string): Error {
    return composeEnvFileInvalid({ file: this.file, line: this.line() }, reason);
  }
}

/** Escapes as Go has them, and `\$`, which becomes the `$$` of interpolation. */
function unescaped(value: string): string {
  return value.replace(ESCAPE, (escape) => {
    if (escape === '\\$') {
      return '$$';
    }
    if (escape.startsWith('\\0')) {
      const digits = escape.slice(2);
      const code = Number.parseInt(digits, 8);
      return /^[0-7]{3}$/.test(digits) && code < 256 ? String.fromCodePoint(code) : `\\${digits}`;
    }
    return CONTROL[escape.charAt(1)] ?? escape;
  });
}
