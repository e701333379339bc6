import { posix } from 'node:path';
import { NONCE } from './buildCase';
import type { Entry, Tree } from './buildCase';

/** Few and strange, so that they collide, and match each other's globs. */
export const NAMES = [
  'app',
  'src',
  'main',
  'lib',
  'a.md',
  'b.md',
  'x',
  '.env',
  'main.tar',
  'a b',
  '[x]',
] as const;

/** The text holds the nonce: `COPY --link` rests on nothing but what it copies. */
export function fileOf(text: string, mode = 0o644): Entry & { readonly kind: 'file' } {
  return { kind: 'file', text: `${text} ${NONCE}\n`, mode, isOld: false };
}

export function archiveOf(text: string): Entry {
  return { kind: 'archive', members: { 'in/one': fileOf(text).text, two: 'two\n' } };
}

/** The tree with an entry more; undefined where its place is taken, or lies in a file or a link. */
export function withEntry(tree: Tree, path: string, entry: Entry): Tree | undefined {
  const above = ancestors(path);
  const isBlocked = above.some((each) => {
    const kind = tree.get(each)?.kind;
    return kind !== undefined && kind !== 'directory';
  });
  const isTaken = tree.has(path) || below(tree, path).length > 0;
  return isBlocked || isTaken ? undefined : new Map([...tree, [path, entry]]);
}

/** The tree without an entry and all below it; the directory that held it stays. */
export function withoutEntry(tree: Tree, path: string): Tree {
  const gone = new Set([path, ...below(tree, path)]);
  const kept = [...tree].filter(([each]) => !gone.has(each));
  const parent = posix.dirname(path);
  const isHeld = parent === '.' || kept.some(([each]) => each.startsWith(`${parent}/`));
  const holder: [string, Entry][] = isHeld ? [] : [[parent, { kind: 'directory', mode: 0o755 }]];
  return new Map([...kept.filter(([each]) => each !== holder[0]?.[0]), ...holder]);
}

/** Moves an entry with all below it; undefined where the new place is taken. */
export function withRenamed(tree: Tree, from: string, to: string): Tree | undefined {
  if (to === from || to.startsWith(`${from}/`)) {
    return undefined;
  }
  const moved = [...tree].filter(([path]) => path === from || path.startsWith(`${from}/`));
  let result: Tree | undefined = withoutEntry(tree, from);
  for (const [path, entry] of moved) {
    result = result && withEntry(result, to + path.slice(from.length), entry);
  }
  return result;
}

export function below(tree: Tree, path: string): readonly string[] {
  return [...tree.keys()].filter((each) => each.startsWith(`${path}/`));
}

/** All paths, those of directories too that only lead to an entry. */
export function pathsOf(tree: Tree): readonly string[] {
  return [...new Set([...tree.keys()].flatMap((path) => [...ancestors(path), path]))].sort();
}

export function isDirectory(tree: Tree, path: string): boolean {
  return tree.get(path)?.kind === 'directory' || below(tree, path).length > 0;
}

function ancestors(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
