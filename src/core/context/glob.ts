/*
 * Go's path.Match. `*` and `?` never match a slash; a class may, as `[^a]` does. `[!a]` is no negation, a
 * dot at the head is a character like any other, and there are no braces.
 */

interface CharacterClass {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

type Token =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'run' }
  | { readonly kind: 'class'; readonly class: CharacterClass };

export interface Glob {
  readonly pattern: string;
  readonly tokens: readonly Token[];
}

/** Parses a pattern; undefined where it is malformed: `[`, `[]a]`, `a\` and `[a-]` are. */
export function parseGlob(pattern: string): Glob | undefined {
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  for (let index = 0; index < characters.length;) {
    const character = characters[index] ?? '';
    if (character === '[') {
      const found = parseClass(characters, index + 1);
      if (found === undefined) {
        return undefined;
      }
      tokens.push({ kind: 'class', class: found.class });
      index = found.end;
    } else if (character === '\\') {
      const escaped = characters[index + 1];
      if (escaped === undefined) {
        return undefined;
      }
      tokens.push({ kind: 'literal', character: escaped });
      index += 2;
    } else {
      tokens.push(
        character === '*'
          ? { kind: 'run' }
          : character === '?'
            ? { kind: 'one' }
            : { kind: 'literal', character },
      );
      index++;
    }
  }
  return { pattern, tokens };
}

function parseClass(
  characters: readonly string[],
  start: number,
): { readonly class: CharacterClass; readonly end: number } | undefined {
  let index = start;
  const negated = characters[index] === '^';
  if (negated) {
    index++;
  }
  const ranges: [number, number][] = [];
  while (characters[index] !== ']' || ranges.length === 0) {
    const low = classCharacter(characters, index);
    let high = low;
    if (low !== undefined && characters[low.end] === '-') {
      high = classCharacter(characters, low.end + 1);
    }
    if (low === undefined || high === undefined) {
      return undefined;
    }
    ranges.push([low.code, high.code]);
    index = high.end;
  }
  return { class: { negated, ranges }, end: index + 1 };
}

function classCharacter(
  characters: readonly string[],
  index: number,
): { readonly code: number; readonly end: number } | undefined {
  const isEscaped = characters[index] === '\\';
  const character = characters[isEscaped ? index + 1 : index];
  const end = isEscaped ? index + 2 : index + 1;
  const isBare = !isEscaped && (character === '-' || character === ']');
  // A pattern cannot end inside a class.
  if (character === undefined || isBare || end >= characters.length) {
    return undefined;
  }
  return { code: character.codePointAt(0) ?? 0, end };
}

function classHas({ negated, ranges }: CharacterClass, character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return ranges.some(([low, high]) => low <= code && code <= high) !== negated;
}

function tokenMatches(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'literal':
      return token.character === character;
    case 'one':
    case 'run':
      return character !== '/';
    case 'class':
      return classHas(token.class, character);
  }
}

/** Whether the whole of `text` matches. Only the last `*` is ever taken back, so it stays polynomial. */
export function globMatches({ tokens }: Glob, text: string): boolean {
  const characters = Array.from(text);
  let token = 0;
  let position = 0;
  let retry: { readonly token: number; readonly position: number } | undefined;
  for (;;) {
    const current = tokens[token];
    const character = characters[position];
    if (current?.kind === 'run') {
      retry = { token, position };
      token++;
    } else if (current === undefined && character === undefined) {
      return true;
    } else if (
      current !== undefined &&
      character !== undefined &&
      tokenMatches(current, character)
    ) {
      token++;
      position++;
    } else {
      const skipped = retry === undefined ? undefined : characters[retry.position];
      if (retry === undefined || skipped === undefined || skipped === '/') {
        return false;
      }
      retry = { token: retry.token, position: retry.position + 1 };
      token = retry.token + 1;
      position = retry.position;
    }
  }
}

/** Whether a class matches a slash, so that a match may have more segments than the pattern. */
export function crossesSlash({ tokens }: Glob): boolean {
  return tokens.some((token) => token.kind === 'class' && classHas(token.class, '/'));
}

/** The name that a pattern without wildcards means: `a\*b` is `a*b`. */
export function unescaped(pattern: string): string {
  return pattern.replace(/\\([^])/g, '$1');
}
