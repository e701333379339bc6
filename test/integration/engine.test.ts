import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createDockerApi } from '../../src/adapters/docker/dockerApi';
import type { DockerApi } from '../../src/adapters/docker/dockerApi';
import { createEngine } from '../../src/adapters/docker/engine';
import type { Environment } from '../../src/adapters/docker/dockerConfig';
import { hostPlatform, parsePlatform } from '../../src/core/platform';
import type { Engine, PullProgress } from '../../src/core/ports';
import { Problem } from '../../src/core/problem';
import { parseImageReference } from '../../src/core/reference';
import type { ImageReference } from '../../src/core/reference';
import { startRegistry } from '../support/machine/registry';
import type { RegistryOptions } from '../support/machine/registry';
import { temporaryFolders } from '../support/temporaryFolder';
import { docker, machine } from './support/docker';
import { dockerLogin } from './support/dockerLogin';
import { unique } from './support/workspaces';

const silent = () => undefined;
const log = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };
const signal = new AbortController().signal;
const PLATFORM = hostPlatform(process.arch);
const LABEL = 'devcontainer-prebuild.test';

function connect(environment: Environment): { readonly api: DockerApi; readonly engine: Engine } {
  const options = { environment, homeFolder: '/nowhere', log };
  const api = createDockerApi(options);
  return { api, engine: createEngine({ docker: api, ...options }) };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error.code;
  }
  return 'none';
}

function parse(text: string): ImageReference {
  return parseImageReference(text) ?? assert.fail(text);
}

