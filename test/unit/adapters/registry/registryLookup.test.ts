import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { createRegistry } from '../../../../src/adapters/registry/registryLookup';
import type { RegistryOptions } from '../../../../src/adapters/registry/registryLookup';
import type { RegistryAnswer } from '../../../../src/core/ports';
import type { Problem } from '../../../../src/core/problem';
import { parseImageReference } from '../../../../src/core/reference';
import type { ImageReference } from '../../../../src/core/reference';
import {
  closeAll,
  freePort,
  makeCertificate,
  recordingLog,
  serve,
  serveProxy,
  serveRaw,
  temporaryFolder,
} from './testServers';
import type { RecordingLog, SeenRequest, TestServer } from './testServers';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const FOUND = { state: 'found', digest: DIGEST } as const;
const PASSWORD = 'pa:ss wörd';
const LOGIN = Buffer.from(`ann:${PASSWORD}`).toString('base64');

function reference(host: string, name = 'team/app', tag = 'prebuild-1'): ImageReference {
  const parsed = parseImageReference(`${host}/${name}:${tag}`);
  assert.ok(parsed);
  return parsed;
}

interface Setup {
  readonly log: RecordingLog;
  readonly homeFolder: string;
  readonly find: (host: string, signal?: AbortSignal) => Promise<RegistryAnswer>;
  /** @returns the Problem of a question that must get no answer. */
  readonly problem: (host: string) => Promise<Problem>;
}

/** A registry client with a home folder of its own. @param auths of its Docker config. */
function setup(auths?: object, options: Partial<RegistryOptions> = {}): Setup {
  const log = recordingLog();
  const homeFolder = temporaryFolder();
  if (auths !== undefined) {
    mkdirSync(path.join(homeFolder, '.docker'));
    writeFileSync(path.join(homeFolder, '.docker/config.json'), JSON.stringify({ auths }));
  }
  const environment = { PATH: process.env['PATH'] };
  const registry = createRegistry({
    environment,
    homeFolder,
    log,
    insecureRegistries: [],
    ...options,
  });
  const find = (host: string, signal = new AbortController().signal): Promise<RegistryAnswer> =>
    registry.find(reference(host), signal);
  return {
    log,
    homeFolder,
    find,
    problem: async (host) => {
      const answer = await find(host);
      assert.equal(answer.state, 'unreachable');
      return answer.problem;
    },
  };
}

/** Everything that a person could come to read of a question. */
function allText(problem: Problem, log: RecordingLog): string {
  const { message, remedy, reason, stack } = problem;
  return [message, remedy, reason, stack, ...log.lines].join('\n');
}

function assertSecret(secret: string, problem: Problem, log: RecordingLog): void {
  const encoded = Buffer.from(secret).toString('base64');
  for (const form of [secret, encoded, encodeURIComponent(secret)]) {
    assert.ok(!allText(problem, log).includes(form), `${form} is to be read`);
  }
}

const needsHeader = ({ headers }: SeenRequest, value: string): boolean =>
  headers.authorization === value;

