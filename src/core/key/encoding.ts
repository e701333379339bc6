import { createHash } from 'node:crypto';

/**
 * Joins texts so that no two different lists give the same bytes: each is framed by its length in bytes,
 * as in netstrings. `['ab', 'c']` is `2:ab,1:c,`.
 */
export function frame(parts: readonly string[]): string {
  return parts.map((part) => `${Buffer.byteLength(part)}:${part},`).join('');
}

/** Lower-case hex sha256 of a list of texts. */
export function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(frame(parts)).digest('hex');
}
