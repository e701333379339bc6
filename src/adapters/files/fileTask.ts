import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { sha256 } from '../../core/key/encoding';

/** The numbers that are kept of a file, as git's index keeps them: size, mtime, ctime, inode, mode. */
export const FIELDS = 5;
/** The characters of a sha256: lower-case hex, which is what is asked for, costs nothing to give. */
export const DIGEST = 64;

/**
 * Many files to be looked at, and read where they are not those that are known; a thread does a part of it.
 * The arrays have a place for each path, and may be shared between threads.
 */
export interface FileTask {
  /** With a slash at its end. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** `FIELDS` a file: first those of the file whose digest is known, or zeros; then those that were found. */
  readonly stats: Float64Array;
  /** `DIGEST` a file, where it was hashed; as ASCII. */
  readonly digests: Uint8Array;
  /** One of `OUTCOMES` a file; 0 where it is to do. */
  readonly outcomes: Uint8Array;
}

export const OUTCOMES = {
  /** It is the file whose digest is known, and was not read. */
  known: 1,
  hashed: 2,
  /** There is no such file. */
  gone: 3,
  /** It was written to whenever it was read. */
  changing: 4,
  /** `attempt` throws the reason. */
  failed: 5,
} as const;

/** Longer than the coarsest time stamp of a file system in use, FAT's 2 s; in milliseconds. */
const RACY = 2500;
/** A file that is written to while it is read is read again, but not for ever. */
const ATTEMPTS = 5;
/** Read at once: large enough that a call costs nothing, small enough that memory is flat. */
const CHUNK = 256 * 1024;
const NO_THROW = { throwIfNoEntry: false } as const;
/** The flags are missing on Windows. A FIFO that took the place of a file must not block. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
const READ = constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** What opening and reading say of nothing, and of a link, a folder, a FIFO and a socket. */
const GONE: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EMLINK',
  'EISDIR',
  'ESPIPE',
  'EAGAIN',
  'ENXIO',
]);

let scratch: Buffer | undefined;

/** Does what is to do of a task for the files from one index up to another. Nothing is thrown. */
export function perform(task: FileTask, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    if (task.outcomes[index] !== 0) {
      continue;
    }
    try {
      attempt(task, index);
    } catch {
      task.outcomes[index] = OUTCOMES.failed;
    }
  }
}

export interface TaskPaths {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** A task of which nothing is done. @param memory `shared` where several threads may do it. */
export function newTask(
  { folder, paths }: TaskPaths,
  since: number,
  memory: 'own' | 'shared',
): FileTask {
  const bytes = (count: number): ArrayBuffer | SharedArrayBuffer =>
    memory === 'own' ? new ArrayBuffer(count) : new SharedArrayBuffer(count);
  return {
    folder: folder.endsWith('/') ? folder : `${folder}/`,
    paths,
    since,
    stats: new Float64Array(bytes(paths.length * FIELDS * 8)),
    digests: new Uint8Array(bytes(paths.length * DIGEST)),
    outcomes: new Uint8Array(bytes(paths.length)),
  };
}

/** Does a task for one file. @throws what went wrong, unless it is that the file is gone. */
export function attempt(task: FileTask, index: number): void {
  const path = pathAt(task, index);
  try {
    task.outcomes[index] = isKnown(task, index, path)
      ? OUTCOMES.known
      : readFile(task, index, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!GONE.has(code)) {
      throw error;
    }
    task.outcomes[index] = OUTCOMES.gone;
  }
}

export function pathAt({ folder, paths }: FileTask, index: number): string {
  return folder + (paths[index] ?? '');
}

export function isOwnerExecutable({ stats }: FileTask, index: number): boolean {
  return ((stats[index * FIELDS + 4] ?? 0) & 0o100) !== 0;
}

/**
 * Whether a file was written to so shortly before a moment that it may be written to again with no change of
 * its stat: within one tick of the file system's clock (git, Documentation/technical/racy-git). git compares
 * with the time stamp of its index, on the same file system; here the clock is this machine's, and the
 * margin is wide.
 */
export function isRacy({ stats, since }: FileTask, index: number): boolean {
  const modified = stats[index * FIELDS + 1] ?? NaN;
  const changed = stats[index * FIELDS + 2] ?? NaN;
  return !(modified < since - RACY && changed < since - RACY);
}

function isKnown({ stats }: FileTask, index: number, path: string): boolean {
  const at = index * FIELDS;
  if (stats[at + 4] === 0) {
    return false;
  }
  const found = lstatSync(path, NO_THROW);
  return found !== undefined && isSame(found, stats, at);
}

/**
 * Hashes what a path names, as it was at one moment: a file that is not racy was not written to since the
 * task began, and of one that is, the stat before the first byte must be that after the last.
 */
function readFile(task: FileTask, index: number, path: string): number {
  const { stats, digests } = task;
  const at = index * FIELDS;
  const file = openSync(path, READ);
  try {
    for (let read = 0; read < ATTEMPTS; read++) {
      const bytes = hashBytes(file);
      const after = fstatSync(file);
      if (!after.isFile()) {
        return OUTCOMES.gone;
      }
      const isStill = read > 0 && isSame(after, stats, at);
      keep(after, stats, at);
      if (bytes?.length === after.size && (isStill || !isRacy(task, index))) {
        writeAscii(bytes.digest, digests, index * DIGEST);
        return OUTCOMES.hashed;
      }
    }
    return OUTCOMES.changing;
  } finally {
    closeSync(file);
  }
}

/** @returns undefined where there are more bytes than there were: a file may grow for ever. */
function hashBytes(file: number): { readonly digest: string; readonly length: number } | undefined {
  scratch ??= Buffer.allocUnsafeSlow(CHUNK);
  let length = readSync(file, scratch, 0, CHUNK, 0);
  if (length < CHUNK) {
    return { digest: sha256(scratch.subarray(0, length)), length };
  }
  const { size } = fstatSync(file);
  const hash = createHash('sha256');
  let total = 0;
  while (length > 0 && total + length <= size) {
    total += length;
    hash.update(length === CHUNK ? scratch : scratch.subarray(0, length));
    length = readSync(file, scratch, 0, CHUNK, total);
  }
  return length === 0 ? { digest: hash.digest('hex'), length: total } : undefined;
}

function writeAscii(text: string, to: Uint8Array, at: number): void {
  for (let index = 0; index < text.length; index++) {
    to[at + index] = text.charCodeAt(index);
  }
}

/*
 * Times are milliseconds with a fraction: of nanoseconds they keep the quarter of a microsecond, less than
 * a system call takes, so that two writes between which somebody looked are still told apart. With a BigInt
 * of each a look would cost twice as much.
 */

function keep(found: Stats, stats: Float64Array, at: number): void {
  stats[at] = found.size;
  stats[at + 1] = found.mtimeMs;
  stats[at + 2] = found.ctimeMs;
  stats[at + 3] = found.ino;
  stats[at + 4] = found.mode;
}

function isSame(found: Stats, stats: Float64Array, at: number): boolean {
  return (
    stats[at] === found.size &&
    stats[at + 1] === found.mtimeMs &&
    stats[at + 2] === found.ctimeMs &&
    stats[at + 3] === found.ino &&
    stats[at + 4] === found.mode
  );
}
