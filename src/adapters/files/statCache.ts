import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DIGEST, FIELDS, OUTCOMES, isRacy } from './fileTask';
import type { FileTask } from './fileTask';
import {
  copyRows,
  decodeTable,
  emptyTable,
  encodeTable,
  filterTable,
  forget,
  isForgotten,
  mergeTables,
  placeOf,
  rowsIn,
} from './statTable';
import type { StatTable } from './statTable';
import { writeWhole } from './writeWhole';

/** So many new digests, or so many bytes hashed for them, are worth a file to be read or written. */
const WORTH_FILES = 256;
const WORTH_BYTES = 16 * 1024 * 1024;
/** Below this share of the table, hashing again in the next process costs less than writing it all now. */
const WORTH_SHARE = 1 / 8;
/** Bytes of a table that is read in well below a millisecond. */
const SHORT = 64 * 1024;
/** How long a table that nobody writes is kept, in milliseconds. */
const KEPT = 60 * 24 * 3600 * 1000;

/**
 * The digests of a folder's files by their stat, as git's index has them, kept between processes: who finds
 * the same size, times, inode and mode finds the same bytes. Of a racy file nothing is kept.
 */
export class StatCache {
  private table: StatTable = emptyTable();
  private isLoaded = false;
  /** Of the file, in bytes, when it was first looked at. */
  private size: number | undefined;
  private unsavedFiles = 0;
  private unsavedBytes = 0;

  /**
   * @param file where it is kept; undefined: in this process alone.
   * @param later when to write it: at once, or when whoever waits for digests has them.
   */
  constructor(
    private readonly file: string | undefined,
    private readonly later: (work: () => void) => void = (work) => {
      work();
    },
  ) {}

  /** Fills in the stats of the files whose digests are known. @returns their rows, -1 for the others. */
  expect({ paths, stats }: FileTask): Int32Array {
    if (!this.isLoaded && (paths.length >= WORTH_FILES || this.isShort())) {
      this.load();
    }
    const rows = this.rowsOf(paths);
    copyRows(rows, this.table.stats, stats, FIELDS);
    return rows;
  }

  /** The rows of files, as far as the table that is in memory has them; -1 for the others. */
  rowsOf(paths: readonly string[]): Int32Array {
    return rowsIn(this.table.paths, paths);
  }

  /**
   * The paths below one that this process asked for; of the whole folder where it is empty. The same list as
   * long as it is the same.
   */
  asked(below: string): readonly string[] {
    const { paths, asked } = this.table;
    const from = below === '' ? 0 : placeOf(paths, `${below}/`);
    // '0' comes after '/'.
    const to = below === '' ? paths.length : placeOf(paths, `${below}0`);
    if (from === 0 && to === paths.length && asked.every((each) => each === 1)) {
      return paths;
    }
    return paths.slice(from, to).filter((_, index) => asked[from + index] === 1);
  }

  /** Fills in the digests that were known, and keeps those that were not. */
  settle(task: FileTask, rows: Int32Array): void {
    const { outcomes, digests, stats } = task;
    const known = rows.map((row, index) => (outcomes[index] === OUTCOMES.known ? row : -1));
    copyRows(known, this.table.digests, digests, DIGEST);
    const added: number[] = [];
    rows.forEach((row, index) => {
      if (row >= 0) {
        this.table.asked[row] = 1;
        if (outcomes[index] === OUTCOMES.gone) {
          forget(this.table, row);
        }
      }
      if (outcomes[index] === OUTCOMES.hashed) {
        const isKept = !isRacy(task, index);
        if (row >= 0) {
          copyPlace(task, index, this.table, row);
          if (!isKept) {
            forget(this.table, row);
          }
        } else if (isKept) {
          added.push(index);
        }
        this.unsavedFiles += isKept ? 1 : 0;
        this.unsavedBytes += isKept ? (stats[index * FIELDS] ?? 0) : 0;
      }
    });
    if (added.length > 0) {
      this.add(task, added);
    }
    this.saveIfWorth();
  }

  private add(task: FileTask, indexes: number[]): void {
    const pathOf = (index: number): string => task.paths[index] ?? '';
    indexes.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
    const table = { ...emptyTable(indexes.length), paths: indexes.map(pathOf) };
    const rows = Int32Array.from(indexes);
    copyRows(rows, task.stats, table.stats, FIELDS);
    copyRows(rows, task.digests, table.digests, DIGEST);
    table.asked.fill(1);
    this.table = this.table.paths.length === 0 ? table : mergeTables(this.table, table);
  }

  private saveIfWorth(): void {
    const { file } = this;
    const worth = Math.max(WORTH_FILES, this.table.paths.length * WORTH_SHARE);
    if (file === undefined || (this.unsavedFiles < worth && this.unsavedBytes < WORTH_BYTES)) {
      return;
    }
    this.unsavedFiles = 0;
    this.unsavedBytes = 0;
    this.later(() => {
      this.save(file);
    });
  }

  private save(file: string): void {
    this.load();
    // Files that are gone are never asked for, but neither are those of another Dockerfile.
    const { table } = this;
    const asked = table.asked.reduce((count, each) => count + each, 0);
    const isMostlyForeign = table.paths.length > 2 * asked;
    const isWorthless = (row: number): boolean =>
      isForgotten(table, row) || (isMostlyForeign && table.asked[row] === 0);
    write(
      file,
      filterTable(table, (row) => !isWorthless(row)),
    );
  }

  /** Whether it is read so fast that even a few files, if they are large, are worth it. */
  private isShort(): boolean {
    this.size ??= this.file === undefined ? Infinity : sizeOf(this.file);
    return this.size <= SHORT;
  }

  /** Adds what an earlier process, or another one, kept; what this one knows is newer. */
  private load(): void {
    if (this.isLoaded) {
      return;
    }
    this.isLoaded = true;
    const kept = this.file === undefined ? undefined : read(this.file);
    if (kept !== undefined) {
      const rows = rowsIn(this.table.paths, kept.paths);
      const isKnown = rows.some((row) => row >= 0);
      const others = isKnown ? filterTable(kept, (row) => (rows[row] ?? -1) < 0) : kept;
      this.table = this.table.paths.length === 0 ? others : mergeTables(this.table, others);
    }
  }
}

function copyPlace(task: FileTask, index: number, table: StatTable, row: number): void {
  const stats = task.stats.subarray(index * FIELDS, (index + 1) * FIELDS);
  const digest = task.digests.subarray(index * DIGEST, (index + 1) * DIGEST);
  table.stats.set(stats, row * FIELDS);
  table.digests.set(digest, row * DIGEST);
}

function sizeOf(file: string): number {
  try {
    // Often there is none, and this costs a third of a stat.
    return existsSync(file) ? statSync(file).size : Infinity;
  } catch {
    return Infinity;
  }
}

/** @returns undefined where there is none, or none that can be believed; that is removed. */
function read(file: string): StatTable | undefined {
  try {
    const table = decodeTable(readFileSync(file));
    if (table === undefined) {
      rmSync(file, { force: true });
    }
    return table;
  } catch {
    return undefined;
  }
}

/** What is lost costs time, so a failure is none. */
function write(file: string, table: StatTable): void {
  try {
    writeWhole(file, encodeTable(table));
    removeForgotten(dirname(file));
  } catch {
    // `removeForgotten` of another day takes what is left.
  }
}

/** Removes the tables of folders that are long gone, and the drafts of processes that were killed. */
function removeForgotten(folder: string): void {
  const oldest = Date.now() - KEPT;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file).mtimeMs < oldest) {
      rmSync(file, { force: true });
    }
  }
}
