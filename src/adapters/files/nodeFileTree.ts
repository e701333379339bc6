import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  readlinkSync,
} from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { join } from 'node:path';
import type { EntryKind, FileStates, FileTree, TreeEntry, TreeStat } from '../../core/fileTree';
import { sourceUnreadable } from '../../core/problems';
import { Anticipation } from './anticipation';
import { DIGEST, OUTCOMES, attempt, isOwnerExecutable, newTask, pathAt, perform } from './fileTask';
import type { FileTask } from './fileTask';
import { FileWorkers } from './fileWorkers';
import { hashedName } from './hashedName';
import { StatCache } from './statCache';

export interface NodeFileTreeOptions {
  /** Where the stat caches are kept; undefined: in this process alone. */
  readonly cacheFolder?: string | undefined;
  /** Who helps with large selections; undefined: everything is done on the caller's thread. */
  readonly workers?: FileWorkers | undefined;
  /** When the stat caches are written; at once unless it says so. */
  readonly later?: (work: () => void) => void;
  /** The time, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** After so long a selection counts as large: other threads, whose start takes as long, do their share. */
const ALONE = 20;
/** Files between two looks at the time. */
const STEP = 16;
/** So many files may come to be shared. */
const SHARED = 1024;

/** The files of this machine. */
export class NodeFileTree implements FileTree {
  private readonly caches = new Map<string, StatCache>();
  private anticipation: Anticipation | undefined;

  constructor(private readonly options: NodeFileTreeOptions = {}) {}

  stat(path: string): TreeStat | undefined {
    return reading(path, () => {
      // Thrown and caught, "missing" costs four times as much.
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats === undefined || stats.isSocket()
        ? undefined
        : { kind: kindOf(stats), size: stats.isFile() ? stats.size : 0 };
    });
  }

  list(path: string): readonly TreeEntry[] | undefined {
    return reading(path, () => {
      const entries: TreeEntry[] = [];
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (!entry.isSocket()) {
          entries.push({ name: entry.name, kind: kindOf(entry) });
        }
      }
      return entries;
    });
  }

  readText(path: string): string | undefined {
    return reading(path, () => readWhole(path));
  }

  readLink(path: string): string | undefined {
    return reading(path, () => readlinkSync(path));
  }

  files(folder: string, paths: readonly string[]): FileStates {
    const { anticipation } = this;
    this.anticipation = undefined;
    const { task: begun, rows } =
      anticipation?.folder === folder
        ? anticipation.taskOf(paths)
        : this.taskOf(folder, paths, anticipation);
    const task = this.run(begun);
    settleFaults(task);
    this.cacheOf(folder).settle(task, rows);
    return statesOf(task);
  }

  anticipate(folder: string, path: string): void {
    const { workers } = this.options;
    if (workers?.areReady === true) {
      this.anticipationIn(folder, workers).remember(path);
    }
  }

  expect(folder: string, paths: readonly string[]): void {
    const { workers } = this.options;
    if (workers?.canHelp === true) {
      this.anticipationIn(folder, workers).expect(paths);
    }
  }

  private anticipationIn(folder: string, workers: FileWorkers): Anticipation {
    const { anticipation } = this;
    if (anticipation?.folder === folder) {
      return anticipation;
    }
    anticipation?.giveUp();
    const other = new Anticipation(this.cacheOf(folder), workers, folder, this.now());
    this.anticipation = other;
    return other;
  }

