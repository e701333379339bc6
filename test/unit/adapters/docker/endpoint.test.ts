import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { resolveEndpoint } from '../../../../src/adapters/docker/endpoint';
import type { Endpoint, EndpointAddress } from '../../../../src/adapters/docker/endpoint';
import type { Problem } from '../../../../src/core/problem';
import { problemOf as thrownProblem } from '../../../support/problemOf';

interface Machine {
  readonly environment?: Readonly<Record<string, string>>;
  /** Texts by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
}

function resolve({ environment = {}, files = {}, platform = 'linux' }: Machine): Endpoint {
  return resolveEndpoint({
    environment,
    homeFolder: '/home/ann',
    platform,
    readText: (path) => files[path],
  });
}

/** The Problem of a machine whose engine cannot be found. */
const problemOf = (machine: Machine): Problem => thrownProblem(() => resolve(machine));

const DOCKER = '/home/ann/.docker';
const UNIX = { kind: 'unix', path: '/var/run/docker.sock' } as const;
const hash = (name: string): string => createHash('sha256').update(name).digest('hex');

/** The files of a Docker context. */
function context(name: string, endpoint: unknown, pem: readonly string[] = []) {
  const meta = JSON.stringify({ Name: name, Endpoints: { docker: endpoint } });
  return {
    [`${DOCKER}/contexts/meta/${hash(name)}/meta.json`]: meta,
    ...Object.fromEntries(
      pem.map((file) => [`${DOCKER}/contexts/tls/${hash(name)}/docker/${file}`, `the ${file}`]),
    ),
  };
}

const current = (name: string) => ({
  [`${DOCKER}/config.json`]: JSON.stringify({ currentContext: name }),
});

describe('resolveEndpoint', () => {
  it("is Docker's default socket where nothing names another", () => {
    assert.deepEqual(resolve({}), {
      address: UNIX,
      text: 'unix:///var/run/docker.sock',
      setBy: undefined,
    });
  });

  it("is Docker's pipe on Windows", () => {
    const { address, text } = resolve({ platform: 'win32' });
    assert.deepEqual(address, { kind: 'npipe', path: '//./pipe/docker_engine' });
    assert.equal(text, 'npipe:////./pipe/docker_engine');
  });

  it('does not change where config.json is broken, as with the docker command', () => {
    assert.deepEqual(resolve({ files: { [`${DOCKER}/config.json`]: '{"current' } }).address, UNIX);
  });

  describe('DOCKER_HOST', () => {
    const cases: Readonly<Record<string, EndpointAddress>> = {
      'unix:///run/user/1000/docker.sock': { kind: 'unix', path: '/run/user/1000/docker.sock' },
      'unix://': UNIX,
      'tcp://10.0.0.2:2375': { kind: 'tcp', host: '10.0.0.2', port: 2375, tls: undefined },
      'tcp://engine': { kind: 'tcp', host: 'engine', port: 2375, tls: undefined },
      'tcp://[::1]:80': { kind: 'tcp', host: '::1', port: 80, tls: undefined },
      'tcp://:1234': { kind: 'tcp', host: 'localhost', port: 1234, tls: undefined },
      'engine:1234': { kind: 'tcp', host: 'engine', port: 1234, tls: undefined },
      'ssh://ann@engine:2222': {
        kind: 'ssh',
        user: 'ann',
        host: 'engine',
        port: 2222,
        path: undefined,
      },
      'ssh://engine/run/docker.sock': {
        kind: 'ssh',
        user: undefined,
        host: 'engine',
        port: undefined,
        path: '/run/docker.sock',
      },
    };
    for (const [text, address] of Object.entries(cases)) {
      it(`may be ${text}`, () => {
        const found = resolve({ environment: { DOCKER_HOST: text } });
        assert.deepEqual(found, { address, text, setBy: 'DOCKER_HOST' });
      });
    }

    it('may be a pipe on Windows', () => {
      const environment = { DOCKER_HOST: 'npipe:////./pipe/other' };
      assert.deepEqual(resolve({ environment, platform: 'win32' }).address, {
        kind: 'npipe',
        path: '//./pipe/other',
      });
    });

    for (const text of [
      'fd://',
      'http://engine:2375',
      'npipe:////./pipe/docker_engine',
      'tcp://',
      'tcp://engine:port',
      'tcp://engine:2375/prefix',
      'tcp://ann@engine:2375',
      'ssh://',
      'ssh://engine/a;rm',
      'ssh://ann$(x)@engine',
    ]) {
      it(`must not be ${text}`, () => {
        assert.equal(problemOf({ environment: { DOCKER_HOST: text } }).code, 'docker-host-invalid');
      });
    }

    it('is not shown with a password', () => {
      const problem = problemOf({ environment: { DOCKER_HOST: 'ssh://ann:pa55@engine' } });
      assert.equal(problem.code, 'docker-host-invalid');
      assert.ok(!`${problem.message}${problem.remedy}`.includes('pa55'));
    });

    it('wins over a context', () => {
      const environment = { DOCKER_HOST: 'tcp://a:1', DOCKER_CONTEXT: 'missing' };
      assert.equal(resolve({ environment, files: current('missing') }).text, 'tcp://a:1');
    });

    it('is empty where it names nothing', () => {
      assert.deepEqual(resolve({ environment: { DOCKER_HOST: '' } }).address, UNIX);
    });
  });

  describe('TLS of DOCKER_HOST', () => {
    const files = {
      '/certs/ca.pem': 'ca',
      '/certs/cert.pem': 'cert',
      '/certs/key.pem': 'key',
      [`${DOCKER}/ca.pem`]: 'ca of the config folder',
    };
    const host = 'tcp://engine';

    it('is verified with the certificates of DOCKER_CERT_PATH, on its own port', () => {
      const environment = {
        DOCKER_HOST: host,
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: '/certs',
      };
      assert.deepEqual(resolve({ environment, files }).address, {
        kind: 'tcp',
        host: 'engine',
        port: 2376,
        tls: { ca: 'ca', cert: 'cert', key: 'key', verify: 'always' },
      });
    });

    it("takes the certificates of Docker's config folder by default", () => {
      const environment = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: 'yes' };
      const { address } = resolve({ environment, files });
      assert.ok(address.kind === 'tcp');
      assert.deepEqual(address.tls, {
        ca: 'ca of the config folder',
        cert: undefined,
        key: undefined,
        verify: 'always',
      });
    });

    it('is not verified where only DOCKER_TLS asks for it', () => {
      const environment = { DOCKER_HOST: host, DOCKER_TLS: '1', DOCKER_CERT_PATH: '/certs' };
      const { address } = resolve({ environment, files });
      assert.ok(address.kind === 'tcp');
      assert.equal(address.tls?.verify, 'never');
    });

    it('needs the certificates that it asks for', () => {
      const environment = {
        DOCKER_HOST: host,
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: '/missing',
      };
      const problem = problemOf({ environment, files });
      assert.equal(problem.code, 'docker-certificates-missing');
      assert.equal(problem.place?.file, '/missing/ca.pem');
    });

    it('does not matter to a socket', () => {
      const environment = { DOCKER_HOST: 'unix:///a.sock', DOCKER_TLS_VERIFY: '1' };
      assert.deepEqual(resolve({ environment }).address, { kind: 'unix', path: '/a.sock' });
    });
  });

  describe('a context', () => {
    it('is the current one of config.json', () => {
      const files = {
        ...current('desktop-linux'),
        ...context('desktop-linux', { Host: 'unix:///home/ann/.docker/desktop/docker.sock' }),
      };
      assert.deepEqual(resolve({ files }), {
        address: { kind: 'unix', path: '/home/ann/.docker/desktop/docker.sock' },
        text: 'unix:///home/ann/.docker/desktop/docker.sock',
        setBy: 'the Docker context "desktop-linux"',
      });
    });

    it('is that of DOCKER_CONTEXT rather', () => {
      const files = { ...current('missing'), ...context('mine', { Host: 'tcp://a:1' }) };
      assert.equal(resolve({ environment: { DOCKER_CONTEXT: 'mine' }, files }).text, 'tcp://a:1');
    });

    it('is looked for in DOCKER_CONFIG', () => {
      const files = Object.fromEntries(
        Object.entries({ ...current('mine'), ...context('mine', { Host: 'tcp://a:1' }) }).map(
          ([path, text]) => [path.replace(DOCKER, '/config'), text],
        ),
      );
      assert.equal(resolve({ environment: { DOCKER_CONFIG: '/config' }, files }).text, 'tcp://a:1');
    });

    it('named "default" is the default socket', () => {
      assert.deepEqual(resolve({ environment: { DOCKER_CONTEXT: 'default' } }).address, UNIX);
    });

    it('without an address is the default socket', () => {
      const files = { ...current('mine'), ...context('mine', { Host: '' }) };
      assert.deepEqual(resolve({ files }).address, UNIX);
    });

    it('brings its own certificates', () => {
      const pem = ['ca.pem', 'cert.pem', 'key.pem'];
      const files = { ...current('mine'), ...context('mine', { Host: 'tcp://a:2376' }, pem) };
      assert.deepEqual(resolve({ files }).address, {
        kind: 'tcp',
        host: 'a',
        port: 2376,
        tls: { ca: 'the ca.pem', cert: 'the cert.pem', key: 'the key.pem', verify: 'always' },
      });
    });

    it('may leave the certificate unverified', () => {
      const files = {
        ...current('mine'),
        ...context('mine', { Host: 'tcp://a', SkipTLSVerify: true }),
      };
      const { address } = resolve({ files });
      assert.ok(address.kind === 'tcp');
      assert.equal(address.port, 2376);
      assert.equal(address.tls?.verify, 'never');
    });

    it('that is missing is a Problem that says what names it', () => {
      const byVariable = problemOf({ environment: { DOCKER_CONTEXT: 'gone' } });
      assert.equal(byVariable.code, 'docker-context-missing');
      assert.match(byVariable.remedy, /DOCKER_CONTEXT/);
      const byFile = problemOf({ files: current('gone') });
      assert.equal(byFile.code, 'docker-context-missing');
      assert.ok(byFile.remedy.includes(`${DOCKER}/config.json`));
    });

    for (const [what, meta] of Object.entries({
      'is no JSON': '{"Endpoints"',
      'is a list': '[]',
      'has no endpoint of Docker': '{"Endpoints":{"kubernetes":{}}}',
    })) {
      it(`whose file ${what} is a Problem with that file`, () => {
        const file = `${DOCKER}/contexts/meta/${hash('mine')}/meta.json`;
        const problem = problemOf({ files: { ...current('mine'), [file]: meta } });
        assert.equal(problem.code, 'docker-context-invalid');
        assert.equal(problem.place?.file, file);
      });
    }

    it('whose address is none is a Problem that names the context', () => {
      const files = { ...current('mine'), ...context('mine', { Host: 'gopher://x' }) };
      const problem = problemOf({ files });
      assert.equal(problem.code, 'docker-host-invalid');
      assert.match(problem.remedy, /context "mine"/);
    });
  });
});