describe('looking a tag up in a registry', function () {
  // Certificates are made by openssl, on a machine that may be busy.
  this.timeout(20_000);
  afterEach(closeAll);

  describe('an answer', () => {
    it('is found with its digest by one HEAD request for any type of manifest', async () => {
      const server = await serve((_, respond) => {
        respond(200, { 'docker-content-digest': DIGEST });
      });
      assert.deepEqual(await setup().find(server.host), FOUND);
      assert.deepEqual(
        server.seen.map(({ method, url }) => `${method} ${url}`),
        ['HEAD /v2/team/app/manifests/prebuild-1'],
      );
      for (const type of [
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ]) {
        assert.ok(server.seen[0]?.headers.accept?.includes(type), type);
      }
    });

    it('is absent where the registry knows no such tag or repository', async () => {
      const server = await serve((_, respond) => {
        respond(404, {}, '{"errors":[{"code":"NAME_UNKNOWN"}]}');
      });
      assert.deepEqual(await setup().find(server.host), { state: 'absent' });
    });

    it('is found by GET where the registry knows no HEAD', async () => {
      const server = await serve(({ method }, respond) => {
        respond(method === 'HEAD' ? 405 : 200, { 'docker-content-digest': DIGEST });
      });
      assert.deepEqual(await setup().find(server.host), FOUND);
    });

    for (const header of [undefined, 'sha256:short', 'md5:0']) {
      it(`has the digest of the manifest's bytes where the header is ${header ?? 'missing'}`, async () => {
        const manifest = '{"schemaVersion": 2}\n';
        const server = await serve(({ method }, respond) => {
          const headers: Record<string, string> =
            header === undefined ? {} : { 'docker-content-digest': header };
          respond(200, headers, method === 'GET' ? manifest : '');
        });
        const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
        assert.deepEqual(await setup().find(server.host), { state: 'found', digest });
      });
    }

    it('is absent where HEAD is unknown and GET finds nothing', async () => {
      const server = await serve(({ method }, respond) => {
        respond(method === 'HEAD' ? 405 : 404);
      });
      assert.deepEqual(await setup().find(server.host), { state: 'absent' });
    });
  });

  describe('a token server', () => {
    /** A registry that takes the token `good` alone, and its token server. */
    async function tokenRegistry(
      token: (request: SeenRequest) => { status: number; body: object | string },
    ) {
      const tokens = await serve((request, respond) => {
        const { status, body } = token(request);
        respond(status, {}, typeof body === 'string' ? body : JSON.stringify(body));
      });
      const registry = await serve((request, respond) => {
        if (needsHeader(request, 'Bearer good')) {
          respond(200, { 'docker-content-digest': DIGEST });
        } else {
          respond(401, {
            'www-authenticate': `Bearer realm="http://${tokens.host}/token?x=1",service="my, registry",scope="repository:team/app:pull,push"`,
          });
        }
      });
      return { tokens, registry };
    }

    it('is asked without a login where there is none, for what the registry names', async () => {
      const { tokens, registry } = await tokenRegistry(() => ({
        status: 200,
        body: { token: 'good' },
      }));
      assert.deepEqual(await setup().find(registry.host), FOUND);
      const asked = new URL(tokens.seen[0]?.url ?? '', 'http://x');
      assert.equal(asked.pathname, '/token');
      assert.deepEqual(Object.fromEntries(asked.searchParams), {
        x: '1',
        service: 'my, registry',
        scope: 'repository:team/app:pull,push',
      });
      assert.equal(tokens.seen[0]?.headers.authorization, undefined);
    });

    it('is asked once for several questions about one repository', async () => {
      const { tokens, registry } = await tokenRegistry(() => ({
        status: 200,
        body: { access_token: 'good', expires_in: 300 },
      }));
      const { find } = setup();
      assert.deepEqual(await find(registry.host), FOUND);
      assert.deepEqual(await find(registry.host), FOUND);
      assert.equal(tokens.seen.length, 1);
    });

    it('is asked again where its token is no longer accepted', async () => {
      let good = 'first';
      const tokens = await serve((_, respond) => {
        respond(200, {}, JSON.stringify({ token: good }));
      });
      const registry = await serve((request, respond) => {
        if (needsHeader(request, `Bearer ${good}`)) {
          respond(200, { 'docker-content-digest': DIGEST });
        } else {
          respond(401, { 'www-authenticate': `Bearer realm="http://${tokens.host}/"` });
        }
      });
      const { find } = setup();
      assert.deepEqual(await find(registry.host), FOUND);
      good = 'second';
      assert.deepEqual(await find(registry.host), FOUND);
    });

    it('gets the login of docker login', async () => {
      const { registry, tokens } = await tokenRegistry((request) =>
        needsHeader(request, `Basic ${LOGIN}`)
          ? { status: 200, body: { token: 'good' } }
          : { status: 401, body: {} },
      );
      const { find } = setup({ [registry.host]: { auth: LOGIN } });
      assert.deepEqual(await find(registry.host), FOUND);
      assert.ok(!tokens.seen.some(({ url }) => url.includes('ann')));
    });

    it('gets an identity token by POST, in the body', async () => {
      const { registry, tokens } = await tokenRegistry(() => ({
        status: 200,
        body: { access_token: 'good' },
      }));
      const { find } = setup({ [registry.host]: { identitytoken: 'refresh-secret' } });
      assert.deepEqual(await find(registry.host), FOUND);
      assert.equal(tokens.seen[0]?.method, 'POST');
      assert.ok(!tokens.seen[0].url.includes('refresh-secret'));
      const form = new URLSearchParams(tokens.seen[0].body);
      assert.equal(form.get('grant_type'), 'refresh_token');
      assert.equal(form.get('refresh_token'), 'refresh-secret');
      assert.equal(form.get('service'), 'my, registry');
    });

    it('that refuses the login makes it unauthorized, with the file and the command to log in', async () => {
      const { registry } = await tokenRegistry(({ headers }) => ({
        status: 401,
        // A server that repeats what it was sent.
        body: { details: `wrong: ${headers.authorization ?? ''} ${PASSWORD}` },
      }));
      const { problem, log, homeFolder } = setup({ [registry.host]: { auth: LOGIN } });
      const refusal = await problem(registry.host);
      assert.equal(refusal.code, 'registry-unauthorized');
      assert.ok(refusal.remedy.includes(`docker login ${registry.host}`));
      assert.ok(refusal.reason?.includes(path.join(homeFolder, '.docker/config.json')));
      assertSecret(PASSWORD, refusal, log);
      assert.ok(!allText(refusal, log).includes(LOGIN));
    });

    it('that refuses an identity token makes it unauthorized', async () => {
      const { registry } = await tokenRegistry(({ body }) => ({
        status: 400,
        body: { error: 'invalid_grant', error_description: `no: ${body}` },
      }));
      const { problem, log } = setup({ [registry.host]: { identitytoken: 'refresh-secret' } });
      const refusal = await problem(registry.host);
      assert.equal(refusal.code, 'registry-unauthorized');
      assertSecret('refresh-secret', refusal, log);
    });

    it('that denies whoever is not logged in makes it forbidden, as ghcr.io does', async () => {
      const { registry } = await tokenRegistry(() => ({
        status: 403,
        body: { errors: [{ code: 'DENIED', message: 'requested access is denied' }] },
      }));
      const refusal = await setup({}).problem(registry.host);
      assert.equal(refusal.code, 'registry-forbidden');
      assert.ok(refusal.remedy.includes(`docker login ${registry.host}`));
      assert.ok(refusal.reason?.includes('DENIED: requested access is denied'));
    });

    for (const [what, body] of Object.entries({
      'no JSON': '<html>',
      'no token': {},
      'a token with a line break': { token: 'good\r\nx: y' },
      'a list': '[]',
    })) {
      it(`that gives ${what} is no token server`, async () => {
        const { registry } = await tokenRegistry(() => ({ status: 200, body }));
        assert.equal((await setup().problem(registry.host)).code, 'registry-answer-invalid');
      });
    }

    it('whose token is not accepted makes it unauthorized', async () => {
      const { registry } = await tokenRegistry(() => ({
        status: 200,
        body: { token: 'other-secret' },
      }));
      const { problem, log } = setup();
      const refusal = await problem(registry.host);
      assert.equal(refusal.code, 'registry-unauthorized');
      assertSecret('other-secret', refusal, log);
    });

    it('is not followed to where it redirects an identity token', async () => {
      const elsewhere = await serve((_, respond) => {
        respond(200, {}, '{"access_token":"good"}');
      });
      const tokens = await serve((_, respond) => {
        respond(307, { location: `http://${elsewhere.host}/` });
      });
      const registry = await serve((_, respond) => {
        respond(401, { 'www-authenticate': `Bearer realm="http://${tokens.host}/"` });
      });
      const { problem } = setup({ [registry.host]: { identitytoken: 'refresh-secret' } });
      assert.equal((await problem(registry.host)).code, 'registry-answer-invalid');
      assert.deepEqual(elsewhere.seen, []);
    });

    it('on plain HTTP gets no login for a registry on TLS', async () => {
      const tokens = await serve((_, respond) => {
        respond(200, {}, '{"token":"good"}');
      });
      const certificate = makeCertificate('IP:0.0.0.0');
      const registry = await serve((_, respond) => {
        respond(401, { 'www-authenticate': `Bearer realm="http://${tokens.strictHost}/"` });
      }, certificate);
      const { problem, homeFolder } = setup({ [registry.strictHost]: { auth: LOGIN } });
      trust(homeFolder, registry.strictHost, certificate.cert);
      assert.equal((await problem(registry.strictHost)).code, 'registry-answer-invalid');
      assert.deepEqual(tokens.seen, []);
    });
  });

  describe('a registry with basic authentication', () => {
    const basicRegistry = () =>
      serve((request, respond) => {
        if (needsHeader(request, `Basic ${LOGIN}`)) {
          respond(200, { 'docker-content-digest': DIGEST });
        } else {
          respond(401, { 'www-authenticate': 'Basic realm="r"' });
        }
      });

    it('gets the login', async () => {
      const { host } = await basicRegistry();
      assert.deepEqual(await setup({ [host]: { auth: LOGIN } }).find(host), FOUND);
    });

    it('refuses a wrong login', async () => {
      const { host } = await basicRegistry();
      const auth = Buffer.from('ann:wrong-secret').toString('base64');
      const { problem, log } = setup({ [host]: { auth } });
      const refusal = await problem(host);
      assert.equal(refusal.code, 'registry-unauthorized');
      assertSecret('wrong-secret', refusal, log);
      assert.ok(!allText(refusal, log).includes(auth));
    });

    it('says where a login was looked for and is missing', async () => {
      const { host } = await basicRegistry();
      const { problem, homeFolder } = setup({});
      const refusal = await problem(host);
      assert.equal(refusal.code, 'registry-unauthorized');
      assert.ok(refusal.reason?.includes(path.join(homeFolder, '.docker/config.json')));
    });

    it('has no use for an identity token, and is not sent it', async () => {
      const { host, seen } = await basicRegistry();
      const { problem } = setup({ [host]: { identitytoken: 'refresh-secret' } });
      assert.equal((await problem(host)).code, 'registry-unauthorized');
      assert.ok(seen.every(({ headers }) => headers.authorization === undefined));
    });

    it('may ask in a way that nobody knows', async () => {
      const { host } = await serve((_, respond) => {
        respond(401, { 'www-authenticate': 'Negotiate' });
      });
      assert.equal((await setup().problem(host)).code, 'registry-answer-invalid');
    });
  });

  describe('a redirect', () => {
    it('is followed, but the login does not go to another host', async () => {
      const storage = await serve((_, respond) => {
        respond(200, { 'docker-content-digest': DIGEST });
      });
      const registry = await serve((request, respond) => {
        if (needsHeader(request, `Basic ${LOGIN}`)) {
          respond(307, { location: `http://${storage.host}/blob` });
        } else {
          respond(401, { 'www-authenticate': 'Basic realm="r"' });
        }
      });
      const { find } = setup({ [registry.host]: { auth: LOGIN } });
      assert.deepEqual(await find(registry.host), FOUND);
      assert.equal(storage.seen.length, 1);
      assert.equal(storage.seen[0]?.headers.authorization, undefined);
    });

    it('within the registry keeps the login', async () => {
      const registry = await serve((request, respond) => {
        if (!needsHeader(request, `Basic ${LOGIN}`)) {
          respond(401, { 'www-authenticate': 'Basic realm="r"' });
        } else if (request.url === '/elsewhere') {
          respond(200, { 'docker-content-digest': DIGEST });
        } else {
          respond(302, { location: '/elsewhere' });
        }
      });
      const { find } = setup({ [registry.host]: { auth: LOGIN } });
      assert.deepEqual(await find(registry.host), FOUND);
    });

    for (const [what, location] of Object.entries({
      'in a circle': '/v2/team/app/manifests/prebuild-1',
      'to a file': 'file:///etc/passwd',
      'to nowhere': 'http://',
    })) {
      it(`${what} is no answer of a registry`, async () => {
        const { host } = await serve((_, respond) => {
          respond(302, { location });
        });
        assert.equal((await setup().problem(host)).code, 'registry-answer-invalid');
      });
    }

    it('from TLS to plain HTTP is not followed', async () => {
      const plain = await serve((_, respond) => {
        respond(200, { 'docker-content-digest': DIGEST });
      });
      const certificate = makeCertificate('IP:0.0.0.0');
      const registry = await serve((_, respond) => {
        respond(302, { location: `http://${plain.strictHost}/` });
      }, certificate);
      const { problem, homeFolder } = setup();
      trust(homeFolder, registry.strictHost, certificate.cert);
      assert.equal((await problem(registry.strictHost)).code, 'registry-answer-invalid');
      assert.deepEqual(plain.seen, []);
    });
  });

  describe('no answer', () => {
    for (const [status, code] of [
      [400, 'registry-answer-invalid'],
      [403, 'registry-forbidden'],
      [418, 'registry-answer-invalid'],
      [429, 'registry-busy'],
      [500, 'registry-failing'],
      [503, 'registry-failing'],
    ] as const) {
      it(`of status ${status} is ${code}, not absent`, async () => {
        const { host } = await serve((_, respond) => {
          respond(status);
        });
        assert.equal((await setup().problem(host)).code, code);
      });
    }

    it('says when to try again where there were too many requests', async () => {
      const { host } = await serve((_, respond) => {
        respond(429, { 'retry-after': '120' });
      });
      assert.match((await setup().problem(host)).reason ?? '', /120/);
    });

    it('where nothing listens', async () => {
      const problem = await setup().problem(`localhost:${await freePort()}`);
      assert.equal(problem.code, 'registry-refused');
    });

    it('where the host has no address', async () => {
      assert.equal((await setup().problem('registry.invalid')).code, 'registry-host-unknown');
    });

    it('where the port is none', async () => {
      assert.equal((await setup().problem('localhost:99999')).code, 'registry-answer-invalid');
    });

    it('where the registry takes the connection and says nothing', async () => {
      const { host } = await serveRaw(() => undefined);
      const problem = await setup(undefined, { timeout: 300 }).problem(host);
      assert.equal(problem.code, 'registry-timeout');
    });

    it('where the registry never ends its answer', async () => {
      const { host } = await serveRaw((socket) => {
        socket.once('data', (data) => {
          if (data.toString('latin1').startsWith('GET')) {
            socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{');
          } else if (data.toString('latin1').startsWith('HEAD')) {
            socket.end('HTTP/1.1 405 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
          } else {
            socket.destroy();
          }
        });
      });
      const problem = await setup(undefined, { timeout: 500 }).problem(host);
      assert.equal(problem.code, 'registry-timeout');
    });

    it('where the token server says nothing', async () => {
      const tokens = await serveRaw(() => undefined);
      const { host } = await serve((_, respond) => {
        respond(401, { 'www-authenticate': `Bearer realm="http://${tokens.host}/"` });
      });
      const problem = await setup(undefined, { timeout: 500 }).problem(host);
      assert.equal(problem.code, 'registry-timeout');
    });

    it('where what listens speaks no HTTP', async () => {
      const { host } = await serveRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
      assert.equal((await setup().problem(host)).code, 'registry-answer-invalid');
    });

    it('where the connection breaks within the answer', async () => {
      const { host } = await serveRaw((socket) => {
        socket.once('data', (data) => {
          if (/^(HEAD|GET)/.test(data.toString('latin1'))) {
            socket.end('HTTP/1.1 405 No\r\ncontent-length: 100\r\n\r\nxx');
          } else {
            socket.destroy();
          }
        });
      });
      assert.equal((await setup().problem(host)).code, 'registry-unreachable');
    });

    it('where the answer is larger than any manifest', async () => {
      const { host } = await serve(({ method }, respond) => {
        respond(method === 'HEAD' ? 405 : 200, {}, Buffer.alloc(5 * 1024 * 1024));
      });
      assert.equal((await setup().problem(host)).code, 'registry-answer-invalid');
    });

    it('keeps control characters of the registry away from terminals', async () => {
      const { host } = await serve(({ method }, respond) => {
        const body = { errors: [{ code: 'X', message: `a\u001b[31mb\n${'c'.repeat(5000)}` }] };
        respond(method === 'HEAD' ? 405 : 500, {}, JSON.stringify(body));
      });
      const { reason = '' } = await setup().problem(host);
      assert.ok(reason.includes('X: a [31mb c'), reason);
      assert.ok(reason.length <= 200);
    });
  });

  describe('cancelling', () => {
    it('rejects with the reason, and closes the connection', async () => {
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      let closed: (() => void) | undefined;
      const whenClosed = new Promise<void>((resolve) => {
        closed = resolve;
      });
      const { host } = await serveRaw((socket) => {
        socket.on('close', () => closed?.());
        controller.abort(reason);
      });
      await assert.rejects(setup().find(host, controller.signal), reason);
      await whenClosed;
    });

    it('before the question asks nothing', async () => {
      const server = await serve((_, respond) => {
        respond(404);
      });
      const reason = new Error('too late');
      await assert.rejects(setup().find(server.host, AbortSignal.abort(reason)), reason);
      assert.deepEqual(server.seen, []);
    });
  });

  describe('a proxy', () => {
    const PROXY_PASSWORD = 'proxy-secret';
    const behind = async (
      refusal?: number,
    ): Promise<{ registry: TestServer; proxy: Awaited<ReturnType<typeof serveProxy>> }> => {
      const certificate = makeCertificate('IP:0.0.0.0');
      const registry = await serve((_, respond) => {
        respond(200, { 'docker-content-digest': DIGEST });
      }, certificate);
      trust(environmentHome, registry.strictHost, certificate.cert);
      return { registry, proxy: await serveProxy(refusal) };
    };
    let environmentHome = '';
    beforeEach(() => {
      environmentHome = temporaryFolder();
    });
    const by = (port: number, more: Record<string, string> = {}): Setup =>
      setup(undefined, {
        homeFolder: environmentHome,
        environment: { HTTPS_PROXY: `http://me:${PROXY_PASSWORD}@127.0.0.1:${port}`, ...more },
      });

    it('that the environment names leads to the registry, which alone gets to know the question', async () => {
      const { registry, proxy } = await behind();
      const { find } = by(proxy.port);
      assert.deepEqual(await find(registry.strictHost), FOUND);
      assert.ok(proxy.asked.every(({ url }) => url === registry.strictHost));
      assert.match(proxy.asked[0]?.headers['proxy-authorization'] ?? '', /^Basic /);
      assert.equal(registry.seen.at(-1)?.headers['proxy-authorization'], undefined);
    });

    it('is not asked for what NO_PROXY excepts', async () => {
      const { registry, proxy } = await behind();
      assert.deepEqual(
        await by(proxy.port, { NO_PROXY: '0.0.0.0' }).find(registry.strictHost),
        FOUND,
      );
      assert.deepEqual(proxy.asked, []);
    });

    it('that refuses is said to, not the registry, and its password is not shown', async () => {
      const { registry, proxy } = await behind(407);
      const { problem, log } = by(proxy.port);
      const { code, message, reason, remedy } = await problem(registry.strictHost);
      assert.equal(code, 'registry-proxy-failed');
      assert.match(String(reason), /407/);
      const said = [message, reason, remedy, ...log.lines].join('\n');
      assert.equal(said.includes(PROXY_PASSWORD), false);
    });

    it('that is not there is said to be', async () => {
      const { registry } = await behind();
      const { code } = await by(await freePort()).problem(registry.strictHost);
      assert.equal(code, 'registry-proxy-failed');
    });
  });

  describe('TLS', () => {
    const found = (certificate: ReturnType<typeof makeCertificate>) =>
      serve((_, respond) => {
        respond(200, { 'docker-content-digest': DIGEST });
      }, certificate);

    it('must be signed by an authority that is known', async () => {
      const { strictHost, seen } = await found(makeCertificate('IP:0.0.0.0'));
      const problem = await setup().problem(strictHost);
      assert.equal(problem.code, 'registry-untrusted');
      assert.ok(problem.remedy.includes(`/etc/docker/certs.d/${strictHost}`));
      assert.deepEqual(seen, []);
    });

    it("may be signed by an authority that Docker's certs.d names", async () => {
      const certificate = makeCertificate('IP:0.0.0.0');
      const { strictHost } = await found(certificate);
      const { find, homeFolder } = setup();
      trust(homeFolder, strictHost, certificate.cert);
      assert.deepEqual(await find(strictHost), FOUND);
      assert.deepEqual(await find(strictHost), FOUND);
    });

    it('may be signed by an authority of this system', async () => {
      const certificate = makeCertificate('IP:0.0.0.0');
      const { strictHost } = await found(certificate);
      const bundle = path.join(temporaryFolder(), 'bundle.pem');
      writeFileSync(bundle, certificate.cert);
      const { find } = setup(undefined, { environment: { SSL_CERT_FILE: bundle } });
      assert.deepEqual(await find(strictHost), FOUND);
    });

    it('must not have expired', async () => {
      const certificate = makeCertificate('IP:0.0.0.0', 'expired');
      const { strictHost } = await found(certificate);
      const { problem, homeFolder } = setup();
      trust(homeFolder, strictHost, certificate.cert);
      assert.equal((await problem(strictHost)).code, 'registry-certificate-expired');
    });

    it('must be for the host', async () => {
      const certificate = makeCertificate('DNS:elsewhere.example');
      const { strictHost } = await found(certificate);
      const { problem, homeFolder } = setup();
      trust(homeFolder, strictHost, certificate.cert);
      assert.equal((await problem(strictHost)).code, 'registry-certificate-mismatch');
    });

    it('is verified on this machine itself, too, where it is spoken', async () => {
      const certificate = makeCertificate('DNS:localhost');
      const { host } = await found(certificate);
      const { find, problem, homeFolder } = setup();
      assert.equal((await problem(host)).code, 'registry-untrusted');
      trust(homeFolder, host, certificate.cert);
      assert.deepEqual(await find(host), FOUND);
    });

    it('is spoken on this machine where plain HTTP is refused', async () => {
      const certificate = makeCertificate('DNS:localhost');
      const behind = await found(certificate);
      // As Go's net/http does, and with it most registries.
      const { host } = await serveRaw((socket) => {
        socket.once('data', (bytes) => {
          if (bytes[0] !== TLS_HANDSHAKE) {
            socket.end(
              'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
            );
            return;
          }
          const upstream = connect(behind.port, '127.0.0.1');
          upstream.on('error', () => socket.destroy());
          upstream.write(bytes);
          socket.pipe(upstream).pipe(socket);
        });
      });
      const { find, homeFolder } = setup();
      trust(homeFolder, host, certificate.cert);
      assert.deepEqual(await find(host), FOUND);
    });

    it('is not asked for on this machine where plain HTTP is answered', async () => {
      const firstBytes: (number | undefined)[] = [];
      const { host } = await serveRaw((socket) => {
        socket.once('data', (bytes) => {
          firstBytes.push(bytes[0]);
          socket.end(
            `HTTP/1.1 200 OK\r\nDocker-Content-Digest: ${DIGEST}\r\nContent-Length: 0\r\n\r\n`,
          );
        });
      });
      assert.deepEqual(await setup().find(host), FOUND);
      assert.equal(firstBytes.includes(TLS_HANDSHAKE), false);
    });

    it('is not verified for hosts that a person named', async () => {
      const { strictHost } = await found(makeCertificate('DNS:elsewhere.example', 'expired'));
      const { find } = setup(undefined, { insecureRegistries: [strictHost] });
      assert.deepEqual(await find(strictHost), FOUND);
    });

    it('must be spoken by hosts elsewhere, which are sent nothing without it', async () => {
      const server = await serve((_, respond) => {
        respond(200, { 'docker-content-digest': DIGEST });
      });
      const { problem } = setup({ [server.strictHost]: { auth: LOGIN } });
      assert.equal((await problem(server.strictHost)).code, 'registry-plain-http');
      assert.deepEqual(server.seen, []);
    });

    it('need not be spoken by hosts that a person named', async () => {
      const server = await serve((_, respond) => {
        respond(200, { 'docker-content-digest': DIGEST });
      });
      const { find } = setup(undefined, { insecureRegistries: [server.strictHost] });
      assert.deepEqual(await find(server.strictHost), FOUND);
    });
  });
});

/** What a connection by TLS begins with: the type of its first record. */
const TLS_HANDSHAKE = 22;

/** Puts a CA where Docker Desktop looks for it. */
function trust(homeFolder: string, host: string, certificate: string): void {
  const folder = path.join(homeFolder, '.docker/certs.d', host);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'ca.crt'), certificate);
}
