import assert from 'node:assert/strict';
import { runCli } from './support/commandLine';
import { docker, forget } from './support/docker';
import { testWorkspaces } from './support/workspaces';

describe('features', () => {
  const makeWorkspace = testWorkspaces();

  it('are installed in one order, in whatever order devcontainer.json names them', async () => {
    const feature = (name: string): Record<string, string> => ({
      [`.devcontainer/${name}/devcontainer-feature.json`]: JSON.stringify({
        id: name,
        version: '1.0.0',
        name,
      }),
      [`.devcontainer/${name}/install.sh`]: `#!/bin/sh\necho ${name} >> /order\n`,
    });
    const { folder, write } = makeWorkspace({}, { ...feature('a'), ...feature('b') });
    const orders: string[] = [];
    const keys: unknown[] = [];
    for (const names of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      write({
        '.devcontainer/devcontainer.json': JSON.stringify({
          build: { dockerfile: '../Dockerfile' },
          features: Object.fromEntries(names.map((name) => [`./${name}`, {}])),
        }),
      });
      const built = await runCli(['build', '--force', '--workspace-folder', folder]);
      assert.equal(built.code, 0, built.stderr);
      keys.push(built.json['hash']);
      orders.push(await docker('run', '--rm', String(built.json['image']), 'cat', '/order'));
      await forget(String(built.json['image']));
    }
    assert.equal(keys[0], keys[1]);
    assert.deepEqual(orders, ['a\nb', 'a\nb']);
  });
});
