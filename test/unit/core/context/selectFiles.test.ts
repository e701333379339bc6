import assert from 'node:assert/strict';
import { ignoresNothing, parseIgnoreFile } from '../../../../src/core/context/ignoreFile';
import type { SelectedEntry } from '../../../../src/core/context/selectFiles';
import { selectFiles } from '../../../../src/core/context/selectFiles';
import type { ContextRead } from '../../../../src/core/dockerfile/reads';
import { Problem } from '../../../../src/core/problem';
import { goldenTests } from '../../../support/golden';
import type { MemoryEntry } from '../../../support/memoryTree';
import { directory, executable, link, MemoryTree, special } from '../../../support/memoryTree';
import { plan, readOf } from '../../../support/plan';

type Files = Readonly<Record<string, string | MemoryEntry>>;

function treeOf(files: Files): MemoryTree {
  return new MemoryTree(
    Object.fromEntries(Object.entries(files).map(([path, entry]) => [`/c/${path}`, entry])),
  );
}

function select(
  files: Files | MemoryTree,
  source: string,
  { ignore = '', ...read }: Partial<ContextRead> & { readonly ignore?: string } = {},
): readonly SelectedEntry[] {
  const tree = files instanceof MemoryTree ? files : treeOf(files);
  const matcher = ignore === '' ? ignoresNothing : parseIgnoreFile(ignore, '.dockerignore');
  const glob = read.glob ?? /[*?[]/.test(source.replace(/\\[^]/g, ''));
  return selectFiles(tree, '/c', matcher, readOf(source, { glob, ...read })).entries;
}

/** Entries in short: `a/` is a directory, `a -> b` a link, `a*` executable, `a|` special. */
function short(entries: readonly SelectedEntry[]): readonly string[] {
  return entries.map(({ path, kind, executable: isExecutable, linkText }) => {
    switch (kind) {
      case 'directory':
        return `${path}/`;
      case 'link':
        return `${path} -> ${linkText ?? ''}`;
      case 'special':
        return `${path}|`;
      case 'file':
        return isExecutable ? `${path}*` : path;
    }
  });
}

function problemOf(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error;
  }
  return assert.fail('no Problem');
}

const TREE: Files = {
  'package.json': '{}',
  'package-lock.json': '{}',
  '.hidden': '',
  'src/a.ts': 'a',
  'src/deep/b.ts': 'b',
  'src/deep/b.md': 'b',
  'src/run.sh': executable('x'),
  'src/empty': directory,
  'lib/a.ts': 'a',
};

