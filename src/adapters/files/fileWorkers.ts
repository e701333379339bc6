import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { FileTask } from './fileTask';
import { awaitChunks, messageOf, shareTask, takeChunks, takeOver } from './sharedTask';
import type { SharedTask, SharedTaskMessage } from './sharedTask';
import { startHashThread } from './startHashThread';

/** More would wait for the disk, or take what the build of another window needs. */
const MOST_THREADS = 3;
/** How long the threads may finish nothing before they count as lost, in milliseconds. */
const PATIENCE = 10_000;
/** Chunks a thread, so that none has much left to do when the others are done. */
const CHUNKS_A_THREAD = 16;
const MOST_FILES_A_CHUNK = 512;

/** Asked for once: it costs as much as to read a file. */
let cores: number | undefined;

/**
 * Does a task on this thread and on others beside it, synchronously: this one waits for the rest. The threads
 * begin with the first task, keep no process alive, and leave when idle.
 */
export class FileWorkers {
  /** Each with the paths that it was sent last. */
  private readonly threads = new Map<Worker, readonly string[]>();
  private isBroken = false;

  /** @param script the bundle of hashWorker.ts. */
  constructor(
    private readonly script: string,
    private readonly patience = PATIENCE,
    private readonly count?: number,
  ) {}

  /** Whether there are threads, or could be. */
  get canHelp(): boolean {
    return !this.isBroken && this.wanted() > 0;
  }

  get areReady(): boolean {
    return this.threads.size > 0;
  }

  /** Does a task from a file on. @returns it with its results, in arrays that no other thread writes to. */
  run(task: FileTask, from: number): FileTask {
    return this.finish(this.begin(task, from));
  }

  /** Has a task begun by the threads, from a file on, while this one does something else. */
  begin(task: FileTask, from: number): SharedTask {
    this.start();
    const chunks = CHUNKS_A_THREAD * (this.threads.size + 1);
    const files = Math.ceil((task.paths.length - from) / chunks);
    const shared = shareTask(task, from, Math.min(Math.max(files, 1), MOST_FILES_A_CHUNK));
    // Made once: a text of a hundred thousand paths takes its time.
    let message: SharedTaskMessage | undefined;
    for (const [thread, paths] of this.threads) {
      const isNews = paths !== task.paths;
      thread.postMessage(
        isNews ? (message ??= messageOf(shared, 'new')) : messageOf(shared, 'as before'),
      );
      this.threads.set(thread, task.paths);
    }
    return shared;
  }

  /** Helps with a task that was begun, and waits for it. @returns as `run`. */
  finish(shared: SharedTask): FileTask {
    takeChunks(shared);
    if (awaitChunks(shared, this.patience)) {
      return shared.task;
    }
    // A thread died, or is stopped, between taking a chunk and finishing it.
    this.giveUp();
    return takeOver(shared);
  }

  private start(): void {
    const wanted = this.wanted();
    while (!this.isBroken && this.threads.size < wanted) {
      const thread = startHashThread(this.script);
      thread.once('error', () => {
        this.giveUp();
      });
      thread.once('exit', () => {
        this.threads.delete(thread);
      });
      this.threads.set(thread, []);
    }
  }

  private wanted(): number {
    return this.count ?? Math.min((cores ??= availableParallelism()) - 1, MOST_THREADS);
  }

  /** Without threads everything still works. */
  private giveUp(): void {
    this.isBroken = true;
    for (const thread of this.threads.keys()) {
      void thread.terminate();
    }
    this.threads.clear();
  }
}
