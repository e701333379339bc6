import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { Selection } from '../context/selectFiles';
import type { EntryKind } from '../fileTree';
import { sourceUnreadable } from '../problems';
import { sha256 } from './encoding';

/** A tree that changes while it is read is read again, but not for ever. */
const ATTEMPTS = 5;
/** Characters that are hashed at once: a call costs as much as some kilobytes. */
const PIECE = 64 * 1024;

export interface DigestedFiles {
  readonly digest: string;
  readonly selection: Selection;
}

/**
 * The digest of selected files: path, kind, executable or not, link text and content of each; and
 * what was selected in the end.
 * @param folder where the paths of the selection begin.
 * @param select selects them, and again where one vanished meanwhile.
 */
export function digestFiles(folder: string, select: () => Selection): DigestedFiles {
  return digested(atRest(folder, select, ({ vanished }) => vanished));
}

/** As `digestFiles`, of several selections that are made together. */
export function digestSelections(
  folder: string,
  select: () => readonly Selection[],
): readonly DigestedFiles[] {
  const vanishedOf = (selections: readonly Selection[]) =>
    selections.find(({ vanished }) => vanished !== undefined)?.vanished;
  return atRest(folder, select, vanishedOf).map(digested);
}

function digested(selection: Selection): DigestedFiles {
  return { digest: digestOfSelection(selection), selection };
}

/** What was selected while nothing vanished. */
function atRest<T>(
  folder: string,
  select: () => T,
  vanishedOf: (selected: T) => string | undefined,
): T {
  for (let attempt = 1; ; attempt++) {
    const selected = select();
    const vanished = vanishedOf(selected);
    if (vanished === undefined) {
      return selected;
    }
    // What the system is asked for is then another name than it gave; the build would fail at it, too.
    const isOdd = vanished.includes('\ufffd');
    if (isOdd || attempt === ATTEMPTS) {
      throw sourceUnreadable(
        `${folder.replace(/\/+$/, '')}/${vanished}`,
        isOdd ? 'its name is no UTF-8' : 'it comes and goes while it is read',
      );
    }
  }
}

/**
 * As `digestOf` the frames of all entries, written out: there may be a hundred thousand, and one text of
 * them would be tens of megabytes.
 */
function digestOfSelection({ entries, contents }: Selection): string {
  let hash: Hash | undefined;
  let piece = '';
  entries.forEach(({ path, kind, executable, linkText }, index) => {
    const tail = `${KINDS[kind]}${executable ? '1:x,' : '1:-,'}`;
    piece += framed(
      `${framed(path)}${tail}${framed(linkText ?? '')}${framed(contents[index] ?? '')}`,
    );
    if (piece.length > PIECE) {
      hash ??= createHash('sha256');
      hash.update(piece);
      piece = '';
    }
  });
  return hash?.update(piece).digest('hex') ?? sha256(piece);
}

/** As `frame` of one. */
function framed(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}

const KINDS: Readonly<Record<EntryKind, string>> = {
  file: framed('file'),
  directory: framed('directory'),
  link: framed('link'),
  special: framed('special'),
};
