import assert from 'node:assert/strict';
import type { SelectedEntry, Selection } from '../../../../src/core/context/selectFiles';
import { compareMarks, markFiles } from '../../../../src/core/key/fileMarks';
import type { FileChange, FileMarks } from '../../../../src/core/key/fileMarks';

type Entry = Partial<SelectedEntry> & { readonly content?: string };

function selectionOf(files: Readonly<Record<string, Entry>>): Selection {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    entries: sorted.map(([path, { kind = 'file', executable = false, linkText }]) =>
      linkText === undefined ? { path, kind, executable } : { path, kind, executable, linkText },
    ),
    contents: sorted.map(([, { content }]) => content ?? ''),
    vanished: undefined,
  };
}

const marksOf = (files: Readonly<Record<string, Entry>>): FileMarks => {
  const marks = markFiles(selectionOf(files));
  assert.ok(marks !== undefined);
  return marks;
};
const changesOf = (before: FileMarks, after: FileMarks): string[] =>
  compareMarks(before, after).map(({ change, path }: FileChange) => `${change} ${path}`);

describe('file marks', () => {
  it('tell content, mode, kind and link text apart', () => {
    const before = marksOf({
      content: { content: '1' },
      kind: { kind: 'directory' },
      link: { kind: 'link', linkText: 'a' },
      mode: {},
      same: { content: '1' },
    });
    const after = marksOf({
      content: { content: '2' },
      kind: { kind: 'special' },
      link: { kind: 'link', linkText: 'b' },
      mode: { executable: true },
      same: { content: '1' },
    });
    assert.deepEqual(changesOf(before, after), [
      'changed content',
      'changed kind',
      'changed link',
      'changed mode',
    ]);
  });

  const many = (folders: number, files: number, changes: Readonly<Record<string, Entry>> = {}) => {
    const entries: Record<string, Entry> = {};
    for (let folder = 0; folder < folders; folder++) {
      entries[`p/d${folder}`] = { kind: 'directory' };
      for (let file = 0; file < files; file++) {
        entries[`p/d${folder}/f${file}`] = { content: `${folder} ${file}` };
      }
    }
    return { ...entries, ...changes };
  };

  it('name the folder where there are too many files to name each', () => {
    const before = marksOf(many(50, 100));
    const after = marksOf(many(50, 100, { 'p/d7/f3': { content: 'edited' }, 'p/x': {} }));
    assert.deepEqual(changesOf(before, after), ['changed p/d7/', 'added p/x']);
  });

  it('name the folder above where there are too many folders, too', () => {
    const before = marksOf(many(2000, 1));
    const after = marksOf(many(2000, 1, { 'p/d7/f0': { content: 'edited' } }));
    assert.deepEqual(changesOf(before, after), ['changed p/']);
  });

  it('are given up where one folder holds too many files', () => {
    const files = Array.from({ length: 2000 }, (_, index) => [`f${index}`, {}]);
    assert.equal(
      markFiles(selectionOf(Object.fromEntries(files) as Record<string, Entry>)),
      undefined,
    );
  });

  it('say nothing where one side names files and the other folders', () => {
    assert.deepEqual(changesOf(marksOf(many(1, 1)), marksOf(many(50, 100))), []);
  });
});
