import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { nodeFileTree } from '../../../src/adapters/files/nodeFileTree';
import { currentCommit, identifyProject } from '../../../src/core/project';
import { temporaryFolders, writeFiles } from '../../support/temporaryFolder';

describe('identifyProject', () => {
  const makeFolder = temporaryFolders();
  const config = (url: string): string =>
    `[core]\n\tbare = false\n[remote "up"]\n\turl = x/other\n[remote "origin"]\n\turl = ${url}\n`;

  it("is named by origin's URL, so that every clone shares its caches", () => {
    for (const url of [
      'git@host:acme/shop.git',
      'https://host/acme/shop.git',
      'https://host/acme/shop/',
      '../shop',
    ]) {
      const folder = makeFolder({
        '.git/config': config(url),
        '.git/HEAD': 'ref: refs/heads/a/b\n',
      });
      assert.deepEqual(identifyProject(nodeFileTree, folder), {
        name: 'shop',
        branch: 'a/b',
        defaultBranch: 'main',
      });
    }
  });

  it('looks above the folder, and takes the default branch where HEAD is detached', () => {
    const top = makeFolder({
      '.git/config': '',
      '.git/HEAD': '0123456789012345678901234567890123456789\n',
      '.git/refs/remotes/origin/HEAD': 'ref: refs/remotes/origin/trunk\n',
      'deep/er/x': '',
    });
    assert.deepEqual(identifyProject(nodeFileTree, join(top, 'deep/er')), {
      name: basename(top),
      branch: 'trunk',
      defaultBranch: 'trunk',
    });
  });

  it('follows a worktree to what all of them share', () => {
    const main = makeFolder({
      '.git/config': config('x/shop'),
      '.git/worktrees/w/HEAD': 'ref: refs/heads/w\n',
      '.git/worktrees/w/commondir': '../..\n',
    });
    const tree = makeFolder({});
    writeFiles(tree, { '.git': `gitdir: ${join(main, '.git/worktrees/w')}\n` });
    assert.deepEqual(identifyProject(nodeFileTree, tree), {
      name: 'shop',
      branch: 'w',
      defaultBranch: 'main',
    });
  });

  it("is the folder's name without git", () => {
    const folder = makeFolder();
    assert.equal(identifyProject(nodeFileTree, folder).name, basename(folder));
  });
});

describe('currentCommit', () => {
  const makeFolder = temporaryFolders();
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const commitOf = (files: Readonly<Record<string, string>>): string | undefined =>
    currentCommit(nodeFileTree, makeFolder(files));

  it('is what the branch names, as a file of its own or packed, or what HEAD itself says', () => {
    const HEAD = 'ref: refs/heads/a/b\n';
    assert.equal(commitOf({ '.git/HEAD': HEAD, '.git/refs/heads/a/b': `${commit}\n` }), commit);
    const packed = `# pack-refs with: peeled\n${'f'.repeat(40)} refs/heads/b\n${commit} refs/heads/a/b\n`;
    assert.equal(commitOf({ '.git/HEAD': HEAD, '.git/packed-refs': packed }), commit);
    assert.equal(commitOf({ '.git/HEAD': `${commit}\n` }), commit);
  });

  it('is unknown outside of git, before the first commit, and where HEAD is damaged', () => {
    assert.equal(commitOf({ x: '' }), undefined);
    assert.equal(commitOf({ '.git/HEAD': 'ref: refs/heads/main\n' }), undefined);
    assert.equal(commitOf({ '.git/HEAD': 'ref: ../../../etc/passwd\n' }), undefined);
  });
});
