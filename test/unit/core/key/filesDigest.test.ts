import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import { ignoresNothing } from '../../../../src/core/context/ignoreFile';
import { selectFiles } from '../../../../src/core/context/selectFiles';
import { digestOf, frame } from '../../../../src/core/key/encoding';
import { digestFiles } from '../../../../src/core/key/filesDigest';
import { executable, link, MemoryTree } from '../../../support/memoryTree';
import { readOf } from '../../../support/plan';
import { problemOf } from '../../../support/problemOf';
import { temporaryFolders } from '../../../support/temporaryFolder';

/** Takes things away while they are read: before each call, what is named next. */
class VanishingTree extends MemoryTree {
  readonly queue: Record<'list' | 'readLink' | 'files', string[]> = {
    list: [],
    readLink: [],
    files: [],
  };

  override list(path: string): ReturnType<MemoryTree['list']> {
    this.#take('list', path);
    return super.list(path);
  }

  override readLink(path: string): string | undefined {
    this.#take('readLink', path);
    return super.readLink(path);
  }

  override files(
    ...[folder, paths]: Parameters<MemoryTree['files']>
  ): ReturnType<MemoryTree['files']> {
    const [gone] = this.queue.files.splice(0, 1);
    if (gone !== undefined) {
      this.delete(gone);
    }
    return super.files(folder, paths);
  }

  #take(call: 'list' | 'readLink', path: string): void {
    if (this.queue[call][0] === path) {
      this.queue[call].shift();
      this.delete(path);
    }
  }
}

const digest = (tree: MemoryTree): string =>
  digestFiles('/c', () => selectFiles(tree, '/c', ignoresNothing, readOf('/'))).digest;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('digestFiles', () => {
  const makeFolder = temporaryFolders();

  it('frames path, kind, mode, link text and content of each entry', () => {
    const tree = new MemoryTree({ '/c/d/ü': 'text', '/c/l': link('d'), '/c/x': executable('') });
    assert.equal(
      digest(tree),
      digestOf([
        frame(['d', 'directory', '-', '', '']),
        frame(['d/ü', 'file', '-', '', sha256('text')]),
        frame(['l', 'link', '-', 'd', '']),
        frame(['x', 'file', 'x', '', sha256('')]),
      ]),
    );
  });

  it('is the same in pieces', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `f${10_000 + index}`);
    const tree = new MemoryTree(Object.fromEntries(names.map((name) => [`/c/${name}`, name])));
    const frames = names.map((name) => frame([name, 'file', '-', '', sha256(name)]));
    assert.equal(digest(tree), digestOf(frames));
  });

  describe('of a tree that changes while it is read', () => {
    const files = { '/c/a': 'a', '/c/d/b': 'b', '/c/l': link('a') };
    const cases = {
      list: ['/c/d', { '/c/a': 'a', '/c/l': link('a') }],
      readLink: ['/c/l', { '/c/a': 'a', '/c/d/b': 'b' }],
      files: ['/c/a', { '/c/d/b': 'b', '/c/l': link('a') }],
    } as const;
    for (const [call, [path, rest]] of Object.entries(cases)) {
      it(`is that of the tree without ${path}, once it has vanished`, () => {
        const tree = new VanishingTree(files);
        tree.queue[call as keyof typeof cases].push(path);
        assert.equal(digest(tree), digest(new MemoryTree(rest)));
      });
    }

    it('is a Problem where it never rests', () => {
      const tree = new VanishingTree({});
      const restless = (): ReturnType<typeof selectFiles> => {
        tree.set('/c/a', 'a');
        tree.queue.files.push('/c/a');
        return selectFiles(tree, '/c', ignoresNothing, readOf('/'));
      };
      const problem = problemOf(() => digestFiles('/c', restless));
      assert.equal(problem.code, 'source-unreadable');
      assert.equal(problem.place?.file, '/c/a');
    });
  });

  it('is a Problem where a name is no UTF-8, as it is one to the build', function () {
    const folder = makeFolder({ a: 'a' });
    try {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.of(0xff)]), '');
    } catch {
      // Not every file system has such names.
      this.skip();
    }
    const problem = problemOf(() =>
      digestFiles(folder, () => selectFiles(nodeFileTree, folder, ignoresNothing, readOf('/'))),
    );
    assert.equal(problem.code, 'source-unreadable');
    assert.match(problem.reason ?? '', /UTF-8/);
  });
});