  /** @param others what was expected of another folder, for nothing. */
  private taskOf(
    folder: string,
    paths: readonly string[],
    others: Anticipation | undefined,
  ): ReturnType<Anticipation['taskOf']> {
    others?.giveUp();
    const memory = this.options.workers !== undefined && paths.length >= SHARED ? 'shared' : 'own';
    const task = newTask({ folder, paths }, this.now(), memory);
    return { task, rows: this.cacheOf(folder).expect(task) };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private run(task: FileTask): FileTask {
    const { workers } = this.options;
    const undone = task.outcomes.indexOf(0);
    if (undone === -1) {
      return task;
    }
    const begin = performance.now();
    const alone = workers?.areReady === true ? ALONE / 10 : ALONE;
    for (let index = undone; index < task.paths.length; index += STEP) {
      if (workers !== undefined && performance.now() - begin > alone) {
        return workers.run(task, index);
      }
      perform(task, index, Math.min(index + STEP, task.paths.length));
    }
    return task;
  }

  private cacheOf(folder: string): StatCache {
    const known = this.caches.get(folder);
    if (known !== undefined) {
      return known;
    }
    const { cacheFolder, later } = this.options;
    const name = hashedName(folder);
    const file = cacheFolder === undefined ? undefined : join(cacheFolder, name);
    const cache = new StatCache(file, later);
    this.caches.set(folder, cache);
    return cache;
  }
}

/** @throws Problem where a file failed, and fails again, or does not rest. */
function settleFaults(task: FileTask): void {
  for (const [index, outcome] of task.outcomes.entries()) {
    if (outcome === OUTCOMES.failed) {
      task.outcomes[index] = OUTCOMES.gone;
      reading(pathAt(task, index), () => {
        attempt(task, index);
      });
    }
    if (task.outcomes[index] === OUTCOMES.changing) {
      throw sourceUnreadable(pathAt(task, index), 'it changes while it is read');
    }
  }
}

function statesOf(task: FileTask): FileStates {
  const { paths, digests, outcomes } = task;
  // One text for all, of which each is a slice: a tenth of the time.
  const { buffer, byteOffset, byteLength } = digests;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
  const executable: boolean[] = [];
  const sha256: (string | undefined)[] = [];
  for (let index = 0; index < paths.length; index++) {
    const isThere = outcomes[index] !== OUTCOMES.gone;
    // On Windows every file is executable to BuildKit: fsutil gives each 0755.
    executable.push(isThere && (process.platform === 'win32' || isOwnerExecutable(task, index)));
    sha256.push(isThere ? text.slice(index * DIGEST, (index + 1) * DIGEST) : undefined);
  }
  return { executable, sha256 };
}

function kindOf(entry: Stats | Dirent): EntryKind {
  if (entry.isFile()) {
    return 'file';
  }
  if (entry.isDirectory()) {
    return 'directory';
  }
  return entry.isSymbolicLink() ? 'link' : 'special';
}

/** What most texts fit into: they are read in half the time that `readFileSync` takes. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);
/** The flag is missing on Windows. Nobody waits for who may write to a FIFO. */
const { O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/** @returns undefined for what is no file, and would perhaps never end. */
function readWhole(path: string): string | undefined {
  const file = openSync(path, constants.O_RDONLY | O_NONBLOCK);
  try {
    const length = readSync(file, scratch, 0, scratch.length, 0);
    if (length < scratch.length) {
      return decode(scratch.subarray(0, length));
    }
    return fstatSync(file).isFile() ? decode(readFileSync(file)) : undefined;
  } finally {
    closeSync(file);
  }
}

function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Faster than to ask for an error, of which there is none as a rule.
  if (!text.includes('\ufffd')) {
    return text;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
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

/** The files of this machine, for who reads many of them: with the stat caches of its user, and threads. */
export function cachingFileTree({ cacheFolder, hashWorker }: CachingFileTreeSettings): FileTree {
  return new NodeFileTree({
    cacheFolder,
    workers: new FileWorkers(hashWorker),
    later: (work) => setImmediate(work),
  });
}

export interface CachingFileTreeSettings {
  /** Where the stat caches are kept. */
  readonly cacheFolder: string;
  /** The bundle of hashWorker.ts. */
  readonly hashWorker: string;
}

/** For who reads little, and needs no cache beyond this process. */
export const nodeFileTree: FileTree = new NodeFileTree();
