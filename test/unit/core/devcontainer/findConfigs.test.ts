import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import { findConfigs } from '../../../../src/core/devcontainer/findConfigs';
import { temporaryFolders } from '../../../support/temporaryFolder';

describe('findConfigs', () => {
  const makeFolder = temporaryFolders();

  it('finds every place of the specification, in its order, one level deep', () => {
    const folder = makeFolder({
      '.devcontainer/z/devcontainer.json': '',
      '.devcontainer/a/devcontainer.json': '',
      '.devcontainer/a/b/devcontainer.json': '',
      '.devcontainer/devcontainer.json': '',
      '.devcontainer.json': '',
      'devcontainer.json': '',
    });
    assert.deepEqual(
      findConfigs(nodeFileTree, folder),
      [
        '.devcontainer/devcontainer.json',
        '.devcontainer.json',
        '.devcontainer/a/devcontainer.json',
        '.devcontainer/z/devcontainer.json',
      ].map((path) => join(folder, path)),
    );
  });

  it('finds none in a folder without, or that is not there', () => {
    assert.deepEqual(findConfigs(nodeFileTree, makeFolder()), []);
    assert.deepEqual(findConfigs(nodeFileTree, '/no/such/folder'), []);
  });
});
