import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { NodeFileTree, nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import { decodeTable, encodeTable } from '../../../../src/adapters/files/statTable';
import type { FileTree } from '../../../../src/core/fileTree';
import { problemOf } from '../../../support/problemOf';
import { temporaryFolders, writeFiles } from '../../../support/temporaryFolder';

const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** A clock by which every file is old enough for its digest to be kept. */
const later = (): number => Date.now() + 60_000;

const digestsOf = (
  tree: FileTree,
  folder: string,
  paths: readonly string[],
): readonly (string | undefined)[] => tree.files(folder, paths).sha256;

/** So many that they are worth a cache on the disk. */
const MANY = Object.fromEntries(
  Array.from({ length: 300 }, (_, index) => [
    `f${String(index).padStart(3, '0')}`,
    `text ${index}`,
  ]),
);
const NAMES = Object.keys(MANY);
const TRUTH = Object.values(MANY).map(sha256);

describe('files of a folder', () => {
  const makeFolder = temporaryFolders();

  it('have the digests of their bytes, in order', () => {
    const folder = makeFolder({ a: '', b: 'x', 'c/d': 'y' });
    const sizes = [256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3_000_001];
    const large = sizes.map((size) => Buffer.alloc(size, 'ab'));
    large.forEach((bytes, index) => {
      writeFileSync(join(folder, `large${index}`), bytes);
    });
    const paths = ['a', 'b', 'c/d', ...large.map((_, index) => `large${index}`)];
    const expected = [sha256(''), sha256('x'), sha256('y'), ...large.map(sha256)];
    assert.deepEqual(digestsOf(nodeFileTree, folder, paths), expected);
  });

  it("have a mode as git has it: the owner's x bit", () => {
    const folder = makeFolder({ a: '', b: '' });
    chmodSync(join(folder, 'a'), 0o744);
    chmodSync(join(folder, 'b'), 0o677);
    const files = nodeFileTree.files(folder, ['a', 'b', 'none']);
    assert.deepEqual(files.executable, [true, false, false]);
  });

  describe('that are none any more when they are read', () => {
    const changes: Readonly<Record<string, (file: string) => void>> = {
      'are not there where they vanished': rmSync,
      'are not there where they became links': (file) => {
        renameSync(file, `${file}.moved`);
        symlinkSync(`${file}.moved`, file);
      },
      'are not there where they became folders': (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      'are not there where they became FIFOs, and nothing waits': (file) => {
        rmSync(file);
        execFileSync('mkfifo', [file]);
      },
    };
    for (const [name, change] of Object.entries(changes)) {
      for (const isKnown of [false, true]) {
        it(`${name}${isKnown ? ', though they are known' : ''}`, () => {
          const folder = makeFolder({ a: 'a', b: 'b' });
          const tree = new NodeFileTree({ now: later });
          if (isKnown) {
            tree.files(folder, ['a', 'b']);
          }
          change(join(folder, 'a'));
          assert.deepEqual(digestsOf(tree, folder, ['a', 'b']), [undefined, sha256('b')]);
        });
      }
    }
  });

  describe('that change', () => {
    it('have the digest of what they hold now, and the mode', () => {
      const names = ['executable', 'longer', 'replaced', 'shorter'];
      const folder = makeFolder(Object.fromEntries(names.map((name) => [name, 'abc'])));
      const tree = new NodeFileTree({ now: later });
      tree.files(folder, names);
      writeFiles(folder, { shorter: 'a', longer: 'abcd', other: 'xyz' });
      renameSync(join(folder, 'other'), join(folder, 'replaced'));
      chmodSync(join(folder, 'executable'), 0o755);
      assert.deepEqual(tree.files(folder, names), {
        executable: [true, false, false, false],
        sha256: ['abc', 'abcd', 'xyz', 'a'].map(sha256),
      });
    });

    it('are a Problem where they do so without end', async function () {
      this.timeout(20_000);
      const folder = makeFolder({ a: 'a' });
      const file = join(folder, 'b');
      writeFileSync(file, Buffer.alloc(16 * 1024 * 1024));
      const script = `const fs = require('fs'), file = fs.openSync(process.argv[1], 'r+');
        for (let count = 0; ; count++) { fs.writeSync(file, String(count), 0); if (count === 9) console.log(); }`;
      const writer = spawn(process.execPath, ['-e', script, file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await once(writer.stdout, 'data');
        const problem = problemOf(() => {
          // On a busy machine the writer may rest for as long as a read takes.
          for (let attempt = 0; attempt < 20; attempt++) {
            digestsOf(nodeFileTree, folder, ['a', 'b']);
          }
        });
        assert.equal(problem.code, 'source-unreadable');
        assert.equal(problem.place?.file, file);
      } finally {
        writer.kill('SIGKILL');
      }
    });
  });

  it('are a Problem that names the file where one cannot be read', () => {
    const folder = makeFolder();
    const name = 'n'.repeat(300);
    const problem = problemOf(() => nodeFileTree.files(folder, [name]));
    assert.equal(problem.code, 'source-unreadable');
    assert.equal(problem.place?.file, join(folder, name));
  });

  it('are read again where they were written to within a tick of the clock', () => {
    const folder = makeFolder();
    const tree = new NodeFileTree();
    for (let round = 0; round < 500; round++) {
      const text = String(round % 10);
      writeFileSync(join(folder, 'f'), text);
      assert.deepEqual(digestsOf(tree, folder, ['f']), [sha256(text)]);
    }
  });

  describe('with a cache', () => {
    /** A cache in which every digest is another one than that of the bytes: who gives them, trusts it. */
    function forgeCache(folder: string, cacheFolder: string): readonly string[] {
      new NodeFileTree({ cacheFolder, now: later }).files(folder, NAMES);
      const [name = ''] = readdirSync(cacheFolder);
      const table = decodeTable(readFileSync(join(cacheFolder, name)));
      assert.ok(table !== undefined);
      table.digests.fill('a'.charCodeAt(0));
      writeFileSync(join(cacheFolder, name), encodeTable(table));
      return NAMES.map(() => 'a'.repeat(64));
    }

    it('are not read again by the next process', () => {
      const folder = makeFolder(MANY);
      const cacheFolder = join(makeFolder(), 'cache');
      const forged = forgeCache(folder, cacheFolder);
      const tree = new NodeFileTree({ cacheFolder, now: later });
      assert.deepEqual(digestsOf(tree, folder, NAMES), forged);
    });

    it('are read again where they were written to, and only those', () => {
      const folder = makeFolder(MANY);
      const cacheFolder = join(makeFolder(), 'cache');
      const forged = forgeCache(folder, cacheFolder);
      writeFiles(folder, { f007: 'text 8' });
      const tree = new NodeFileTree({ cacheFolder, now: later });
      const expected = forged.with(7, sha256('text 8'));
      assert.deepEqual(digestsOf(tree, folder, NAMES), expected);
      assert.deepEqual(digestsOf(tree, folder, NAMES), expected);
    });

    it('are not known under another folder', () => {
      const folder = makeFolder(MANY);
      const cacheFolder = join(makeFolder(), 'cache');
      forgeCache(folder, cacheFolder);
      const other = makeFolder(MANY);
      const tree = new NodeFileTree({ cacheFolder, now: later });
      assert.deepEqual(digestsOf(tree, other, NAMES), TRUTH);
    });

    it('leave no trace where they were just written, nor where they are few', () => {
      const folder = makeFolder(MANY);
      const cacheFolder = join(makeFolder(), 'cache');
      new NodeFileTree({ cacheFolder }).files(folder, NAMES);
      new NodeFileTree({ cacheFolder, now: later }).files(folder, NAMES.slice(0, 20));
      assert.throws(() => readdirSync(cacheFolder), { code: 'ENOENT' });
    });

    it('need no cache that can be written', () => {
      const folder = makeFolder(MANY);
      const cacheFolder = join(folder, 'f000', 'below-a-file');
      const tree = new NodeFileTree({ cacheFolder, now: later });
      assert.deepEqual(digestsOf(tree, folder, NAMES), TRUTH);
    });
  });
});
