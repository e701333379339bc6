import { createHash } from 'node:crypto';
import { DIGEST, FIELDS } from './fileTask';

/**
 * What is known of files, in columns: a hundred thousand records of objects would cost more to load than
 * the files to look at. A row is a file.
 */
export interface StatTable {
  /** From the table's folder; sorted as `<` has it, each once. */
  readonly paths: readonly string[];
  /** `FIELDS` a row; zeros in one that is forgotten. */
  readonly stats: Float64Array;
  /** `DIGEST` a row. */
  readonly digests: Uint8Array;
  /** By row, 1 where this process asked for it. */
  readonly asked: Uint8Array;
}

export function emptyTable(rows = 0): StatTable {
  return {
    paths: [],
    stats: new Float64Array(rows * FIELDS),
    digests: new Uint8Array(rows * DIGEST),
    asked: new Uint8Array(rows),
  };
}

export function forget({ stats }: StatTable, row: number): void {
  stats.fill(0, row * FIELDS, (row + 1) * FIELDS);
}

/** No file has a mode of 0: it says what kind it is. */
export function isForgotten({ stats }: StatTable, row: number): boolean {
  return stats[row * FIELDS + 4] === 0;
}

/** The place of each path among sorted ones, -1 where there is none. Fast where the paths are sorted, too. */
export function rowsIn(known: readonly string[], paths: readonly string[]): Int32Array {
  const rows = new Int32Array(paths.length);
  let next = 0;
  paths.forEach((path, index) => {
    const row = known[next] === path ? next : search(known, path);
    rows[index] = row;
    next = row < 0 ? next : row + 1;
  });
  return rows;
}

function search(sorted: readonly string[], path: string): number {
  const place = placeOf(sorted, path);
  return sorted[place] === path ? place : -1;
}

/** The first place in a sorted list that holds nothing less than a path. */
export function placeOf(sorted: readonly string[], path: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < path) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The rows of two tables that share no path. */
export function mergeTables(one: StatTable, other: StatTable): StatTable {
  const count = one.paths.length + other.paths.length;
  const rowsOfOne = new Int32Array(count).fill(-1);
  const rowsOfOther = new Int32Array(count).fill(-1);
  const paths: string[] = [];
  let left = 0;
  let right = 0;
  while (paths.length < count) {
    const leftPath = one.paths[left];
    const rightPath = other.paths[right];
    if (rightPath === undefined || (leftPath !== undefined && leftPath < rightPath)) {
      rowsOfOne[paths.length] = left++;
      paths.push(leftPath ?? '');
    } else {
      rowsOfOther[paths.length] = right++;
      paths.push(rightPath);
    }
  }
  const merged = { ...emptyTable(count), paths };
  copyColumns(rowsOfOne, one, merged);
  copyColumns(rowsOfOther, other, merged);
  return merged;
}

/** The rows of a table that a test wants. */
export function filterTable(table: StatTable, wanted: (row: number) => boolean): StatTable {
  const rows = [...table.paths.keys()].filter(wanted);
  if (rows.length === table.paths.length) {
    return table;
  }
  const paths = rows.map((row) => table.paths[row] ?? '');
  const filtered = { ...emptyTable(rows.length), paths };
  copyColumns(Int32Array.from(rows), table, filtered);
  return filtered;
}

function copyColumns(rows: Int32Array, from: StatTable, to: StatTable): void {
  copyRows(rows, from.stats, to.stats, FIELDS);
  copyRows(rows, from.digests, to.digests, DIGEST);
  copyRows(rows, from.asked, to.asked, 1);
}

/** Copies to each place what `from` has in a row, unless that is -1; rows that follow one another at once. */
export function copyRows<T extends Float64Array | Uint8Array>(
  rows: Int32Array,
  from: T,
  to: T,
  width: number,
): void {
  let first = 0;
  for (let index = 1; index <= rows.length; index++) {
    const row = rows[first] ?? -1;
    if (row < 0) {
      first = index;
    } else if (rows[index] !== row + index - first) {
      to.set(from.subarray(row * width, (row + index - first) * width), first * width);
      first = index;
    }
  }
}

/** Copies each row to the place that it has in another column, unless that is -1; as `copyRows` does. */
export function placeRows<T extends Float64Array | Uint8Array>(
  places: Int32Array,
  from: T,
  to: T,
  width: number,
): void {
  let first = 0;
  for (let index = 1; index <= places.length; index++) {
    const place = places[first] ?? -1;
    if (place < 0) {
      first = index;
    } else if (places[index] !== place + index - first) {
      to.set(from.subarray(first * width, index * width), place * width);
      first = index;
    }
  }
}

/*
 * As a file: MAGIC, the sha256 of all that follows, the count of rows in the byte order of this machine,
 * and the columns: numbers, digests, and the paths as UTF-8, with NUL between them.
 */

/** Another layout is another version; a table of another is none. */
const MAGIC = Buffer.from('PBSTAT1\n');
const SUM_AT = MAGIC.length;
const COUNT_AT = SUM_AT + 32;
const COLUMNS_AT = COUNT_AT + 8;

export function encodeTable({ paths, stats, digests }: StatTable): Buffer {
  const count = Buffer.from(Float64Array.of(paths.length).buffer);
  const numbers = Buffer.from(stats.buffer, stats.byteOffset, stats.byteLength);
  const body = Buffer.concat([count, numbers, digests, Buffer.from(paths.join('\0'))]);
  return Buffer.concat([MAGIC, sumOf(body), body]);
}

/** @returns undefined where the bytes are damaged, or no table. */
export function decodeTable(bytes: Buffer): StatTable | undefined {
  const isTable = bytes.length >= COLUMNS_AT && bytes.subarray(0, SUM_AT).equals(MAGIC);
  if (!isTable || !sumOf(bytes.subarray(COUNT_AT)).equals(bytes.subarray(SUM_AT, COUNT_AT))) {
    return undefined;
  }
  // A column of numbers must be aligned in memory, which a copy is.
  const [rows = 0] = new Float64Array(Uint8Array.from(bytes.subarray(COUNT_AT, COLUMNS_AT)).buffer);
  const digestsAt = COLUMNS_AT + rows * FIELDS * 8;
  const pathsAt = digestsAt + rows * DIGEST;
  const text = bytes.toString('utf8', pathsAt);
  return {
    paths: rows === 0 ? [] : text.split('\0'),
    stats: new Float64Array(Uint8Array.prototype.slice.call(bytes, COLUMNS_AT, digestsAt).buffer),
    digests: bytes.subarray(digestsAt, pathsAt),
    asked: new Uint8Array(rows),
  };
}

function sumOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
