import assert from 'node:assert/strict';
import { errorOf, runCli } from './support/commandLine';
import { docker, forget } from './support/docker';
import { emptyRepository, testWorkspaces } from './support/workspaces';

describe('build', () => {
  const makeWorkspace = testWorkspaces();

  it('pushes the image under its key with its cache, and builds nothing the second time', async () => {
    const { folder } = makeWorkspace();
    const repository = emptyRepository();
    const args = ['build', '--push', '--workspace-folder', folder, '--registry', repository];
    const first = await runCli(args);
    assert.equal(first.code, 0, first.stderr);
    const { hash, image, digest } = first.json;
    assert.equal(image, `${repository}:prebuild-${hash as string}`);
    assert.match(String(digest), /^sha256:[0-9a-f]{64}$/);

    const second = await runCli(args);
    assert.equal(second.json['how'], 'present');
    assert.equal(second.json['digest'], digest);
    await forget(image);
    const check = ['check', '--workspace-folder', folder, '--registry', repository];
    const state = await runCli(check);
    assert.deepEqual(
      [state.code, state.json['state'], state.json['digest']],
      [0, 'registry', digest],
    );
  });

  it('labels the image with its key', async () => {
    const { folder } = makeWorkspace();
    const built = await runCli(['build', '--workspace-folder', folder]);
    const label = '{{index .Config.Labels "devcontainer-prebuild.key"}}';
    const image = String(built.json['image']);
    assert.equal(await docker('image', 'inspect', '--format', label, image), built.json['hash']);
    await forget(image);
  });

  it('gives the same digest for the same input', async () => {
    const { folder } = makeWorkspace();
    const args = ['--workspace-folder', folder, '--registry', emptyRepository()];
    const first = await runCli(['build', '--push', ...args]);
    const again = await runCli(['build', '--push', '--force', ...args]);
    assert.equal(again.json['how'], 'built');
    assert.equal(again.json['digest'], first.json['digest']);
    await forget(String(first.json['image']));
  });

  it('does not push without a registry, and says how to name one', async () => {
    const { folder } = makeWorkspace();
    const refused = await runCli(['build', '--push', '--workspace-folder', folder]);
    assert.equal(errorOf(refused).code, 'registry-not-set');
    assert.match(errorOf(refused).remedy, /devcontainerPrebuild\.registry/);
  });

  it("takes the registry from the workspace's settings.json, as the editor does", async () => {
    const repository = emptyRepository();
    const settings = `{ // shared\n "devcontainerPrebuild.registry": "${repository}" }`;
    const { folder } = makeWorkspace({}, { '.vscode/settings.json': settings });
    const pushed = await runCli(['build', '--push', '--workspace-folder', folder]);
    assert.ok(String(pushed.json['image']).startsWith(`${repository}:prebuild-`), pushed.stderr);
    await forget(String(pushed.json['image']));
  });
});
