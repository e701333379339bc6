import { DIGEST, FIELDS, newTask } from './fileTask';
import type { FileTask } from './fileTask';
import type { FileWorkers } from './fileWorkers';
import { giveUpChunks, takeChunks } from './sharedTask';
import type { SharedTask } from './sharedTask';
import type { StatCache } from './statCache';
import { placeRows, rowsIn } from './statTable';

/** Fewer files are looked at in less time than the threads take to hear of them. */
const WORTH = 4096;

/**
 * Files of a folder that are looked at by the threads while names are listed, before they are asked for. A file
 * is looked at after the beginning of the computation that asks for it, so what is found is as good as if it
 * had been looked at then.
 */
export class Anticipation {
  /** The paths below which all was asked for before, and is looked at again. */
  private readonly remembered: string[] = [];
  private readonly begun: SharedTask[] = [];

  /** @param since when the computation began, or later; in milliseconds since 1970. */
  constructor(
    private readonly cache: StatCache,
    private readonly workers: FileWorkers,
    readonly folder: string,
    readonly since: number,
  ) {}

  /** Begins with the files below a path that were asked for the last time, where they are many. */
  remember(path: string): void {
    const isCovered = this.remembered.some(
      (other) => other === '' || path === other || path.startsWith(`${other}/`),
    );
    const paths = isCovered ? [] : this.cache.asked(path);
    if (paths.length >= WORTH) {
      this.remembered.push(path);
      this.begin(paths);
    }
  }

  /** Begins with files that were found just now, unless they are probably those that are remembered. */
  expect(paths: readonly string[]): void {
    if (this.remembered.length === 0) {
      this.begin([...paths].sort((a, b) => (a < b ? -1 : 1)));
    }
  }

  /**
   * The task of these files, done as far as they were expected; waits for those that are under way.
   * @returns it with the rows of its paths in the cache.
   */
  taskOf(paths: readonly string[]): { readonly task: FileTask; readonly rows: Int32Array } {
    // From the last on: the threads begin with the first.
    [...this.begun].reverse().forEach(takeChunks);
    const done = this.begun.map((each) => this.workers.finish(each));
    const [first] = done;
    if (first?.paths.length === paths.length && isSame(first.paths, paths)) {
      return { task: first, rows: this.cache.rowsOf(first.paths) };
    }
    const task = newTask({ folder: this.folder, paths }, this.since, 'own');
    const rows = this.cache.expect(task);
    for (const each of done) {
      const places = rowsIn(paths, each.paths);
      placeRows(places, each.stats, task.stats, FIELDS);
      placeRows(places, each.digests, task.digests, DIGEST);
      placeRows(places, each.outcomes, task.outcomes, 1);
    }
    return { task, rows };
  }

  giveUp(): void {
    this.begun.forEach(giveUpChunks);
  }

  private begin(paths: readonly string[]): void {
    const task = newTask({ folder: this.folder, paths }, this.since, 'shared');
    this.cache.expect(task);
    this.begun.push(this.workers.begin(task, 0));
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.every((path, index) => path === others[index]);
}
