/** Why a text could not be interpolated. */
export type InterpolationFailure =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'nested' }
  | { readonly kind: 'missing'; readonly variable: string; readonly message: string };

export class InterpolationError extends Error {
  constructor(readonly failure: InterpolationFailure) {
    super(failure.kind);
    this.name = 'InterpolationError';
  }
}

/** Gives the value of a variable; undefined where it is not set. */
export type Lookup = (variable: string) => string | undefined;

/**
 * `$$`, `$NAME`, `${NAME}` and the beginning of `${NAME:-`: compose-go template/template.go. A `$` before
 * anything else is itself.
 */
const VARIABLE = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*)(:?[-+?]|\}))?)/gi;

/** Nobody writes more; what does would only use up the stack. */
const DEEPEST = 50;

/**
 * Replaces the variables of a text: `$X`, `${X}`, `${X:-d}`, `${X-d}`, `${X:?e}`, `${X?e}`, `${X:+r}` and
 * `${X+r}`, where `d`, `e` and `r` may hold variables again; `$$` is a dollar sign.
 * @throws InterpolationError
 */
export function interpolate(text: string, lookup: Lookup, depth = 0): string {
  if (depth > DEEPEST) {
    throw new InterpolationError({ kind: 'nested' });
  }
  const parts: string[] = [];
  let position = 0;
  let lineEnd = -1;
  const variables = new RegExp(VARIABLE);
  for (let match = variables.exec(text); match !== null; match = variables.exec(text)) {
    const [whole, escaped, named, braced, operator] = match;
    parts.push(text.slice(position, match.index));
    position = match.index + whole.length;
    if (escaped !== undefined) {
      parts.push('$');
    } else if (named !== undefined) {
      parts.push(lookup(named) ?? '');
    } else if (braced === undefined || operator === undefined) {
      throw new InterpolationError({ kind: 'malformed' });
    } else if (operator === '}') {
      parts.push(lookup(braced) ?? '');
    } else {
      if (lineEnd < position) {
        lineEnd = text.indexOf('\n', position);
        lineEnd = lineEnd < 0 ? text.length : lineEnd;
      }
      const end = closingBrace(text, match.index, text.lastIndexOf('}', lineEnd));
      parts.push(operate(braced, operator, text.slice(position, end), lookup, depth));
      position = end + 1;
      variables.lastIndex = position;
    }
  }
  return [...parts, text.slice(position)].join('');
}

function operate(
  name: string,
  operator: string,
  source: string,
  lookup: Lookup,
  depth: number,
): string {
  // Worked out even where it is not needed, so that its own failure counts, as in Compose.
  const word = interpolate(source, lookup, depth + 1);
  const value = lookup(name);
  const isThere = operator.startsWith(':')
    ? value !== undefined && value !== ''
    : value !== undefined;
  switch (operator.at(-1)) {
    case '-':
      return isThere ? (value ?? '') : word;
    case '+':
      return isThere ? word : (value ?? '');
    default:
      if (!isThere) {
        throw new InterpolationError({ kind: 'missing', variable: name, message: word });
      }
      return value ?? '';
  }
}

/**
 * Compose's own count of braces, which does not look at the character after an opening one; where it comes
 * to no end, the line's last brace closes.
 */
function closingBrace(text: string, start: number, last: number): number {
  if (last < start) {
    throw new InterpolationError({ kind: 'malformed' });
  }
  let open = 0;
  for (let index = start; index <= last; index++) {
    if (text[index] === '}' && --open === 0) {
      return index;
    }
    if (text[index] === '{') {
      open++;
      index++;
    }
  }
  return last;
}
