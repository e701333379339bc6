import { posix } from 'node:path';

/** `./a`, `/a` and `../../a` are all `/a`: a context has no outside. */
export function rooted(path: string): string {
  const normal = posix.normalize(`/${path}`);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