describe('a real engine', () => {
  const makeFolder = temporaryFolders();
  const ending: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) {
      await end();
    }
  });

  const { api, engine } = connect(process.env);

  const start = async (options?: RegistryOptions): Promise<string> => {
    const registry = await startRegistry(options);
    ending.push(() => registry.stop());
    return registry.address;
  };

  /** Makes a container of busybox that does nothing until it is started. @returns its id. */
  const makeContainer = async (...options: readonly string[]): Promise<string> => {
    const command = ['sh', '-c', 'trap exit TERM; sleep 1000 & wait'];
    await docker('pull', machine('TEST_BUSYBOX'));
    const id = await docker('create', ...options, machine('TEST_BUSYBOX'), ...command);
    ending.push(() => docker('rm', '--force', id).catch(silent));
    return id;
  };

  /** Makes an image with a label and a layer of its own. */
  const makeImage = async (image: string, label: string): Promise<void> => {
    const id = await makeContainer();
    const folder = makeFolder();
    writeFileSync(join(folder, 'random'), randomBytes(2_000_000));
    await docker('cp', join(folder, 'random'), `${id}:/random`);
    await docker('commit', '--change', `LABEL ${LABEL}=${label}`, id, image);
    ending.push(() => docker('rmi', '--force', image).catch(silent));
  };

  /** Pushes an image with a label, which the engine then forgets. */
  const push = async (image: string, label: string, config?: string): Promise<void> => {
    await makeImage(image, label);
    await docker(...(config === undefined ? [] : ['--config', config]), 'push', image);
    await docker('rmi', image);
  };

  it('answers, and says what it is', async () => {
    await engine.ping(signal);
    const { version, imageStore } = await api.info(signal);
    assert.equal(version, await docker('version', '--format', '{{.Server.Version}}'));
    const status = await docker('info', '--format', '{{json .DriverStatus}}');
    assert.equal(imageStore === 'containerd', status.includes('io.containerd.snapshotter.v1'));
  });

  describe('images', () => {
    it('are found with their labels', async () => {
      const image = `localhost/test/${unique()}:1`;
      assert.equal(await engine.findImage(image, signal), undefined);
      await makeImage(image, 'a');
      const found = await engine.findImage(image, signal);
      assert.equal(found?.reference, image);
      assert.equal(found.labels[LABEL], 'a');
    });

    it('are listed by a label, named and removed', async () => {
      const name = `localhost/test/${unique()}`;
      await makeImage(`${name}:1`, 'b');
      await api.tagImage(`${name}:1`, name, '2', signal);
      const listed = await api.listImages({ label: `${LABEL}=b` }, signal);
      assert.deepEqual(listed.flatMap(({ tags }) => tags).sort(), [`${name}:1`, `${name}:2`]);
      await api.removeImage(`${name}:1`, signal);
      await api.removeImage(`${name}:1`, signal);
      assert.equal(await engine.findImage(`${name}:1`, signal), undefined);
      assert.ok(await engine.findImage(`${name}:2`, signal));
      await api.removeImage(`${name}:2`, signal);
    });

    it('are not removed from below a running container', async () => {
      const image = `localhost/test/${unique()}:1`;
      await makeImage(image, 'c');
      const id = await docker('run', '--detach', image);
      ending.push(() => docker('rm', '--force', id));
      assert.equal(await codeOf(api.removeImage(image, signal)), 'image-in-use');
    });

    it('cannot be named after what is missing', async () => {
      const named = api.tagImage('localhost/test/missing:1', 'localhost/test/a', '1', signal);
      assert.equal(await codeOf(named), 'engine-refused');
    });
  });

  describe('pulling', () => {
    it('gives the image with its labels, and tells how far it is', async () => {
      const image = `${await start()}/team/app:1`;
      await push(image, 'pulled');
      const seen: PullProgress[] = [];
      const pulled = await engine.pullImage(
        parse(image),
        PLATFORM,
        (progress) => {
          seen.push(progress);
        },
        signal,
      );
      assert.equal(pulled.reference, image);
      assert.equal(pulled.labels[LABEL], 'pulled');
      const last = seen.at(-1);
      assert.ok(last !== undefined && last.layers > 0);
      assert.equal(last.layersDone, last.layers);
      seen.reduce((before, after) => {
        assert.ok(after.bytes >= before.bytes && after.layersDone >= before.layersDone);
        return after;
      });
    });

    it('finds an image by its digest', async () => {
      const image = `${await start()}/team/app:1`;
      await makeImage(image, 'digest');
      const pushed = await docker('push', image);
      const digest = /sha256:[0-9a-f]{64}/.exec(pushed)?.[0] ?? '';
      await docker('rmi', image);
      const reference = { ...parse(image), tag: undefined, digest };
      ending.push(() => docker('rmi', '--force', image.replace(/:1$/, `@${digest}`)));
      const pulled = await engine.pullImage(reference, PLATFORM, silent, signal);
      assert.equal(pulled.labels[LABEL], 'digest');
    });

    it('says that there is no such image, repository or registry', async () => {
      const address = await start();
      await push(`${address}/team/app:1`, 'x');
      const pull = (image: string): Promise<string> =>
        codeOf(engine.pullImage(parse(image), PLATFORM, silent, signal));
      assert.equal(await pull(`${address}/team/app:2`), 'pull-not-found');
      assert.equal(await pull(`${address}/team/other:1`), 'pull-not-found');
      assert.equal(await pull('localhost:1/team/app:1'), 'pull-network');
    });

    it('says that there is no image for the platform', async () => {
      const address = await start();
      await push(`${address}/team/app:1`, 'x');
      // Only an index says for which platforms an image is.
      const image = `${address}/team/app:index`;
      await docker('buildx', 'imagetools', 'create', '--tag', image, `${address}/team/app:1`);
      const other = parsePlatform('linux/s390x') ?? assert.fail();
      const code = await codeOf(engine.pullImage(parse(image), other, silent, signal));
      assert.equal(code, 'pull-platform-missing');
    });

    it('needs the login that docker login kept', async () => {
      const address = await start({ htpasswd: { user: 'ann', password: 'secret' } });
      const image = `${address}/team/app:1`;
      const config = makeFolder();
      await dockerLogin(address, 'ann', 'secret', config);
      await push(image, 'private', config);
      const pull = (folder: string) => {
        const { engine: other } = connect({ ...process.env, DOCKER_CONFIG: folder });
        return other.pullImage(parse(image), PLATFORM, silent, signal);
      };
      assert.equal(await codeOf(pull(makeFolder())), 'pull-unauthorized');
      assert.equal((await pull(config)).labels[LABEL], 'private');
    });

    it('ends on an abort: the engine lets go of the registry, and has no image', async () => {
      const real = await start();
      await push(`${real}/team/app:1`, unique());
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      let closed: () => void = silent;
      const whenClosed = new Promise<void>((resolve) => {
        closed = resolve;
      });
      // A registry before the real one that keeps every layer back.
      const proxy = createServer((incoming, outgoing) => {
        if (incoming.method === 'GET' && incoming.url?.includes('/blobs/') === true) {
          incoming.socket.on('close', closed);
          controller.abort(reason);
          return;
        }
        const { method, url: path, headers } = incoming;
        const [host, port] = real.split(':');
        request({ host, port, method, path, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        }).end();
      });
      await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
      ending.push(async () => {
        proxy.closeAllConnections();
        await new Promise((resolve) => proxy.close(resolve));
      });
      const image = `localhost:${(proxy.address() as AddressInfo).port}/team/app:1`;
      const pulled = engine.pullImage(parse(image), PLATFORM, silent, controller.signal);
      await assert.rejects(pulled, reason);
      await whenClosed;
      assert.equal(await engine.findImage(image, signal), undefined);
    });
  });

  describe('containers', () => {
    it('are listed by all their labels, stopped or running', async () => {
      const value = unique();
      const both = ['--label', `${LABEL}=${value}`, '--label', `${LABEL}.other=a=b`];
      const id = await makeContainer(...both);
      await makeContainer('--label', `${LABEL}=${value}`);
      const labels = { [LABEL]: value, [`${LABEL}.other`]: 'a=b' };
      const list = async () =>
        (await api.listContainers({ labels }, signal)).map((container) => [
          container.id,
          container.running,
        ]);
      assert.deepEqual(await list(), [[id, false]]);
      await docker('start', id);
      assert.deepEqual(await list(), [[id, true]]);
    });

    it('are described', async () => {
      const folder = makeFolder();
      const name = `prebuild-test-${unique()}`;
      const id = await makeContainer(
        ...['--name', name, '--user', 'daemon', '--label', `${LABEL}=d`],
        ...['--volume', `${folder}:/inside`],
      );
      const image = machine('TEST_BUSYBOX');
      const details = await api.inspectContainer(id, signal);
      assert.ok(details);
      const { imageId, labels, times, created, ...rest } = details;
      assert.deepEqual(times, [created]);
      assert.equal(labels[LABEL], 'd');
      assert.match(imageId, /^sha256:/);
      assert.deepEqual(rest, {
        id,
        name,
        running: false,
        stopped: true,
        image,
        user: 'daemon',
        mounts: [{ source: folder, target: '/inside' }],
      });
    });

    it('are stopped and removed; what is gone stays so', async () => {
      const id = await makeContainer();
      await docker('start', id);
      await api.stopContainer(id, signal);
      assert.equal((await api.inspectContainer(id, signal))?.running, false);
      await api.stopContainer(id, signal);
      await docker('start', id);
      await api.removeContainer(id, signal);
      assert.equal(await api.inspectContainer(id, signal), undefined);
      await api.removeContainer(id, signal);
    });

    it('that are missing cannot be stopped', async () => {
      assert.equal(await codeOf(api.stopContainer('no-such-container', signal)), 'engine-refused');
    });
  });
});