describe('what a source selects', () => {
  describe('rule 9: globs', () => {
    it('match by segments, files that begin with a dot too', () => {
      assert.deepEqual(short(select(TREE, '/*.json')), ['package-lock.json', 'package.json']);
      assert.deepEqual(short(select(TREE, '/.*')), ['.hidden']);
      assert.deepEqual(short(select(TREE, '/*/a.ts')), ['lib/a.ts', 'src/a.ts']);
      assert.deepEqual(short(select(TREE, '/src/*/b.*')), ['src/deep/b.md', 'src/deep/b.ts']);
      assert.deepEqual(short(select(TREE, '/*/b.ts')), []);
    });

    it('take what they match whole, and look no further below it', () => {
      assert.deepEqual(short(select(TREE, '/src/d*')), [
        'src/deep/',
        'src/deep/b.md',
        'src/deep/b.ts',
      ]);
    });

    it('may match nothing', () => {
      assert.deepEqual(select(TREE, '/*.go'), []);
      assert.deepEqual(select(TREE, '/src/empty/*.go'), []);
      assert.deepEqual(select(TREE, '/package.json/*'), []);
    });

    it('need the directory that they begin in', () => {
      assert.equal(problemOf(() => select(TREE, '/none/*.go')).code, 'source-missing');
    });

    it('cross a slash by a class', () => {
      assert.deepEqual(short(select({ 'a/b': '', 'a-b': '', axb: '' }, '/a[^x]b')), ['a-b', 'a/b']);
    });

    it('that are malformed fail the build', () => {
      const problem = problemOf(() => select(TREE, '/a['));
      assert.equal(problem.code, 'dockerfile-invalid');
      assert.deepEqual(problem.place, { file: 'Dockerfile', line: 1 });
    });

    it('need no missing source, but a plain one must be there', () => {
      const problem = problemOf(() => select(TREE, '/gone'));
      assert.equal(problem.code, 'source-missing');
      assert.equal(problem.place?.line, 1);
      assert.throws(() => select(TREE, '/package.json/x'), Problem);
    });

    it('are none without an unescaped wildcard', () => {
      const tree: Files = { 'a*b': '', 'a\\*b': '', axb: '' };
      assert.deepEqual(short(select(tree, '/a*b', { glob: false })), ['a*b']);
      assert.deepEqual(short(select(tree, '/a\\*b')), ['a*b', 'a\\*b']);
    });
  });

  describe('rule 10: links', () => {
    it('are followed at a source’s root, and are part of what is read', () => {
      const tree: Files = { 'now -> ': '', now: link('v2'), v1: '1', 'v2/x': '2', 'v2/y': '3' };
      assert.deepEqual(short(select(tree, '/now')), ['now -> v2', 'v2/', 'v2/x', 'v2/y']);
    });

    it('are followed above it', () => {
      const tree: Files = { 'a/b': link('../real'), 'real/c/d': '', real2: '' };
      assert.deepEqual(short(select(tree, '/a/b/c/d')), ['a/b -> ../real', 'real/c/d']);
    });

    it('are followed one after another', () => {
      const tree: Files = { a: link('b'), b: link('./c/../d'), d: 'x' };
      assert.deepEqual(short(select(tree, '/a')), ['a -> b', 'b -> ./c/../d', 'd']);
    });

    it('end at the context’s root, however they are written', () => {
      const tree = new MemoryTree({
        '/c/up': link('../../../etc/x'),
        '/c/abs': link('/etc/x'),
        '/c/etc/x': 'inside',
        '/etc/x': 'outside',
      });
      assert.deepEqual(short(select(tree, '/up')), ['etc/x', 'up -> ../../../etc/x']);
      assert.deepEqual(short(select(tree, '/abs')), ['abs -> /etc/x', 'etc/x']);
    });

    it('are not followed inside a copied directory, and their text counts', () => {
      const tree: Files = { 'd/l': link('../big'), 'd/gone': link('nowhere'), 'big/x': '' };
      assert.deepEqual(short(select(tree, '/d')), ['d/', 'd/gone -> nowhere', 'd/l -> ../big']);
    });

    it('are followed where a glob matches them, and before its wildcards', () => {
      const tree: Files = { l1: link('a'), l2: link('b'), a: '', b: '', d: link('e'), 'e/x.c': '' };
      assert.deepEqual(short(select(tree, '/l*')), ['a', 'b', 'l1 -> a', 'l2 -> b']);
      assert.deepEqual(short(select(tree, '/d/*.c')), ['d -> e', 'e/x.c']);
    });

    it('tell two links from each other when they change places', () => {
      const one: Files = { l1: link('a'), l2: link('b'), a: '', b: '' };
      const other: Files = { l1: link('b'), l2: link('a'), a: '', b: '' };
      assert.notDeepEqual(select(one, '/l*'), select(other, '/l*'));
    });

    it('that lead nowhere, or to something ignored, fail the build', () => {
      assert.equal(problemOf(() => select({ l: link('x') }, '/l')).code, 'source-missing');
      assert.equal(problemOf(() => select({ l: link('x') }, '/l*')).code, 'source-missing');
      const tree: Files = { l: link('x'), x: '' };
      assert.throws(() => select(tree, '/l', { ignore: 'x' }), Problem);
      assert.throws(() => select(tree, '/l', { ignore: 'l' }), Problem);
      assert.throws(() => select({ l: link('d'), 'd/x': '' }, '/l/x', { ignore: 'l' }), Problem);
    });

    it('that lead round in circles fail the build', () => {
      for (const tree of [{ a: link('a') }, { a: link('b'), b: link('a') }, { a: link('a/x') }]) {
        assert.equal(problemOf(() => select(tree, '/a')).code, 'source-links-in-circles');
      }
    });
  });

  describe('rule 11: directories', () => {
    it('count with all that is below them, empty directories too', () => {
      assert.deepEqual(short(select(TREE, '/src')), [
        'src/',
        'src/a.ts',
        'src/deep/',
        'src/deep/b.md',
        'src/deep/b.ts',
        'src/empty/',
        'src/run.sh*',
      ]);
    });

    it('may be empty, which is not the same as missing', () => {
      assert.deepEqual(short(select(TREE, '/src/empty')), ['src/empty/']);
    });

    it('may be the whole context', () => {
      assert.equal(select(TREE, '/').length, 12);
      assert.deepEqual(select(new MemoryTree({ '/c/x': '' }), '/').length, 1);
    });
  });

  describe('rule 12: what counts of an entry', () => {
    it('is its kind, whether it may be executed, and the text of a link', () => {
      assert.deepEqual(select({ 'd/a': executable(''), 'd/l': link('a') }, '/d'), [
        { path: 'd', kind: 'directory', executable: false },
        { path: 'd/a', kind: 'file', executable: true },
        { path: 'd/l', kind: 'link', executable: false, linkText: 'a' },
      ]);
    });

    it('is the name alone of a FIFO, socket or device', () => {
      assert.deepEqual(short(select({ 'd/fifo': special }, '/d')), ['d/', 'd/fifo|']);
      assert.deepEqual(short(select({ fifo: special }, '/fifo')), ['fifo|']);
    });
  });

  describe('rules 20 and 21: what is ignored', () => {
    it('is not there', () => {
      assert.deepEqual(short(select(TREE, '/', { ignore: 'src\n*.json\n.*' })), [
        'lib/',
        'lib/a.ts',
      ]);
      assert.throws(() => select(TREE, '/src', { ignore: 'src' }), Problem);
      assert.deepEqual(select(TREE, '/*.json', { ignore: '*.json' }), []);
    });

    it('keeps a directory that leads to something', () => {
      assert.deepEqual(short(select(TREE, '/', { ignore: '*\n!src/deep/*.md' })), [
        'src/',
        'src/deep/',
        'src/deep/b.md',
      ]);
      assert.deepEqual(short(select(TREE, '/src/deep', { ignore: 'src\n!src/deep/b.md' })), [
        'src/deep/',
        'src/deep/b.md',
      ]);
    });

    it('loses a directory that leads to nothing', () => {
      assert.deepEqual(short(select(TREE, '/', { ignore: '*\n!src/deep/*.go' })), []);
    });
  });

  describe('--exclude', () => {
    it('starts at the source and leaves the source itself', () => {
      assert.deepEqual(short(select(TREE, '/src', { exclude: ['deep', '*.sh', 'src'] })), [
        'src/',
        'src/a.ts',
        'src/empty/',
      ]);
      assert.deepEqual(short(select(TREE, '/src/a.ts', { exclude: ['*'] })), ['src/a.ts']);
    });

    it('takes back', () => {
      assert.deepEqual(short(select(TREE, '/src', { exclude: ['*', '!deep/*.md'] })), [
        'src/',
        'src/deep/',
        'src/deep/b.md',
      ]);
    });

    it('starts at each match of a glob', () => {
      assert.deepEqual(short(select(TREE, '/[sl]*', { exclude: ['*.ts', 'empty', 'deep'] })), [
        'lib/',
        'src/',
        'src/run.sh*',
      ]);
    });

    it('that is malformed fails the build', () => {
      assert.throws(() => select(TREE, '/src', { exclude: ['['] }), Problem);
    });
  });

  describe('--parents', () => {
    it('selects by patterns, where ** works, and keeps the directories above', () => {
      assert.deepEqual(short(select(TREE, '/', { include: ['**/*.md'] })), [
        'src/',
        'src/deep/',
        'src/deep/b.md',
      ]);
      assert.deepEqual(short(select(TREE, '/src', { include: ['deep/b.ts'] })), [
        'src/',
        'src/deep/',
        'src/deep/b.ts',
      ]);
    });

    it('may select nothing', () => {
      assert.deepEqual(select(TREE, '/', { include: ['gone'] }), []);
      assert.deepEqual(select(TREE, '/', { include: [''] }), []);
    });
  });

  it('rule 15: is everything where a read is widened', () => {
    const widened = select(TREE, '/gone', { widened: true, exclude: ['*'], include: ['x'] });
    assert.deepEqual(widened, select(TREE, '/'));
    assert.deepEqual(short(select(TREE, '/x', { widened: true, ignore: '*\n!lib' })), [
      'lib/',
      'lib/a.ts',
    ]);
  });
});

