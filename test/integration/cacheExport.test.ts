import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEngineWithoutContainerdStore } from '../support/machine/engine';
import type { TestEngine } from '../support/machine/engine';
import { ensureBaseImages } from '../support/machine/baseImage';
import { startRegistry } from '../support/machine/registry';
import type { TestRegistry } from '../support/machine/registry';
import { temporaryFolders } from '../support/temporaryFolder';
import { runCli } from './support/commandLine';
import { unique } from './support/workspaces';

describe('an engine without the containerd image store', () => {
  const makeFolder = temporaryFolders();
  let engine: TestEngine;
  let registry: TestRegistry;
  let busybox = '';

  before(async function () {
    this.timeout(300_000);
    engine = await startEngineWithoutContainerdStore(console.log);
    registry = await startRegistry({ storage: 'shared', insideNetworkOf: engine });
    ({ busybox } = await ensureBaseImages(engine, registry, console.log));
  });

  after(async () => {
    await registry.stop();
    await engine.stop();
  });

  it('cannot write a cache: says how to turn it on, and pushes and opens all the same', async () => {
    const folder = makeFolder({
      '.devcontainer.json': JSON.stringify({ build: { dockerfile: 'Dockerfile' } }),
      Dockerfile: `FROM ${busybox}\nRUN echo ${unique()}\n`,
    });
    const where = ['--workspace-folder', folder, '--registry', `${registry.address}/acme/dev`];
    // That engine has a network of its own, and so must whoever uses the same registry.
    const inside = ['nsenter', `--net=/proc/${engine.pid ?? 'none'}/ns/net`, '--'];

    const built = await runCli(['build', '--push', ...where], engine.environment, inside);
    assert.equal(built.json['how'], 'built', built.stderr);
    assert.match(built.stderr, /Warning: This Docker engine cannot write a layer cache/);
    assert.match(built.stderr, /containerd-snapshotter/);

    const opened = await runCli(['up', ...where], engine.environment, inside);
    assert.equal(opened.code, 0, opened.stderr);
    await runInside(['rm', '--force', String(opened.json['containerId'])]);
    await runInside(['rmi', '--force', String(built.json['image'])]);

    const check = await runCli(['check', ...where], engine.environment, inside);
    assert.equal(check.json['state'], 'registry', check.stderr);
  });

  const runInside = (args: readonly string[]): Promise<unknown> =>
    promisify(execFile)('docker', [...args], { env: { ...process.env, ...engine.environment } });
});
