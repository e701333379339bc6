import * as crypto from 'node:crypto';

/**
 * Joins texts so that no two different lists give the same bytes: each is framed by its length in bytes,
 * as in netstrings. `['ab', 'c']` is `2:ab,1:c,`.
 */
export function frame(parts: readonly string[]): string {
  return parts.map((part) => `${Buffer.byteLength(part)}:${part},`).join('');
}

/** Lower-case hex sha256 of a list of texts. */
export function digestOf(parts: readonly string[]): string {
  return sha256(frame(parts));
}

/** `crypto.hash` costs less than an object for each text; Node 20 has it from 20.12 on. */
export const sha256: (data: string | Uint8Array) => string =
  typeof (crypto as Partial<typeof crypto>).hash === 'function'
    ? (data) => crypto.hash('sha256', data, 'hex')
    : (data) => crypto.createHash('sha256').update(data).digest('hex');
