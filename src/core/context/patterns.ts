import { posix } from 'node:path';
import { trim } from '../dockerfile/whitespace';
import type { Place } from '../problem';
import { ignorePatternInvalid } from '../problems';
import { parseGlob } from './glob';
import { goRegExp, GoRegExpFault } from './goRegExp';

/*
 * Pattern lists as `.dockerignore`, `--exclude` and `--parents` have them: a port of the rules of
 * moby/patternmatcher. The last pattern that matches wins, a match of any parent counts, `!` takes back,
 * and `**` is any number of directories.
 */

/** What a path's patterns gave; its children start from it. */
export interface Verdict {
  readonly matched: boolean;
  /** By pattern: whether it matched the path or one of its parents. */
  readonly byPattern: readonly boolean[];
}

export class Patterns {
  readonly #patterns: readonly Pattern[];

  private constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
  }

  /** @param placeOf where a pattern stands, by its index. */
  static of(texts: readonly string[], placeOf: (index: number) => Place): Patterns {
    return new Patterns(
      texts.flatMap((text, index) => {
        const trimmed = trim(text);
        return trimmed === '' ? [] : [new Pattern(clean(trimmed), placeOf(index))];
      }),
    );
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /**
   * The verdict on a path, given that on its directory. A pattern is only tried where it could change the
   * outcome so far, and whether it would have matched is then unknown to the children: after `a/x` and
   * `!a`, the path `a/x` stays matched, since `!a` was never tried on `a`.
   */
  verdict(path: string, parent: Verdict | undefined): Verdict {
    let matched = false;
    const byPattern = this.#patterns.map((pattern, index) => {
      const matches =
        parent?.byPattern[index] === true ||
        (pattern.takesBack === matched && pattern.matches(path));
      if (matches) {
        matched = !pattern.takesBack;
      }
      return matches;
    });
    return { matched, byPattern };
  }

  /** The verdict on a path by those on each of its directories. */
  verdictOf(path: string): Verdict {
    const segments = path.split('/');
    let verdict: Verdict | undefined;
    segments.forEach((_, index) => {
      verdict = this.verdict(segments.slice(0, index + 1).join('/'), verdict);
    });
    return verdict ?? { matched: false, byPattern: [] };
  }

  /** Whether a pattern that matches nothing of a directory yet may match something below it. */
  mayMatchBelow(directory: string): boolean {
    return this.#patterns.some((pattern) => !pattern.takesBack && pattern.mayMatchBelow(directory));
  }

  /** Whether a `!` pattern may take back something below a matched directory. */
  mayTakeBackBelow(directory: string): boolean {
    return this.#patterns.some((pattern) => pattern.takesBack && pattern.mayMatchBelow(directory));
  }
}

/** Go's filepath.Clean. */
export function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

class Pattern {
  readonly takesBack: boolean;
  readonly #text: string;
  readonly #place: Place;
  /** Segments at the head that hold no special character. */
  readonly #literalHead: string;
  #test: ((path: string) => boolean) | undefined;

  constructor(cleaned: string, place: Place) {
    this.takesBack = cleaned.startsWith('!');
    this.#text = this.takesBack ? cleaned.slice(1) : cleaned;
    this.#place = place;
    if (this.#text === '' || parseGlob(firstChunk(this.#text)) === undefined) {
      throw ignorePatternInvalid(cleaned, place);
    }
    const segments = this.#text.split('/');
    const special = segments.findIndex((segment) => /[*?[\]\\^]/.test(segment));
    this.#literalHead = segments.slice(0, special < 0 ? undefined : special).join('/');
  }

  matches(path: string): boolean {
    this.#test ??= this.#compile();
    return this.#test(path);
  }

  mayMatchBelow(directory: string): boolean {
    const head = this.#literalHead;
    return head === '' || isWithin(head, directory) || isWithin(directory, head);
  }

  #compile(): (path: string) => boolean {
    const text = this.#text;
    const shape = shapeOf(text);
    switch (shape.kind) {
      case 'exact':
        return (path) => path === text;
      case 'prefix': {
        const prefix = text.slice(0, -2);
        return (path) => path.startsWith(prefix);
      }
      case 'suffix': {
        // `**/a` matches `a`, too.
        const suffix = text.slice(2);
        return (path) =>
          path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
      }
      case 'expression':
        try {
          const expression = goRegExp(shape.source);
          return (path) => expression.test(path);
        } catch (error) {
          if (error instanceof GoRegExpFault) {
            throw ignorePatternInvalid(text, this.#place);
          }
          throw error;
        }
    }
  }
}

/**
 * Up to the second run of stars: that much is always checked by the rules of globs. The rest is refused
 * where it is no regular expression, and only by a build that tries it.
 */
function firstChunk(pattern: string): string {
  let isInClass = false;
  let index = pattern.length - pattern.replace(/^\*+/, '').length;
  for (; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === '\\') {
      index++;
    } else if (character === '*' && !isInClass) {
      break;
    } else if (character === '[' || character === ']') {
      isInClass = character === '[';
    }
  }
  return pattern.slice(0, index);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

type Shape =
  | { readonly kind: 'exact' | 'prefix' | 'suffix' }
  | { readonly kind: 'expression'; readonly source: string };

/** How to test a pattern: most need no expression (moby/patternmatcher compile). */
function shapeOf(pattern: string): Shape {
  let kind: Shape['kind'] = 'exact';
  let source = '^';
  for (let index = 0, isFirst = true; index < pattern.length; isFirst = false) {
    const character = pattern.charAt(index++);
    if (character === '*' && pattern[index] === '*') {
      index++;
      if (pattern[index] === '/') {
        index++;
      }
      if (index < pattern.length) {
        source += '(.*/)?';
        kind = 'expression';
      } else if (kind === 'exact') {
        kind = 'prefix';
      } else {
        source += '.*';
        kind = 'expression';
      }
      if (isFirst) {
        kind = 'suffix';
      }
    } else if (character === '*') {
      source += '[^/]*';
      kind = 'expression';
    } else if (character === '?') {
      source += '[^/]';
      kind = 'expression';
    } else if (character === '\\') {
      const escaped = pattern.codePointAt(index);
      const next = escaped === undefined ? '' : String.fromCodePoint(escaped);
      index += next.length;
      source += `\\${next}`;
      kind = next === '' ? kind : 'expression';
    } else if ('.+()$'.includes(character)) {
      // It means to escape `|`, `{` and `}`, too, but its table is too small for them: beside a
      // wildcard, `a|b*` is an alternative.
      source += `\\${character}`;
    } else {
      source += character;
      if (character === '[' || character === ']') {
        kind = 'expression';
      }
    }
  }
  return kind === 'expression' ? { kind, source: `${source}$` } : { kind };
}
