import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import { problemOf } from '../../../support/problemOf';
import { temporaryFolders } from '../../../support/temporaryFolder';

describe('nodeFileTree', () => {
  const makeFolder = temporaryFolders();

  it('tells files, directories, links and the rest apart, and follows nothing', () => {
    const folder = makeFolder({ 'd/f': '12345' });
    symlinkSync('d', join(folder, 'l'));
    execFileSync('mkfifo', [join(folder, 'p')]);
    const kinds = ['d/f', 'd', 'l', 'p'].map((name) => nodeFileTree.stat(join(folder, name))?.kind);
    assert.deepEqual(kinds, ['file', 'directory', 'link', 'special']);
    assert.equal(nodeFileTree.readLink(join(folder, 'l')), 'd');
    assert.deepEqual(
      nodeFileTree
        .list(folder)
        ?.map(({ name, kind }) => `${name} ${kind}`)
        .sort(),
      ['d directory', 'l link', 'p special'],
    );
  });

  it('does not see sockets, as BuildKit does not', async () => {
    const folder = makeFolder();
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(folder, 's'), done));
    try {
      assert.equal(nodeFileTree.stat(join(folder, 's')), undefined);
      assert.deepEqual(nodeFileTree.list(folder), []);
    } finally {
      server.close();
    }
  });

  it('gives different texts for different bytes that are no UTF-8', () => {
    const folder = makeFolder();
    const read = (byte: number): string | undefined => {
      writeFileSync(join(folder, 'f'), Buffer.from([0x61, byte]));
      return nodeFileTree.readText(join(folder, 'f'));
    };
    assert.notEqual(read(0xe4), read(0xf6));
  });

  it('answers that something is missing, in whatever way it is', () => {
    const folder = makeFolder({ f: '' });
    for (const path of ['none', 'f/below', 'none/below']) {
      assert.equal(nodeFileTree.stat(join(folder, path)), undefined);
      assert.equal(nodeFileTree.readText(join(folder, path)), undefined);
    }
    assert.equal(nodeFileTree.list(join(folder, 'f')), undefined);
    assert.equal(nodeFileTree.readText(folder), undefined);
  });

  it('reads a text of any length, and refuses one that never ends', () => {
    for (const size of [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 1_000_000]) {
      const text = 'ü'.repeat(size / 2) + 'x'.repeat(size % 2);
      const folder = makeFolder({ text });
      assert.equal(nodeFileTree.readText(join(folder, 'text')), text);
    }
    const folder = makeFolder();
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    assert.equal(
      problemOf(() => nodeFileTree.readText(join(folder, 'fifo'))).code,
      'source-unreadable',
    );
    assert.equal(nodeFileTree.readText('/dev/zero'), undefined);
  });
});
