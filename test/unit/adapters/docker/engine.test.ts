import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { DockerApi } from '../../../../src/adapters/docker/dockerApi';
import { resolveEndpoint } from '../../../../src/adapters/docker/endpoint';
import type { Endpoint } from '../../../../src/adapters/docker/endpoint';
import { createEngine } from '../../../../src/adapters/docker/engine';
import { engineProblem } from '../../../../src/adapters/docker/engineProblem';
import { EngineTransport } from '../../../../src/adapters/docker/engineTransport';
import { hostPlatform } from '../../../../src/core/platform';
import { Problem } from '../../../../src/core/problem';
import type { PullProgress } from '../../../../src/core/ports';
import { parseImageReference } from '../../../../src/core/reference';
import {
  closeAll,
  freePort,
  makeCertificate,
  recordingLog,
  serve,
  serveRaw,
  temporaryFolder,
  writeExecutable,
} from '../registry/testServers';

const signal = new AbortController().signal;
const PLATFORM = hostPlatform('x64');

const SSH = (): Endpoint => ({
  address: { kind: 'ssh', user: 'ann', host: 'engine', port: 2222, path: undefined },
  text: 'ssh://ann@engine:2222',
  setBy: 'DOCKER_HOST',
});

interface Times {
  readonly pingTimeout?: number;
  readonly timeout?: number;
  readonly silence?: number;
  readonly pullPatience?: number;
}

/** An engine at an address as `DOCKER_HOST` names it. */
function engineAt(dockerHost: string, times: Times = {}) {
  return engineWith(
    () =>
      resolveEndpoint({
        environment: { DOCKER_HOST: dockerHost },
        homeFolder: '/nowhere',
        platform: 'linux',
        readText: () => undefined,
      }),
    { PATH: process.env['PATH'] },
    times,
  );
}

function engineWith(
  findEndpoint: () => Endpoint,
  environment: Readonly<Record<string, string | undefined>>,
  times: Times = {},
) {
  const log = recordingLog();
  const homeFolder = temporaryFolder();
  const docker = new DockerApi(new EngineTransport({ findEndpoint, environment, log, ...times }));
  const engine = createEngine({ docker, environment, homeFolder, log, ...times });
  return { docker, engine, homeFolder, log };
}

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Problem, `not a Problem: ${String(error)}`);
    return error;
  }
  return assert.fail('nothing was thrown');
}

function reference(text: string) {
  const parsed = parseImageReference(text);
  assert.ok(parsed);
  return parsed;
}

