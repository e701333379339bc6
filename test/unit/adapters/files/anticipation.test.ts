import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileWorkers } from '../../../../src/adapters/files/fileWorkers';
import { NodeFileTree, nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import { ignoresNothing } from '../../../../src/core/context/ignoreFile';
import { selectFiles } from '../../../../src/core/context/selectFiles';
import { digestFiles } from '../../../../src/core/key/filesDigest';
import type { FileTree } from '../../../../src/core/fileTree';
import { bundleOf } from '../../../support/bundleOf';
import { readOf } from '../../../support/plan';
import { writeFiles } from '../../../support/temporaryFolder';

/** So many that the threads begin before the names are listed. */
const FILES = Object.fromEntries(
  Array.from({ length: 6000 }, (_, index) => [`d${index % 9}/f${index}`, `text ${index}`]),
);

describe('files that threads look at while names are listed', () => {
  const digest = (tree: FileTree, folder: string, source = '/'): string =>
    digestFiles(folder, () => selectFiles(tree, folder, ignoresNothing, readOf(source))).digest;

  const changes: Record<string, (folder: string) => void> = {
    nothing: () => undefined,
    'a file is edited': (folder) => {
      writeFileSync(join(folder, 'd1/f1'), 'edited');
    },
    'a file is executable': (folder) => {
      chmodSync(join(folder, 'd2/f2'), 0o755);
    },
    'a file is gone': (folder) => {
      rmSync(join(folder, 'd3/f3'));
    },
    'a folder is gone': (folder) => {
      rmSync(join(folder, 'd4'), { recursive: true });
    },
    'a file has come': (folder) => {
      writeFileSync(join(folder, 'd5/f'), '');
    },
    'a file is a link': (folder) => {
      rmSync(join(folder, 'd6/f6'));
      symlinkSync('f15', join(folder, 'd6/f6'));
    },
    'a file is a folder': (folder) => {
      rmSync(join(folder, 'd7/f7'));
      mkdirSync(join(folder, 'd7/f7'));
    },
    'two files change places': (folder) => {
      renameSync(join(folder, 'd8/f8'), join(folder, 'd8/swap'));
      renameSync(join(folder, 'd8/f17'), join(folder, 'd8/f8'));
      renameSync(join(folder, 'd8/swap'), join(folder, 'd8/f17'));
    },
  };
  let folder = '';
  let tree: FileTree;
  before(function () {
    this.timeout(20_000);
    folder = mkdtempSync(join(tmpdir(), 'devcontainer-prebuild-'));
    writeFiles(folder, FILES);
    const script = bundleOf('adapters/files/hashWorker', folder);
    // A clock by which no file is too young to be remembered.
    const now = (): number => Date.now() + 60_000;
    tree = new NodeFileTree({ workers: new FileWorkers(script, 5000, 1), now });
    assert.equal(digest(tree, folder), digest(nodeFileTree, folder));
  });
  after(function () {
    this.timeout(20_000);
    rmSync(folder, { recursive: true });
  });
  for (const [name, change] of Object.entries(changes)) {
    it(`are as they are where ${name}`, function () {
      this.timeout(20_000);
      change(folder);
      for (const source of ['/', '/d1']) {
        assert.equal(digest(tree, folder, source), digest(new NodeFileTree(), folder, source));
      }
    });
  }
});
