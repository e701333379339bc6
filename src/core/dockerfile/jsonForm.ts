import type { Place } from '../problem';
import { dockerfileInvalid } from '../problems';
import { trimLeft } from './whitespace';

/**
 * The strings of `["a", "b"]`, or undefined where the text is no JSON array: then it is in the shell form,
 * as `['a']` is. An array of anything but strings fails the build.
 */
export function parseJsonForm(text: string, place: Place): readonly string[] | undefined {
  const values = parseArray(text);
  if (values !== undefined && !isAllStrings(values)) {
    throw dockerfileInvalid(place, 'a JSON array may hold strings only');
  }
  return values;
}

export function isJsonForm(text: string): boolean {
  const values = parseArray(text);
  return values !== undefined && isAllStrings(values);
}

function isAllStrings(values: readonly unknown[]): values is readonly string[] {
  return values.every((value) => typeof value === 'string');
}

function parseArray(text: string): readonly unknown[] | undefined {
  const trimmed = trimLeft(text);
  if (!trimmed.startsWith('[')) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(trimmed);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