describe('an engine that does not answer', () => {
  afterEach(closeAll);

  it('is down where nothing listens', async () => {
    const { engine } = engineAt(`tcp://127.0.0.1:${await freePort()}`);
    const problem = await problemOf(engine.ping(signal));
    assert.equal(problem.code, 'engine-down');
    assert.match(problem.remedy, /DOCKER_HOST/);
  });

  it('is down where there is no socket', async () => {
    const { engine } = engineAt(`unix://${path.join(temporaryFolder(), 'no.sock')}`);
    assert.equal((await problemOf(engine.ping(signal))).code, 'engine-down');
  });

  it('is down where what listens speaks no HTTP', async () => {
    const { port } = await serveRaw((socket) => socket.end('SSH-2.0-x\r\n'));
    const { engine } = engineAt(`tcp://127.0.0.1:${port}`);
    assert.equal((await problemOf(engine.ping(signal))).code, 'engine-down');
  });

  it('is down while it starts', async () => {
    const { port } = await serve((_, respond) => {
      respond(503, {}, '{"message":"starting"}');
    });
    const problem = await problemOf(engineAt(`tcp://127.0.0.1:${port}`).engine.ping(signal));
    assert.equal(problem.code, 'engine-down');
    assert.equal(problem.reason, 'starting');
  });

  it('is silent where it takes the connection and says nothing', async () => {
    const { port } = await serveRaw(() => undefined);
    const times = { pingTimeout: 200, timeout: 200 };
    const { engine, docker } = engineAt(`tcp://127.0.0.1:${port}`, times);
    assert.equal((await problemOf(engine.ping(signal))).code, 'engine-silent');
    assert.equal((await problemOf(docker.info(signal))).code, 'engine-silent');
  });

  it('is silent where it never ends its answer', async () => {
    const { port } = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{');
    });
    const { docker } = engineAt(`tcp://127.0.0.1:${port}`, { timeout: 200 });
    assert.equal((await problemOf(docker.info(signal))).code, 'engine-silent');
  });

  it('is down where it breaks off in its answer', async () => {
    const { port } = await serveRaw((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{');
    });
    const { docker } = engineAt(`tcp://127.0.0.1:${port}`);
    assert.equal((await problemOf(docker.info(signal))).code, 'engine-down');
  });

  it('is not trusted with a certificate of nobody', async () => {
    const { port } = await serve(() => undefined, makeCertificate('DNS:localhost'));
    const { engine } = engineWith(
      () => ({
        address: {
          kind: 'tcp',
          host: 'localhost',
          port,
          tls: { ca: undefined, cert: undefined, key: undefined, verify: 'always' },
        },
        text: `tcp://localhost:${port}`,
        setBy: 'DOCKER_HOST',
      }),
      {},
    );
    assert.equal((await problemOf(engine.ping(signal))).code, 'engine-untrusted');
  });

  it('answers over TLS with its own authority', async () => {
    const certificate = makeCertificate('DNS:localhost');
    const { port } = await serve((_, respond) => {
      respond(200, {}, 'OK');
    }, certificate);
    const tls = {
      ca: certificate.cert,
      cert: undefined,
      key: undefined,
      verify: 'always',
    } as const;
    const { engine } = engineWith(
      () => ({
        address: { kind: 'tcp', host: 'localhost', port, tls },
        text: `tcp://localhost:${port}`,
        setBy: 'DOCKER_HOST',
      }),
      {},
    );
    await engine.ping(signal);
  });

  describe("at Docker's default socket", () => {
    const nowhere = (): Endpoint => ({
      address: { kind: 'unix', path: '/nowhere/docker.sock' },
      text: 'unix:///nowhere/docker.sock',
      setBy: undefined,
    });

    it('is not installed where there is no docker command either', async () => {
      const { engine } = engineWith(nowhere, { PATH: temporaryFolder() });
      assert.equal((await problemOf(engine.ping(signal))).code, 'docker-missing');
    });

    it('is down where there is a docker command', async () => {
      const folder = temporaryFolder();
      writeExecutable(folder, 'docker', 'exit 0');
      const { engine } = engineWith(nowhere, { PATH: folder });
      const problem = await problemOf(engine.ping(signal));
      assert.equal(problem.code, 'engine-down');
      assert.match(problem.remedy, /Start Docker Desktop/);
    });

    it('is forbidden where the socket is for others', () => {
      // Nothing is forbidden to root, as whom tests may run.
      const error = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
      const problem = engineProblem(error, nowhere());
      assert.equal(problem.code, 'engine-forbidden');
      assert.match(problem.remedy, /usermod -aG docker/);
    });
  });

  it('is asked over SSH by the ssh command, whose words tell why that fails', async () => {
    const folder = temporaryFolder();
    writeExecutable(
      folder,
      'ssh',
      'echo "ann@engine: Permission denied (publickey)." >&2; exit 255',
    );
    const { engine } = engineWith(SSH, { PATH: folder });
    const problem = await problemOf(engine.ping(signal));
    assert.equal(problem.code, 'engine-down');
    assert.match(problem.reason ?? '', /Permission denied/);
  });

  it('is left alone after an abort', async () => {
    const server = await serve((_, respond) => {
      respond(200);
    });
    const reason = new Error('too late');
    const { engine } = engineAt(`tcp://127.0.0.1:${server.port}`);
    await assert.rejects(engine.ping(AbortSignal.abort(reason)), reason);
    assert.deepEqual(server.seen, []);
  });

  it('is waited for no longer than until an abort', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const { port } = await serveRaw((socket) => {
      socket.once('data', () => {
        controller.abort(reason);
      });
    });
    const { docker } = engineAt(`tcp://127.0.0.1:${port}`);
    await assert.rejects(docker.info(controller.signal), reason);
  });
});

