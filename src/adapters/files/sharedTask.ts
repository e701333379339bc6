import { perform } from './fileTask';
import type { FileTask } from './fileTask';

/**
 * A task that several threads share, from a file on: each takes the next chunk that nobody took, until there
 * is none. So a thread that starts late, or never, only leaves more to the others.
 */
export interface SharedTask {
  readonly task: FileTask;
  readonly from: number;
  /** Files in a chunk. */
  readonly size: number;
  /** `NEXT`, `FINISHED`, and from `FIRST` on, by chunk, whether it is finished. */
  readonly control: Int32Array;
}

/** What is sent to a thread; the paths but once where several tasks in turn have the same. */
export type SharedTaskMessage = Omit<SharedTask, 'task'> & {
  readonly task: Omit<FileTask, 'paths'>;
  /** One text costs far less to send than a list of a hundred thousand. Undefined: as before. */
  readonly paths: string | undefined;
};

/** The place of the next chunk to take. */
const NEXT = 0;
/** The place of the count of finished chunks, which is waited on. */
const FINISHED = 1;
const FIRST = 2;

export function shareTask(task: FileTask, from: number, size: number): SharedTask {
  const chunks = Math.ceil((task.paths.length - from) / size);
  const control = new Int32Array(new SharedArrayBuffer(4 * (FIRST + chunks)));
  return { task: inSharedMemory(task), from, size, control };
}

function inSharedMemory(task: FileTask): FileTask {
  const { stats, digests, outcomes } = task;
  return {
    ...task,
    stats: shared(stats, (bytes) => new Float64Array(bytes)),
    digests: shared(digests, (bytes) => new Uint8Array(bytes)),
    outcomes: shared(outcomes, (bytes) => new Uint8Array(bytes)),
  };
}

function shared<T extends Float64Array | Uint8Array>(
  array: T,
  create: (bytes: SharedArrayBuffer) => T,
): T {
  if (array.buffer instanceof SharedArrayBuffer) {
    return array;
  }
  const copy = create(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

/** @param paths whether the receiver has had these paths in the message before. */
export function messageOf(
  { task, ...rest }: SharedTask,
  paths: 'new' | 'as before',
): SharedTaskMessage {
  const { paths: list, ...columns } = task;
  return { ...rest, task: columns, paths: paths === 'new' ? list.join('\0') : undefined };
}

/** @param before the paths of the message before. */
export function sharedTaskOf(
  { task, paths, ...rest }: SharedTaskMessage,
  before: readonly string[],
): SharedTask {
  return { ...rest, task: { ...task, paths: paths?.split('\0') ?? before } };
}

/** Does chunks until all are taken. */
export function takeChunks(shared: SharedTask): void {
  const { control } = shared;
  for (;;) {
    const chunk = Atomics.add(control, NEXT, 1);
    if (chunk >= control.length - FIRST) {
      return;
    }
    performChunk(shared, chunk, shared.task);
    Atomics.store(control, FIRST + chunk, 1);
    Atomics.add(control, FINISHED, 1);
    Atomics.notify(control, FINISHED);
  }
}

/** Leaves what nobody took yet undone. */
export function giveUpChunks({ control }: SharedTask): void {
  Atomics.store(control, NEXT, control.length - FIRST);
}

/**
 * Waits for the chunks that others took.
 * @param patience how long to wait for any of them, in milliseconds.
 * @returns whether all are finished; false where the others finished nothing for so long.
 */
export function awaitChunks({ control }: SharedTask, patience: number): boolean {
  for (;;) {
    const finished = Atomics.load(control, FINISHED);
    if (finished >= control.length - FIRST) {
      return true;
    }
    if (Atomics.wait(control, FINISHED, finished, patience) === 'timed-out') {
      return false;
    }
  }
}

/** A copy of a task that nobody shares, with what is unfinished of it done here. */
export function takeOver(shared: SharedTask): FileTask {
  const { task, control } = shared;
  const own = {
    ...task,
    stats: Float64Array.from(task.stats),
    digests: Uint8Array.from(task.digests),
    outcomes: Uint8Array.from(task.outcomes),
  };
  for (let chunk = 0; chunk < control.length - FIRST; chunk++) {
    if (Atomics.load(control, FIRST + chunk) === 0) {
      performChunk(shared, chunk, own);
    }
  }
  return own;
}

function performChunk({ from, size }: SharedTask, chunk: number, task: FileTask): void {
  const start = from + chunk * size;
  perform(task, start, Math.min(start + size, task.paths.length));
}
