/**
 * What an entry of a tree is. `special` is a FIFO or a device: named, never opened. A socket is no entry at
 * all, as BuildKit's client skips it (fsutil's walker).
 */
export type EntryKind = 'file' | 'directory' | 'link' | 'special';

export interface TreeEntry {
  readonly name: string;
  readonly kind: EntryKind;
}

export interface TreeStat {
  readonly kind: EntryKind;
  /** Bytes; 0 for what is no file. */
  readonly size: number;
}

/**
 * What a build reads of many files, each of one moment, in columns: of a hundred thousand objects the half
 * of the time would go to memory.
 */
export interface FileStates {
  /** Whether the owner may execute it: git's idea of a mode, so that umask does not count. */
  readonly executable: readonly boolean[];
  /** Lower-case hex sha256 of its bytes; undefined where there is no file. */
  readonly sha256: readonly (string | undefined)[];
}

/**
 * The files of one machine, read synchronously: thousands of small reads cost a fifth of what promises
 * of one file each do, and whoever must not wait runs the whole computation on a worker thread.
 * Paths are absolute. A missing entry is `undefined`, any other failure (permission, I/O) is thrown as
 * a Problem that names the path. Nothing follows a symbolic link in the last component.
 */
export interface FileTree {
  stat(path: string): TreeStat | undefined;
  /** The entries of a directory in no order; undefined where it is missing or no directory. */
  list(path: string): readonly TreeEntry[] | undefined;
  /** As UTF-8; a file that is none, as Latin-1, so that different bytes give different texts. */
  readText(path: string): string | undefined;
  /** The text of a symbolic link; undefined where there is none. */
  readLink(path: string): string | undefined;
  /**
   * A hint, which changes no result: all files below a path of a folder may be asked for soon, once their
   * names are known.
   */
  anticipate(folder: string, path: string): void;
  /** A hint, too: these files of a folder will be asked for with others, once all their names are known. */
  expect(folder: string, paths: readonly string[]): void;
  /**
   * Reads many files of a folder at once, or knows what it would read. Paths are from the folder, in forward
   * slashes, and best sorted as `<` has it.
   */
  files(folder: string, paths: readonly string[]): FileStates;
}
