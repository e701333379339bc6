/*
 * The patterns of `${x#p}`, `${x%p}` and `${x/p/r}`: `*` is any run of characters but a line feed, `?` is
 * one, a backslash makes `*`, `?` and itself literal (buildkit shell/lex.go, which goes by way of a regular
 * expression; here states are stepped, so that no pattern takes more than length times length).
 */

type Token =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'run' };

/** A pattern that no character follows its backslash in, or the wrong one: `${x#\a}`. */
export class PatternFault extends Error {}

function tokensOf(pattern: readonly string[]): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === '*') {
      tokens.push({ kind: 'run' });
    } else if (character === '?') {
      tokens.push({ kind: 'one' });
    } else if (character !== '\\') {
      tokens.push({ kind: 'literal', character: character ?? '' });
    } else {
      const next = pattern[index + 1];
      if (next === '}' || next === '/') {
        // The backslash only kept them from ending the pattern.
        continue;
      }
      if (next !== '*' && next !== '?' && next !== '\\') {
        throw new PatternFault(`invalid escape "\\${next ?? ''}"`);
      }
      tokens.push({ kind: 'literal', character: next });
      index++;
    }
  }
  return tokens;
}

/** The ends of all matches that begin at `start`: the nearest and the farthest, or undefined. */
function matchFrom(
  tokens: readonly Token[],
  text: readonly string[],
  start: number,
): { readonly nearest: number; readonly farthest: number } | undefined {
  let reached = withRunsSkipped(tokens, new Set([0]));
  let nearest: number | undefined;
  let farthest: number | undefined;
  for (let position = start; ; position++) {
    if (reached.has(tokens.length)) {
      nearest ??= position;
      farthest = position;
    }
    const character = text[position];
    if (character === undefined || reached.size === 0) {
      break;
    }
    const next = new Set<number>();
    for (const state of reached) {
      const token = tokens[state];
      if (token?.kind === 'run' && character !== '\n') {
        next.add(state);
      } else if (token?.kind === 'one' ? character !== '\n' : isLiteral(token, character)) {
        next.add(state + 1);
      }
    }
    reached = withRunsSkipped(tokens, next);
  }
  return nearest === undefined || farthest === undefined ? undefined : { nearest, farthest };
}

function isLiteral(token: Token | undefined, character: string): boolean {
  return token?.kind === 'literal' && token.character === character;
}

/** A run may be empty: whoever stands before one stands behind it, too. */
function withRunsSkipped(tokens: readonly Token[], states: Set<number>): Set<number> {
  for (const state of states) {
    if (tokens[state]?.kind === 'run') {
      states.add(state + 1);
    }
  }
  return states;
}

export type Reach = 'nearest' | 'farthest';

/** `${x#p}` (nearest) and `${x##p}` (farthest). */
export function trimPrefix(pattern: string, value: string, reach: Reach): string {
  const text = Array.from(value);
  const match = matchFrom(tokensOf(Array.from(pattern)), text, 0);
  return match === undefined ? value : text.slice(match[reach]).join('');
}

/** `${x%p}` (nearest) and `${x%%p}` (farthest): a prefix of both turned round. */
export function trimSuffix(pattern: string, value: string, reach: Reach): string {
  const text = Array.from(value).reverse();
  const match = matchFrom(tokensOf(reversed(Array.from(pattern))), text, 0);
  return match === undefined ? value : text.slice(match[reach]).reverse().join('');
}

/** The pattern turned round, its escapes kept: `a\*c` becomes `c\*a`. */
function reversed(pattern: readonly string[]): readonly string[] {
  const parts: string[][] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    const next = pattern[index + 1];
    if (character === '\\' && next !== undefined) {
      parts.push([character, next]);
      index++;
    } else {
      parts.push([character]);
    }
  }
  return parts.reverse().flat();
}

/** `${x/p/r}`: the leftmost, longest match gives way to the replacement as it stands. */
export function replaceFirst(pattern: string, value: string, replacement: string): string {
  const text = Array.from(value);
  const tokens = tokensOf(Array.from(pattern));
  for (let start = 0; start <= text.length; start++) {
    const match = matchFrom(tokens, text, start);
    if (match !== undefined) {
      return text.slice(0, start).join('') + replacement + text.slice(match.farthest).join('');
    }
  }
  return value;
}

/**
 * `${x//p/r}`: every match gives way. BuildKit hands the replacement to Go's regular expressions, where
 * `$0` is the match, `$$` a dollar and any other `$name` empty.
 */
export function replaceAll(pattern: string, value: string, replacement: string): string {
  const text = Array.from(value);
  const tokens = tokensOf(Array.from(pattern));
  let result = '';
  let start = 0;
  let previousEnd = -1;
  while (start <= text.length) {
    const match = matchFrom(tokens, text, start);
    // An empty match right behind another does not count.
    if (match !== undefined && !(match.farthest === start && start === previousEnd)) {
      result += replacementText(replacement, text.slice(start, match.farthest).join(''));
      previousEnd = match.farthest;
      if (match.farthest > start) {
        start = match.farthest;
        continue;
      }
    }
    result += text[start] ?? '';
    start++;
  }
  return result;
}

function replacementText(replacement: string, match: string): string {
  return replacement.replace(
    /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu,
    (_, dollar: string | undefined, bare: string | undefined, braced: string | undefined) =>
      dollar ?? ((bare ?? braced) === '0' ? match : ''),
  );
}
