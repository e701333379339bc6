import { createHash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import type { EntryKind, FileTree } from '../../core/fileTree';
import { sourceUnreadable } from '../../core/problems';

/** Read at once for a hash: large enough that a call costs nothing, small enough that memory is flat. */
const CHUNK = 1024 * 1024;

/** The files of this machine. */
export const nodeFileTree: FileTree = {
  stat: (path) =>
    reading(path, () => {
      const stats = lstatSync(path);
      return stats.isSocket()
        ? undefined
        : {
            kind: kindOf(stats),
            size: stats.isFile() ? stats.size : 0,
            // On Windows every file is executable to BuildKit: fsutil gives each 0755.
            executable: process.platform === 'win32' || (stats.mode & 0o100) !== 0,
          };
    }),
  list: (path) =>
    reading(path, () =>
      readdirSync(path, { withFileTypes: true })
        .filter((entry) => !entry.isSocket())
        .map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
    ),
  readText: (path) => reading(path, () => decode(readFileSync(path))),
  readLink: (path) => reading(path, () => readlinkSync(path)),
  sha256: (path) => reading(path, () => sha256(path)),
};

function kindOf(entry: Stats | Dirent): EntryKind {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'directory';
  }
  return entry.isSymbolicLink() ? 'link' : 'special';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

function sha256(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let length = 1; length > 0;) {
      length = readSync(file, buffer);
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** Missing is an answer; so is "not of that kind", as where a folder became a file meanwhile. */
const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EINVAL', 'EISDIR']);

function reading<T>(path: string, read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (ABSENT.has(code)) {
      return undefined;
    }
    throw sourceUnreadable(path, message);
  }
}
