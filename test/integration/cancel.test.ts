import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCli, startCli } from './support/commandLine';
import type { CliRun } from './support/commandLine';
import { containersOf, docker, forget, imagesOf, machine, pruneBuildCache } from './support/docker';
import { testWorkspaces, unique } from './support/workspaces';

/** A number of seconds that no other process sleeps. */
const uniqueSleep = (): string => String(40_000 + Math.floor(Math.random() * 1_000_000));

/** The processes of this machine, containers' too, whose command line has the text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        // It ended meanwhile.
        return [];
      }
    })
    .filter((line) => line.includes(text));
}

async function cancel(run: CliRun): Promise<void> {
  run.process.kill('SIGINT');
  const { code, stderr } = await run.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Cancelled\.$/m);
}

describe('cancelling', () => {
  const makeWorkspace = testWorkspaces();
  const servers: Server[] = [];

  afterEach(() => {
    servers.splice(0).forEach((server) => {
      server.closeAllConnections();
      server.close();
    });
  });

  /** A registry before the real one, which keeps back what `held` matches. */
  const holdBack = async (held: RegExp, seen: () => void): Promise<string> => {
    const [host = '', port = ''] = machine('TEST_REGISTRY').split(':');
    const server = createServer((incoming, outgoing) => {
      if (held.test(`${incoming.method ?? ''} ${incoming.url ?? ''}`)) {
        seen();
        return;
      }
      const { method, url: path, headers } = incoming;
      const forwarded = request({ host, port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(forwarded);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    servers.push(server);
    return `localhost:${(server.address() as AddressInfo).port}`;
  };

  it('ends while the registry is asked', async () => {
    const { folder } = makeWorkspace();
    let seen: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (seen = resolve));
    const registry = await holdBack(/manifests/, () => {
      seen();
    });
    const run = startCli(['up', '--workspace-folder', folder, '--registry', `${registry}/dev`]);
    await asked;
    await cancel(run);
    assert.deepEqual(await containersOf(folder), []);
  });

  it('ends while the image is pulled, and leaves no part of it', async function () {
    if (machine('TEST_ENGINE') !== 'unpacked') {
      console.log("SKIPPED: an engine that is somebody's keeps its layers, so nothing is pulled");
      this.skip();
    }
    const { folder } = makeWorkspace();
    const path = `test/${unique()}`;
    const real = `${machine('TEST_REGISTRY')}/${path}`;
    const pushed = await runCli([
      'build',
      '--push',
      '--workspace-folder',
      folder,
      '--registry',
      real,
    ]);
    const key = String(pushed.json['hash']);
    await forget(String(pushed.json['image']));
    await pruneBuildCache();

    let seen: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (seen = resolve));
    const registry = await holdBack(/^GET .*\/blobs\//, () => {
      seen();
    });
    const run = startCli(['up', '--workspace-folder', folder, '--registry', `${registry}/${path}`]);
    await asked;
    await cancel(run);
    assert.deepEqual(await containersOf(folder), []);
    assert.deepEqual(await imagesOf(key), []);
  });

  for (const features of [undefined, { './tool': {} }]) {
    const kind = features === undefined ? 'builds' : 'builds with features';
    it(`ends while it ${kind}, and leaves no process and no image`, async () => {
      const sleep = uniqueSleep();
      const { folder } = makeWorkspace(features === undefined ? {} : { features }, {
        Dockerfile: `FROM ${machine('TEST_BUSYBOX')}\nRUN sleep ${sleep}\n`,
        '.devcontainer/tool/devcontainer-feature.json': '{ "id": "tool", "version": "1.0.0" }',
        '.devcontainer/tool/install.sh': '#!/bin/sh\n',
      });
      const hash = await runCli(['hash', '--workspace-folder', folder]);
      const run = startCli(['up', '--workspace-folder', folder]);
      await run.saw(new RegExp(`#\\d+ \\[.*RUN sleep ${sleep}`));
      await untilSeen(() => processesWith(`sleep ${sleep}`).length > 0);
      await cancel(run);
      assert.deepEqual(await containersOf(folder), []);
      assert.deepEqual(await imagesOf(String(hash.json['hash'])), []);
      // BuildKit ends the step by itself once its client is gone.
      await untilSeen(() => processesWith(`sleep ${sleep}`).length === 0);
      assert.deepEqual(processesWith(folder), []);
    });
  }

  it('ends while hooks run, and removes the container that is half made', async () => {
    const sleep = uniqueSleep();
    const { folder } = makeWorkspace({ postCreateCommand: `sleep ${sleep}` });
    const run = startCli(['up', '--workspace-folder', folder]);
    await untilSeen(() => processesWith(`sleep ${sleep}`).length > 0);
    await cancel(run);
    assert.deepEqual(await containersOf(folder), []);
    assert.deepEqual(processesWith(`sleep ${sleep}`), []);
    assert.deepEqual(processesWith(folder), []);

    const again = await runCli(['check', '--workspace-folder', folder]);
    assert.equal(again.json['state'], 'local', 'the image was whole, and is kept');
  });

  it('ends while it waits for another, which goes on', async () => {
    const { folder } = makeWorkspace({ postCreateCommand: 'sleep 5' });
    const first = startCli(['up', '--workspace-folder', folder]);
    await first.saw(/Building/);
    const second = startCli(['up', '--workspace-folder', folder]);
    await second.saw(/Waiting/);
    await cancel(second);
    const opened = await first.ended;
    assert.equal(opened.code, 0, opened.stderr);
    assert.equal((await containersOf(folder)).length, 1);
    assert.equal(
      await docker('inspect', '--format', '{{.State.Running}}', String(opened.json['containerId'])),
      'true',
    );
  });
});

/** Waits for something that comes by itself; mocha's timeout says if it does not. */
async function untilSeen(seen: () => boolean): Promise<void> {
  while (!seen()) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
