import type { FileStates, FileTree, TreeEntry, TreeStat } from './fileTree';

/** What somebody looked at in a tree: another result needs a change of one of these. */
export interface FileTrace {
  /** Paths that were looked at each by itself, missing ones too. */
  readonly files: readonly string[];
  /** Folders whose entries were looked at. */
  readonly folders: readonly string[];
}

/** A tree that remembers what was looked at. */
export class TracedFileTree implements FileTree {
  readonly #tree: FileTree;
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  get trace(): FileTrace {
    return { files: [...this.#files], folders: [...this.#folders] };
  }

  stat(path: string): TreeStat | undefined {
    this.#files.add(path);
    return this.#tree.stat(path);
  }

  list(path: string): readonly TreeEntry[] | undefined {
    this.#folders.add(path);
    return this.#tree.list(path);
  }

  readText(path: string): string | undefined {
    this.#files.add(path);
    return this.#tree.readText(path);
  }

  /** Whoever reads a link has met it before, in its folder or by its stat. */
  readLink(path: string): string | undefined {
    return this.#tree.readLink(path);
  }

  anticipate(folder: string, path: string): void {
    this.#tree.anticipate(folder, path);
  }

  expect(folder: string, paths: readonly string[]): void {
    this.#tree.expect(folder, paths);
  }

  /** Whoever reads files has met them before, too. */
  files(folder: string, paths: readonly string[]): FileStates {
    return this.#tree.files(folder, paths);
  }
}