describe('an engine that answers', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  it('is reached over SSH by what the ssh command connects to', async () => {
    const server = await serve((_, respond) => {
      respond(200, {}, 'OK');
    });
    const folder = temporaryFolder();
    const connect = `const s = require('net').connect(${server.port}); process.stdin.pipe(s); s.pipe(process.stdout);`;
    writeExecutable(
      folder,
      'ssh',
      `echo "$@" > ${folder}/args; exec '${process.execPath}' -e "${connect}"`,
    );
    const environment = { PATH: [folder, process.env['PATH']].join(path.delimiter) };
    await engineWith(SSH, environment).engine.ping(signal);
    assert.equal(
      readFileSync(path.join(folder, 'args'), 'utf8'),
      '-o ConnectTimeout=30 -o BatchMode=yes -T -l ann -p 2222 -- engine docker system dial-stdio\n',
    );
    assert.equal(server.seen[0]?.url, '/_ping');
  });

  it('refuses in its own words', async () => {
    const { port } = await serve((_, respond) => {
      respond(500, {}, '{"message":"the database is locked"}');
    });
    const { docker } = engineAt(`tcp://127.0.0.1:${port}`);
    const problem = await problemOf(docker.listContainers({ labels: {} }, signal));
    assert.equal(problem.code, 'engine-refused');
    assert.equal(problem.reason, 'the database is locked');
  });

  it('may be no engine', async () => {
    const { port } = await serve((_, respond) => {
      respond(200, { 'content-type': 'text/html' }, '<html>');
    });
    const { docker } = engineAt(`tcp://127.0.0.1:${port}`);
    assert.equal((await problemOf(docker.info(signal))).code, 'engine-refused');
  });

  it('says that an image is in use', async () => {
    const { port } = await serve((_, respond) => {
      respond(409, {}, '{"message":"image is being used by running container 1"}');
    });
    const { docker } = engineAt(`tcp://127.0.0.1:${port}`);
    assert.equal((await problemOf(docker.removeImage('a:1', signal))).code, 'image-in-use');
  });
});

