import type { Selection } from '../context/selectFiles';
import { sha256 } from './encoding';

/**
 * What tells the selected files from what they were: for people, who are told which changed. Where there are
 * many, all of a folder, whose path ends in a slash, have one mark.
 */
export interface FileMarks {
  /** How deep the folders lie that have one mark; 0: each entry has its own. */
  readonly depth: number;
  readonly marks: readonly (readonly [path: string, mark: string])[];
}

export interface FileChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** From the context's root; a folder's ends in a slash, and stands for something below it. */
  readonly path: string;
}

/** A record of a key holds no more marks of one read. */
const MOST = 1000;
/** Folders below which all have one mark lie no deeper. */
const DEEPEST = 4;
/** Hex digits of a sha256 that tell files apart well enough for an explanation; the key has them all. */
const SHORT = 16;

/** Marks the files of a selection, as finely as `MOST` allows; undefined where even the coarsest are more. */
export function markFiles(selection: Selection): FileMarks | undefined {
  const { entries } = selection;
  if (entries.length <= MOST) {
    return { depth: 0, marks: entries.map(({ path }, index) => [path, markOf(selection, index)]) };
  }
  let depth = 0;
  while (depth < DEEPEST && hasFewFolders(depth + 1, selection)) {
    depth++;
  }
  return depth === 0 ? undefined : { depth, marks: markFolders(depth, selection) };
}

/**
 * Says which files came, changed and went, in the order of their paths; nothing where the two are not marked
 * alike, and so cannot be compared.
 */
export function compareMarks(before: FileMarks, after: FileMarks): readonly FileChange[] {
  if (before.depth !== after.depth) {
    return [];
  }
  const earlier = new Map(before.marks);
  const later = new Map(after.marks);
  const changes: FileChange[] = [];
  for (const [path, mark] of later) {
    const was = earlier.get(path);
    if (was !== mark) {
      changes.push({ change: was === undefined ? 'added' : 'changed', path });
    }
  }
  for (const path of earlier.keys()) {
    if (!later.has(path)) {
      changes.push({ change: 'removed', path });
    }
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function markOf({ entries, contents }: Selection, index: number): string {
  const entry = entries[index];
  switch (entry?.kind) {
    case 'file':
      return `${(contents[index] ?? '').slice(0, SHORT)}${entry.executable ? 'x' : ''}`;
    case 'link':
      return `link ${entry.linkText ?? ''}`;
    case 'directory':
    case 'special':
    case undefined:
      return entry?.kind ?? '';
  }
}

function hasFewFolders(depth: number, { entries }: Selection): boolean {
  let folder: string | undefined;
  let count = 0;
  for (const { path } of entries) {
    if (folder === undefined || !isBelow(folder, path)) {
      folder = folderAt(depth, path);
      count++;
      if (count > MOST) {
        return false;
      }
    }
  }
  return true;
}

/** The folder of a depth that an entry lies below; its own path where it lies less deep. */
function folderAt(depth: number, path: string): string {
  let end = -1;
  for (let level = 0; level < depth; level++) {
    end = path.indexOf('/', end + 1);
    if (end < 0) {
      return path;
    }
  }
  return path.slice(0, end + 1);
}

function isBelow(folder: string, path: string): boolean {
  return folder.endsWith('/') && path.startsWith(folder);
}

/** Entries are sorted, so those of one folder follow one another. */
function markFolders(depth: number, selection: Selection): FileMarks['marks'] {
  const { entries } = selection;
  const marks: (readonly [string, string])[] = [];
  let from = 0;
  while (from < entries.length) {
    const folder = folderAt(depth, entries[from]?.path ?? '');
    let to = from + 1;
    while (to < entries.length && isBelow(folder, entries[to]?.path ?? '')) {
      to++;
    }
    const isOne = !folder.endsWith('/');
    marks.push([folder, isOne ? markOf(selection, from) : markRange(selection, from, to)]);
    from = to;
  }
  return marks;
}

function markRange(selection: Selection, from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index++) {
    text += `${selection.entries[index]?.path ?? ''}\0${markOf(selection, index)}\0`;
  }
  return sha256(text).slice(0, SHORT);
}
