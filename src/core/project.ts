import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { FileTree } from './fileTree';

/** What names a project's layer caches: a guess from git's own files, without running git. */
export interface Project {
  readonly name: string;
  readonly branch: string;
  readonly defaultBranch: string;
}

/**
 * Identifies the project of a folder. The name is the last part of `origin`'s URL, so that every clone
 * shares its caches; without one, the folder's. A detached HEAD, as in most CI, counts as the default
 * branch.
 */
export function identifyProject(tree: FileTree, folder: string): Project {
  const top = gitTop(tree, folder);
  const git = top === undefined ? undefined : gitFolder(tree, top);
  if (top === undefined || git === undefined) {
    return { name: basename(folder), branch: 'main', defaultBranch: 'main' };
  }
  const common = commonFolder(tree, git);
  const defaultBranch =
    branchOf(tree.readText(join(common, 'refs', 'remotes', 'origin', 'HEAD')), 'remotes/origin') ??
    'main';
  return {
    name: originName(tree.readText(join(common, 'config'))) ?? basename(top),
    branch: branchOf(tree.readText(join(git, 'HEAD')), 'heads') ?? defaultBranch,
    defaultBranch,
  };
}

/** The commit that a folder's git is at; undefined outside of git, or where there is none yet. */
export function currentCommit(tree: FileTree, folder: string): string | undefined {
  const top = gitTop(tree, folder);
  const git = top === undefined ? undefined : gitFolder(tree, top);
  const head = git === undefined ? undefined : tree.readText(join(git, 'HEAD'))?.trim();
  if (git === undefined || head === undefined) {
    return undefined;
  }
  const reference = /^ref: (refs\/.+)$/.exec(head)?.[1];
  if (reference === undefined) {
    return commitOf(head);
  }
  const common = commonFolder(tree, git);
  const loose = tree.readText(join(common, ...reference.split('/')));
  return loose === undefined
    ? commitOf(packedLine(tree.readText(join(common, 'packed-refs')), reference))
    : commitOf(loose.trim());
}

/** SHA-1 or SHA-256. */
function commitOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text) ? text : undefined;
}

/** `<commit> refs/heads/main` of git's packed-refs. */
function packedLine(text: string | undefined, reference: string): string | undefined {
  const line = text?.split('\n').find((candidate) => candidate.trimEnd().endsWith(` ${reference}`));
  return line?.split(' ', 1)[0];
}

/** A worktree's own folder holds HEAD; what all worktrees share lies where `commondir` says. */
function commonFolder(tree: FileTree, git: string): string {
  const shared = tree.readText(join(git, 'commondir'))?.trim();
  return shared === undefined ? git : resolve(git, shared);
}

/** The folder above, or the folder itself, that has a `.git`; undefined outside of git. */
export function gitTop(tree: FileTree, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (tree.stat(join(at, '.git')) !== undefined) {
      return at;
    }
    if (at === dirname(at)) {
      return undefined;
    }
  }
}

/** `.git` is a folder, or in a worktree or submodule a file `gitdir: <path>`. */
function gitFolder(tree: FileTree, top: string): string | undefined {
  const git = join(top, '.git');
  if (tree.stat(git)?.kind === 'directory') {
    return git;
  }
  const path = /^gitdir: (.+)$/m.exec(tree.readText(git) ?? '')?.[1]?.trim();
  return path === undefined ? undefined : isAbsolute(path) ? path : resolve(top, path);
}

/** `ref: refs/heads/feature/a` → `feature/a`. */
function branchOf(text: string | undefined, under: string): string | undefined {
  const prefix = `ref: refs/${under}/`;
  return text?.startsWith(prefix) === true ? text.slice(prefix.length).trim() : undefined;
}

/** `url = git@host:acme/shop.git` below `[remote "origin"]` → `shop`. */
function originName(config: string | undefined): string | undefined {
  const section = /^\[remote "origin"\]\s*$([^[]*)/m.exec(config ?? '')?.[1];
  const url = /^\s*url\s*=\s*(.+?)\s*$/m.exec(section ?? '')?.[1];
  const name = url
    ?.replace(/\/+$/, '')
    .split(/[/:\\]/)
    .at(-1)
    ?.replace(/\.git$/, '');
  return name === '' ? undefined : name;
}
