import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  findCredentials,
  findPullAuthentication,
} from '../../../../src/adapters/registry/credentials';
import type { CredentialAnswer, Credentials } from '../../../../src/adapters/registry/credentials';
import type { Problem } from '../../../../src/core/problem';
import { closeAll, recordingLog, temporaryFolder, writeExecutable } from './testServers';

const HOST = 'registry.example:5000';
const ANN: Credentials = { kind: 'password', username: 'ann', password: 'se:cret' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const signal = new AbortController().signal;

/** A Docker config folder with a `config.json` of these contents, and a folder in PATH for helpers. */
function setup(config: object | string | undefined, helperTimeout?: number) {
  const folder = temporaryFolder();
  const programs = path.join(folder, 'bin');
  const log = recordingLog();
  if (config !== undefined) {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    writeFileSync(path.join(folder, 'config.json'), text);
  }
  const sources = {
    environment: {
      DOCKER_CONFIG: folder,
      PATH: [programs, process.env['PATH']].join(path.delimiter),
    },
    homeFolder: '/nowhere',
    log,
    ...(helperTimeout !== undefined && { helperTimeout }),
  };
  return {
    folder,
    log,
    sources,
    helper: (name: string, script: string): void => {
      writeExecutable(programs, `docker-credential-${name}`, script);
    },
    find: (host = HOST): Promise<CredentialAnswer> => findCredentials(host, sources, signal),
  };
}

describe('finding the login of a registry', function () {
  // Real programs, on a machine that may be busy.
  this.timeout(20_000);
  afterEach(closeAll);

  describe("in Docker's config.json", () => {
    const cases: Readonly<Record<string, readonly [auths: object, Credentials | undefined]>> = {
      'by the host': [{ [HOST]: { auth: base64('ann:se:cret') } }, ANN],
      'by an address': [{ [`https://${HOST}/v1/`]: { auth: base64('ann:se:cret') } }, ANN],
      'with the padding of old versions': [{ [HOST]: { auth: base64('ann:se:cret\0\0') } }, ANN],
      'as plain fields': [{ [HOST]: { username: 'ann', password: 'se:cret' } }, ANN],
      'as an identity token': [
        { [HOST]: { auth: base64('00000000-0000:'), identitytoken: 'tok' } },
        { kind: 'identity', token: 'tok' },
      ],
      'not for another port': [{ 'registry.example': { auth: base64('a:b') } }, undefined],
      'not in an empty entry': [{ [HOST]: {} }, undefined],
      'not in what has no colon': [{ [HOST]: { auth: base64('ann') } }, undefined],
      'not in what is no base64': [{ [HOST]: { auth: '§§§' } }, undefined],
      'not in an entry of another type': [{ [HOST]: 'ann:se:cret' }, undefined],
    };
    for (const [what, [auths, expected]] of Object.entries(cases)) {
      it(what, async () => {
        const { find, log } = setup({ auths });
        assert.deepEqual((await find()).credentials, expected);
        assert.ok(!log.lines.join('\n').includes('cret'));
      });
    }

    for (const server of ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io']) {
      it(`of Docker Hub under ${server}`, async () => {
        const { find } = setup({ auths: { [server]: { auth: base64('ann:se:cret') } } });
        assert.deepEqual((await find('docker.io')).credentials, ANN);
      });
    }

    for (const [what, text] of Object.entries({
      'there is none': undefined,
      'it is no JSON': '{"auths": {"registry.example:5000": {"auth": "YW5uOnNlOmNyZXQ=',
      'it is a list': '[]',
      'its parts are of other types': '{"auths": [], "credHelpers": 1, "credsStore": {}}',
    })) {
      it(`gives none where ${what}, and says so without its contents`, async () => {
        const { find, log, folder } = setup(text);
        const { credentials, origin } = await find();
        assert.equal(credentials, undefined);
        assert.ok(origin.includes(path.join(folder, 'config.json')));
        assert.ok(!(origin + log.lines.join('\n')).includes('YW5u'));
      });
    }

    it('behind a byte order mark', async () => {
      const text = JSON.stringify({ auths: { [HOST]: { auth: base64('ann:se:cret') } } });
      assert.deepEqual((await setup(`\uFEFF${text}`).find()).credentials, ANN);
    });
  });

  describe('from a credential helper', () => {
    const ANSWER = `{"ServerURL":"x","Username":"ann","Secret":"se:cret"}`;

    it('that keeps all logins, asked by `get` with the host alone on its input', async () => {
      const { find, helper, folder } = setup({ credsStore: 'store' });
      helper('store', `echo "$@" > "${folder}/args"; cat > "${folder}/input"; echo '${ANSWER}'`);
      const { credentials, origin } = await find();
      assert.deepEqual(credentials, ANN);
      assert.equal(origin, 'the login from docker-credential-store was sent');
      assert.equal(readFileSync(path.join(folder, 'args'), 'utf8'), 'get\n');
      assert.equal(readFileSync(path.join(folder, 'input'), 'utf8'), HOST);
    });

    it('of Docker Hub is asked for its old address', async () => {
      const { find, helper, folder } = setup({ credsStore: 'store' });
      helper('store', `cat > "${folder}/input"; echo '${ANSWER}'`);
      assert.deepEqual((await find('docker.io')).credentials, ANN);
      assert.equal(readFileSync(path.join(folder, 'input'), 'utf8'), 'https://index.docker.io/v1/');
    });

    it('of this host rather than the one of all others', async () => {
      const { find, helper } = setup({ credHelpers: { [HOST]: 'own' }, credsStore: 'store' });
      helper('own', `echo '${ANSWER}'`);
      helper('store', 'exit 1');
      assert.deepEqual((await find()).credentials, ANN);
    });

    it('that gives a token', async () => {
      const { find, helper } = setup({ credsStore: 'store' });
      helper('store', `echo '{"Username":"<token>","Secret":"tok"}'`);
      assert.deepEqual((await find()).credentials, { kind: 'identity', token: 'tok' });
    });

    it('that has none is no failure', async () => {
      const { find, helper, log } = setup({ credsStore: 'store' });
      helper('store', 'echo "credentials not found in native keychain"; exit 1');
      const { credentials, origin } = await find();
      assert.equal(credentials, undefined);
      assert.match(origin, /docker-credential-store has none/);
      assert.ok(log.lines.some((line) => line.includes('has no login')));
    });

    const failures: Readonly<Record<string, readonly [script: string | undefined, RegExp]>> = {
      'is not installed': [undefined, /docker-credential-store is not installed/],
      fails: [
        'echo "the keychain is locked"; exit 3',
        /failed with code 3: the keychain is locked/,
      ],
      'fails with a login in its words': [
        'echo "{\\"Secret\\":\\"se:cret\\"}"; exit 3',
        /failed with code 3$/,
      ],
      'answers no JSON': ['echo "se:cret"', /did not answer as a credential helper does/],
      'answers without a secret': ['echo "{}"', /did not answer as a credential helper does/],
    };
    for (const [what, [script, expected]] of Object.entries(failures)) {
      it(`that ${what} gives none, and is named`, async () => {
        const { find, helper, log } = setup({ credsStore: 'store' });
        if (script !== undefined) {
          helper('store', script);
        }
        const { credentials, origin } = await find();
        assert.equal(credentials, undefined);
        assert.match(origin, expected);
        assert.ok(!(origin + log.lines.join('\n')).includes('se:cret'));
      });
    }

    it('that does not answer is ended, and named', async () => {
      const { find, helper } = setup({ credsStore: 'store' }, 200);
      helper('store', 'echo se:cret; sleep 60');
      const problem = await find().then(
        () => assert.fail('it was answered'),
        (error: unknown) => error as Problem,
      );
      assert.equal(problem.code, 'credential-helper-silent');
      assert.match(problem.message, /docker-credential-store does not answer/);
      assert.ok(!`${problem.reason ?? ''} ${problem.remedy}`.includes('se:cret'));
    });

    it('whose name leads elsewhere is not run', async () => {
      const { find, folder } = setup({ credsStore: '../evil' });
      writeExecutable(path.join(folder, 'bin/docker-credential-..'), 'evil', 'touch ran');
      assert.match((await find()).origin, /is no name of a program/);
    });

    it('ends with the question', async () => {
      const { sources, helper } = setup({ credsStore: 'store' });
      helper('store', 'sleep 60');
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      const found = findCredentials(HOST, sources, controller.signal);
      setTimeout(() => {
        controller.abort(reason);
      }, 100);
      await assert.rejects(found, reason);
    });
  });

  describe('for the engine', () => {
    it('has a user and a password', async () => {
      const { sources } = setup({ auths: { [HOST]: { auth: base64('ann:se:cret') } } });
      assert.deepEqual(await findPullAuthentication(HOST, sources, signal), {
        username: 'ann',
        password: 'se:cret',
        serveraddress: HOST,
      });
    });

    it('has a token', async () => {
      const { sources } = setup({ auths: { docker: {}, 'docker.io': { identitytoken: 'tok' } } });
      assert.deepEqual(await findPullAuthentication('docker.io', sources, signal), {
        identitytoken: 'tok',
        serveraddress: 'https://index.docker.io/v1/',
      });
    });

    it('is missing where there is none', async () => {
      const { sources } = setup({});
      assert.equal(await findPullAuthentication(HOST, sources, signal), undefined);
    });
  });
});
