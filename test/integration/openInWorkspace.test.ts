import assert from 'node:assert/strict';
import { runCli, startCli } from './support/commandLine';
import { containersOf, docker, forget, imagesOf, pruneBuildCache } from './support/docker';
import { emptyRepository, readInside, testWorkspaces } from './support/workspaces';

describe('up', () => {
  const makeWorkspace = testWorkspaces();

  it('builds without a registry, then finds the container that runs, then the local image', async () => {
    const { folder } = makeWorkspace();
    const args = ['up', '--workspace-folder', folder];

    const first = await runCli(args);
    assert.equal(first.json['how'], 'built', first.stderr);
    assert.equal(await readInside(folder, '/app/main'), 'hello');

    const second = await runCli(args);
    assert.equal(second.json['how'], 'running');
    assert.equal(second.json['containerId'], first.json['containerId']);
    assert.deepEqual(
      [second.json['remoteUser'], second.json['workspaceFolder']],
      [first.json['remoteUser'], first.json['workspaceFolder']],
    );

    const check = ['check', '--workspace-folder', folder];
    const running = await runCli(check);
    assert.equal(running.json['state'], 'running', running.stderr);
    assert.equal(running.code, 0);

    await docker('rm', '--force', String(first.json['containerId']));
    assert.equal((await runCli(check)).json['state'], 'local');
    assert.equal((await runCli(args)).json['how'], 'local');
  });

  it('starts a container that was stopped, and does not make another', async () => {
    const { folder } = makeWorkspace();
    const args = ['up', '--workspace-folder', folder];
    const first = await runCli(args);
    await docker('stop', '--time', '0', String(first.json['containerId']));
    const second = await runCli(args);
    assert.equal(second.json['containerId'], first.json['containerId'], second.stderr);
    assert.equal((await containersOf(folder)).length, 1);
  });

  it('pulls a prebuild that was pushed, and runs exactly that image', async () => {
    const { folder } = makeWorkspace();
    const where = ['--workspace-folder', folder, '--registry', emptyRepository()];
    const pushed = await runCli(['build', '--push', ...where]);
    assert.equal(pushed.json['how'], 'built', pushed.stderr);
    await forget(String(pushed.json['image']));

    const opened = await runCli(['up', ...where]);
    assert.equal(opened.json['how'], 'pulled', opened.stderr);
    assert.equal(opened.json['hash'], pushed.json['hash']);
    assert.equal(await readInside(folder, '/app/main'), 'hello');
  });

  it('builds what changed from the layers of the cache, and pushes nothing when opening', async () => {
    const workspace = makeWorkspace();
    const where = ['--workspace-folder', workspace.folder, '--registry', emptyRepository()];
    const pushed = await runCli(['build', '--push', ...where]);
    const image = String(pushed.json['image']);
    const ran = await docker('run', '--rm', image, 'cat', '/unique');
    await forget(image);
    await pruneBuildCache();
    workspace.write({ 'app/more': 'more\n' });

    const state = await runCli(['check', ...where]);
    assert.equal(state.json['state'], 'cache');

    const opened = await runCli(['up', ...where]);
    assert.equal(opened.json['how'], 'built', opened.stderr);
    // The step writes something else each time that it runs: it did not run again.
    assert.equal(await readInside(workspace.folder, '/unique'), ran);
    assert.equal(await readInside(workspace.folder, '/app/more'), 'more');

    await docker('rm', '--force', String(opened.json['containerId']));
    for (const id of await imagesOf(String(opened.json['hash']))) {
      await docker('rmi', '--force', id);
    }
    assert.equal((await runCli(['check', ...where])).json['state'], 'cache', 'it was pushed');
  });

  it('never uses an earlier container unasked, and loses none', async () => {
    const workspace = makeWorkspace();
    const args = ['up', '--workspace-folder', workspace.folder];
    const first = await runCli(args);
    workspace.write({ 'app/main': 'changed\n' });

    const asked = await runCli(args);
    assert.equal(asked.code, 1);
    assert.equal((asked.json['error'] as { code: string }).code, 'container-outdated');
    assert.deepEqual(await containersOf(workspace.folder), [first.json['containerId']]);

    const kept = await runCli([...args, '--existing', 'keep']);
    assert.equal(kept.json['how'], 'kept', kept.stderr);
    assert.equal(kept.json['containerId'], first.json['containerId']);

    const replaced = await runCli([...args, '--existing', 'replace']);
    assert.equal(replaced.json['how'], 'built', replaced.stderr);
    assert.equal(await readInside(workspace.folder, '/app/main'), 'changed');
    assert.equal((await containersOf(workspace.folder)).length, 1);
  });

  it('keeps the earlier container where the build of its successor fails', async () => {
    const workspace = makeWorkspace();
    const args = ['up', '--workspace-folder', workspace.folder, '--existing', 'replace'];
    const first = await runCli(args);
    workspace.write({ Dockerfile: 'FROM scratch\nCOPY nowhere /\n' });
    const failed = await runCli(args);
    assert.equal(failed.code, 1);
    assert.deepEqual(await containersOf(workspace.folder), [first.json['containerId']]);
  });

  it('makes one container where two open the same folder at once', async () => {
    const { folder } = makeWorkspace();
    const args = ['up', '--workspace-folder', folder];
    const [one, two] = await Promise.all([startCli(args).ended, startCli(args).ended]);
    assert.deepEqual([one.json['how'], two.json['how']].sort(), ['built', 'running'], two.stderr);
    assert.equal(one.json['containerId'], two.json['containerId']);
    assert.equal((await containersOf(folder)).length, 1);
  });

  it('runs each hook once, in a container that Dev Containers would find', async () => {
    const { folder } = makeWorkspace({
      onCreateCommand: 'echo create >> /hooks',
      postCreateCommand: ['sh', '-c', 'echo post >> /hooks'],
      postStartCommand: 'echo start >> /hooks',
    });
    const opened = await runCli(['up', '--workspace-folder', folder]);
    assert.equal(opened.code, 0, opened.stderr);
    assert.equal(await readInside(folder, '/hooks'), 'create\npost\nstart');
    const label = '{{index .Config.Labels "devcontainer.config_file"}}';
    assert.equal(
      await docker('inspect', '--format', label, String(opened.json['containerId'])),
      `${folder}/.devcontainer/devcontainer.json`,
    );
  });

  for (const name of [
    'it\'s a "test" $HOME `id`',
    '-leading dash',
    'größe 日本',
    'a;b&&c|d',
    '{x},[y]',
  ]) {
    it(`opens a folder called ${name}`, async () => {
      const { folder } = makeWorkspace({}, { 'app/$(id) -x': 'odd\n' }, name);
      const opened = await runCli(['up', '--workspace-folder', folder]);
      assert.equal(opened.code, 0, opened.stderr);
      assert.equal(await readInside(folder, '/app/$(id) -x'), 'odd');
      assert.equal((await runCli(['up', '--workspace-folder', folder])).json['how'], 'running');
    });
  }

  it('opens an image without a build, and an image with a local feature', async () => {
    const { TEST_BUSYBOX: image } = process.env;
    const plain = makeWorkspace({ build: undefined, image });
    const first = await runCli(['up', '--workspace-folder', plain.folder]);
    assert.equal(first.json['how'], 'built', first.stderr);

    const files = {
      '.devcontainer/tool/devcontainer-feature.json': JSON.stringify({
        id: 'tool',
        version: '1.0.0',
        options: { greeting: { type: 'string', default: 'hi' } },
      }),
      '.devcontainer/tool/install.sh': '#!/bin/sh\necho "$GREETING" > /greeting\n',
    };
    const features = { './tool': { greeting: 'hello' } };
    const featured = makeWorkspace({ build: undefined, image, features }, files);
    const second = await runCli(['up', '--workspace-folder', featured.folder]);
    assert.equal(second.json['how'], 'built', second.stderr);
    assert.equal(await readInside(featured.folder, '/greeting'), 'hello');
  });
});
