import { createHash } from 'node:crypto';
import type { EntryKind, FileStates, FileTree, TreeEntry, TreeStat } from '../../src/core/fileTree';

/** One entry of a tree in memory. */
export type MemoryEntry =
  | { readonly kind: 'file'; readonly text: string; readonly executable?: boolean }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'directory' }
  | { readonly kind: 'special' };

export const link = (to: string): MemoryEntry => ({ kind: 'link', to });
export const directory: MemoryEntry = { kind: 'directory' };
export const special: MemoryEntry = { kind: 'special' };
export const executable = (text: string): MemoryEntry => ({ kind: 'file', text, executable: true });

/**
 * A FileTree in memory, from absolute paths to entries; a string is a file's text. Directories above an
 * entry are made. As on a disk, a link in the middle of a path leads on and one at its end does not.
 */
export class MemoryTree implements FileTree {
  /** Every directory that was listed, for tests of what is not looked at. */
  readonly listed: string[] = [];
  readonly #entries = new Map<string, MemoryEntry>([['/', directory]]);

  constructor(entries: Readonly<Record<string, string | MemoryEntry>>) {
    for (const [path, entry] of Object.entries(entries)) {
      this.set(path, entry);
    }
  }

  set(path: string, entry: string | MemoryEntry): void {
    const parts = path.split('/').filter((part) => part !== '');
    parts.forEach((_, index) => {
      const above = `/${parts.slice(0, index).join('/')}`;
      if (!this.#entries.has(above)) {
        this.#entries.set(above, directory);
      }
    });
    const value: MemoryEntry = typeof entry === 'string' ? { kind: 'file', text: entry } : entry;
    this.#entries.set(`/${parts.join('/')}`, value);
  }

  delete(path: string): void {
    this.#entries.delete(path);
  }

  stat(path: string): TreeStat | undefined {
    const entry = this.#at(path);
    return entry === undefined
      ? undefined
      : {
          kind: entry.kind,
          size: entry.kind === 'file' ? Buffer.byteLength(entry.text) : 0,
        };
  }

  list(path: string): readonly TreeEntry[] | undefined {
    const real = this.#real(path);
    if (real === undefined || this.#entries.get(real)?.kind !== 'directory') {
      return undefined;
    }
    this.listed.push(real);
    const prefix = real === '/' ? '/' : `${real}/`;
    return [...this.#entries]
      .filter(([other]) => other.startsWith(prefix) && other !== '/')
      .map(([other, { kind }]): readonly [string, EntryKind] => [other.slice(prefix.length), kind])
      .filter(([name]) => !name.includes('/'))
      .map(([name, kind]) => ({ name, kind }));
  }

  readText(path: string): string | undefined {
    const entry = this.#at(path);
    return entry?.kind === 'file' ? entry.text : undefined;
  }

  anticipate(): void {
    // All is at hand.
  }

  expect(): void {
    // All is at hand.
  }

  readLink(path: string): string | undefined {
    const entry = this.#at(path);
    return entry?.kind === 'link' ? entry.to : undefined;
  }

  files(folder: string, paths: readonly string[]): FileStates {
    const entries = paths.map((path) => this.#at(`${folder}/${path}`));
    return {
      executable: entries.map((entry) => entry?.kind === 'file' && entry.executable === true),
      sha256: entries.map((entry) =>
        entry?.kind === 'file' ? createHash('sha256').update(entry.text).digest('hex') : undefined,
      ),
    };
  }

  #at(path: string): MemoryEntry | undefined {
    const real = this.#real(path);
    return real === undefined ? undefined : this.#entries.get(real);
  }

  /** The path with links in its middle followed; undefined where they lead round in circles. */
  #real(path: string): string | undefined {
    const waiting = path.split('/').reverse();
    let current = '/';
    let followed = 0;
    for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
      if (part === '' || part === '.') {
        continue;
      }
      if (part === '..') {
        current = current.slice(0, Math.max(1, current.lastIndexOf('/')));
        continue;
      }
      const next = current === '/' ? `/${part}` : `${current}/${part}`;
      const entry = this.#entries.get(next);
      if (entry?.kind === 'link' && waiting.some((each) => each !== '' && each !== '.')) {
        if (++followed > 40) {
          return undefined;
        }
        waiting.push(...entry.to.split('/').reverse());
        current = entry.to.startsWith('/') ? '/' : current;
      } else {
        current = next;
      }
    }
    return current;
  }
}
