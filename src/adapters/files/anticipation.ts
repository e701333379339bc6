import { DIGEST, FIELDS, newTask } from './fileTask';
import type { FileTask } from './fileTask';
import type { FileWorkers } from './fileWorkers';
import { giveUpChunks } from './sharedTask';
import type { SharedTask } from './sharedTask';
import type { StatCache } from './statCache';
import { copyRows, rowsIn } from './statTable';

/** Fewer files are looked at in less time than the threads take to hear of them. */
const WORTH = 4096;

/**
 * Files that are looked at by the threads before it is known that they are still there, while their names are
 * listed: those that were asked for the last time. A file is looked at after the beginning of the computation
 * that asks for it, so what is found is as good as if it had been looked at then.
 */
export class Anticipation {
  private constructor(
    private readonly workers: FileWorkers,
    private readonly shared: SharedTask,
  ) {}

  /** @returns undefined where nothing is known, or too little. */
  static begin(
    cache: StatCache,
    workers: FileWorkers,
    { folder, path }: { readonly folder: string; readonly path: string },
    since: number,
  ): Anticipation | undefined {
    const paths = cache.asked(path);
    if (paths.length < WORTH) {
      return undefined;
    }
    const task = newTask({ folder, paths }, since, 'shared');
    cache.expect(task);
    return new Anticipation(workers, workers.begin(task, 0));
  }

  /** Fills in the results of a task, as far as they are known; waits for those that are under way. */
  settle(task: FileTask): void {
    if (task.folder !== this.shared.task.folder) {
      this.giveUp();
      return;
    }
    const found = this.workers.finish(this.shared);
    const rows = rowsIn(found.paths, task.paths);
    copyRows(rows, found.stats, task.stats, FIELDS);
    copyRows(rows, found.digests, task.digests, DIGEST);
    copyRows(rows, found.outcomes, task.outcomes, 1);
  }

  giveUp(): void {
    giveUpChunks(this.shared);
  }
}