describe('pulling', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  const image = reference('registry.example/team/app:1');

  /** An engine that answers a pull as told, and then has the image. */
  async function pullFrom(answer: (socket: Socket) => void, times = {}) {
    const requests: string[] = [];
    const { port } = await serveRaw((socket) => {
      socket.on('data', (data) => {
        const request = data.toString('latin1');
        requests.push(request);
        if (request.startsWith('POST /images/create?')) {
          socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
          answer(socket);
        } else {
          const body = '{"Id":"sha256:1","Config":{"Labels":{"key":"k"}}}';
          socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        }
      });
    });
    return { requests, ...engineAt(`tcp://127.0.0.1:${port}`, times) };
  }

  const chunk = (bytes: Buffer | string): Buffer =>
    Buffer.concat([
      Buffer.from(`${Buffer.byteLength(bytes).toString(16)}\r\n`),
      Buffer.from(bytes),
      Buffer.from('\r\n'),
    ]);
  const event = (value: object): string => `${JSON.stringify(value)}\r\n`;

  it('reports progress, however the lines are cut, and gives the image', async () => {
    const { engine } = await pullFrom((socket) => {
      const lines = Buffer.from(
        event({ id: 'ä', status: 'Pulling fs layer' }) +
          'no JSON\r\n' +
          event({ id: 'ä', status: 'Downloading', progressDetail: { current: 1, total: 4 } }) +
          event({ id: 'ä', status: 'Pull complete' }),
      );
      for (const byte of lines) {
        socket.write(chunk(Buffer.from([byte])));
      }
      socket.write('0\r\n\r\n');
    });
    const seen: PullProgress[] = [];
    const pulled = await engine.pullImage(
      image,
      PLATFORM,
      (progress) => seen.push(progress),
      signal,
    );
    assert.deepEqual(pulled, {
      reference: 'registry.example/team/app:1',
      labels: { key: 'k' },
      triggers: [],
      created: undefined,
      digests: [],
      platform: undefined,
    });
    assert.deepEqual(seen, [
      { layers: 1, layersDone: 0, bytes: 0, total: 0 },
      { layers: 1, layersDone: 0, bytes: 1, total: 4 },
      { layers: 1, layersDone: 1, bytes: 4, total: 4 },
    ]);
  });

  it('asks for the platform with the login of the registry, which stands in no address', async () => {
    const { engine, requests, homeFolder, log } = await pullFrom((socket) =>
      socket.write('0\r\n\r\n'),
    );
    mkdirSync(path.join(homeFolder, '.docker'));
    const auth = Buffer.from('ann:se:cret').toString('base64');
    const auths = { 'registry.example': { auth } };
    writeFileSync(path.join(homeFolder, '.docker/config.json'), JSON.stringify({ auths }));
    await engine.pullImage(image, PLATFORM, () => undefined, signal);
    const [line = '', ...headers] = requests[0]?.split('\r\n') ?? [];
    const query = new URLSearchParams(line.split(/[? ]/)[2]);
    assert.deepEqual(Object.fromEntries(query), {
      fromImage: 'registry.example/team/app',
      tag: '1',
      platform: 'linux/amd64',
    });
    const header = headers.find((text) => /^x-registry-auth: /i.test(text))?.split(': ')[1] ?? '';
    assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
      username: 'ann',
      password: 'se:cret',
      serveraddress: 'registry.example',
    });
    assert.ok(!log.lines.join('\n').includes('se:cret'));
  });

  it('fails with what the engine says on the way', async () => {
    const { engine } = await pullFrom((socket) => {
      const detail = { message: 'write /x: no space left on device' };
      socket.write(chunk(event({ error: 'x', errorDetail: detail })));
      socket.write('0\r\n\r\n');
    });
    const problem = await problemOf(engine.pullImage(image, PLATFORM, () => undefined, signal));
    assert.equal(problem.code, 'pull-no-space');
  });

  it('fails with what the engine says at once', async () => {
    const { port } = await serve((_, respond) => {
      respond(404, {}, '{"message":"manifest for a:1 not found: manifest unknown"}');
    });
    const { engine } = engineAt(`tcp://127.0.0.1:${port}`);
    const problem = await problemOf(engine.pullImage(image, PLATFORM, () => undefined, signal));
    assert.equal(problem.code, 'pull-not-found');
  });

  it('fails where the engine breaks off', async () => {
    const { engine } = await pullFrom((socket) => {
      socket.end(chunk(event({ id: 'a', status: 'Waiting' })));
    });
    const problem = await problemOf(engine.pullImage(image, PLATFORM, () => undefined, signal));
    assert.equal(problem.code, 'engine-down');
  });

  it('waits while the engine is silent but lives', async () => {
    let pings = 0;
    const { engine, requests } = await pullFrom(
      (socket) => {
        const timer = setInterval(() => {
          pings = requests.filter((request) => request.startsWith('GET /_ping')).length;
          if (pings >= 2) {
            clearInterval(timer);
            socket.write('0\r\n\r\n');
          }
        }, 5);
      },
      { silence: 20 },
    );
    await engine.pullImage(image, PLATFORM, () => undefined, signal);
    assert.ok(pings >= 2);
  });

  it('fails where the engine falls silent for good', async () => {
    const { port } = await serveRaw((socket) => {
      socket.once('data', (data) => {
        if (data.toString('latin1').startsWith('POST')) {
          socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        }
      });
    });
    const { engine } = engineAt(`tcp://127.0.0.1:${port}`, { timeout: 100, silence: 50 });
    const problem = await problemOf(engine.pullImage(image, PLATFORM, () => undefined, signal));
    assert.equal(problem.code, 'engine-silent');
  });

  it('gives up where nothing comes from the registry for long', async () => {
    const repeats: NodeJS.Timeout[] = [];
    const { engine } = await pullFrom(
      (socket) => {
        const progress = { id: 'a', status: 'Downloading', progressDetail: { current: 1 } };
        // As the engine does: it says again what it said before.
        repeats.push(setInterval(() => socket.write(chunk(event(progress))), 20));
        socket.on('close', () => {
          repeats.forEach(clearInterval);
        });
      },
      { pullPatience: 200 },
    );
    const problem = await problemOf(engine.pullImage(image, PLATFORM, () => undefined, signal));
    assert.equal(problem.code, 'pull-stalled');
    assert.match(problem.reason ?? '', /nothing came for 0.2 s/);
  });

  it('waits while the engine unpacks, though it says nothing of that', async () => {
    const { engine } = await pullFrom(
      (socket) => {
        socket.write(chunk(event({ id: 'a', status: 'Downloading', progressDetail: {} })));
        socket.write(chunk(event({ id: 'a', status: 'Download complete' })));
        setTimeout(() => {
          socket.end(
            Buffer.concat([chunk(event({ id: 'a', status: 'Pull complete' })), chunk('')]),
          );
        }, 500);
      },
      { pullPatience: 100 },
    );
    const pulled = await engine.pullImage(image, PLATFORM, () => undefined, signal);
    assert.equal(pulled.reference, 'registry.example/team/app:1');
  });

  it('closes the connection on an abort, upon which the engine ends the pull', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    let closed: (() => void) | undefined;
    const whenClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { engine } = await pullFrom((socket) => {
      socket.on('close', () => closed?.());
      socket.write(
        chunk(event({ id: 'a', status: 'Downloading', progressDetail: { current: 1 } })),
      );
    });
    const pulled = engine.pullImage(
      image,
      PLATFORM,
      () => {
        controller.abort(reason);
      },
      controller.signal,
    );
    await assert.rejects(pulled, reason);
    await whenClosed;
  });
});