describe('where selection looks', () => {
  const tree = (): MemoryTree =>
    treeOf({ ...TREE, 'node_modules/a/b/c': '', 'other/node_modules/d/e': '', 'src/x/y/z': '' });

  it('is only below the literal part of a source', () => {
    const seen = tree();
    select(seen, '/src/deep/*.ts');
    assert.deepEqual(seen.listed, ['/c/src/deep']);
  });

  it('is only as deep as a glob is', () => {
    const seen = tree();
    select(seen, '/*.json');
    assert.deepEqual(seen.listed, ['/c']);
    const deeper = tree();
    select(deeper, '/s*/*.ts');
    assert.deepEqual(deeper.listed, ['/c', '/c/src']);
  });

  it('is not in what is ignored whole', () => {
    const seen = tree();
    select(seen, '/', { ignore: '**/node_modules\n*.md\n!src/**/README.md' });
    assert.ok(seen.listed.every((path) => !path.includes('node_modules')));
  });

  it('is not in what a pattern of --parents cannot match', () => {
    const seen = tree();
    select(seen, '/', { include: ['src/deep/*.ts'] });
    assert.deepEqual(seen.listed, ['/c', '/c/src', '/c/src/deep']);
  });

  it('is nowhere for a single file', () => {
    const seen = tree();
    select(seen, '/src/a.ts');
    assert.deepEqual(seen.listed, []);
  });
});

describe('selectFiles on whole contexts', () => {
  goldenTests('context', 'selection.json', (read) => {
    const files = JSON.parse(read('context.json')) as Files;
    const ignore = parseIgnoreFile(read('.dockerignore'), '.dockerignore');
    const tree = treeOf(files);
    return plan(read('Dockerfile')).reads.map((each) => ({
      label: each.label,
      entries: short(selectFiles(tree, '/c', ignore, each).entries),
    }));
  });
});
