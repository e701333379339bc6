import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createRegistry } from '../../src/adapters/registry/registryLookup';
import type { RegistryAnswer } from '../../src/core/ports';
import { parseImageReference } from '../../src/core/reference';
import { startRegistry } from '../support/machine/registry';
import type { RegistryOptions, TestRegistry } from '../support/machine/registry';
import { temporaryFolders, writeFiles } from '../support/temporaryFolder';
import { docker, machine } from './support/docker';
import { dockerLogin } from './support/dockerLogin';

const execute = promisify(execFile);
const silent = () => undefined;
const log = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

describe('looking a tag up in a real registry', () => {
  const makeFolder = temporaryFolders();
  const ending: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) {
      await end();
    }
  });

  const start = async (options?: RegistryOptions): Promise<TestRegistry> => {
    const registry = await startRegistry(options);
    ending.push(() => registry.stop());
    return registry;
  };

  /** Pushes the busybox image under another name. @returns the digest that Docker names. */
  const push = async (image: string, config?: string): Promise<string> => {
    await docker('pull', machine('TEST_BUSYBOX'));
    await docker('tag', machine('TEST_BUSYBOX'), image);
    ending.push(() => docker('rmi', image));
    const pushed = await docker(
      ...(config === undefined ? [] : ['--config', config]),
      'push',
      image,
    );
    return /digest: (sha256:[0-9a-f]{64})/.exec(pushed)?.[1] ?? assert.fail(pushed);
  };

  /** Asks with the logins of a Docker config folder. */
  const find = (
    image: string,
    { config = makeFolder(), homeFolder = makeFolder() } = {},
  ): Promise<RegistryAnswer> => {
    const environment = { ...process.env, DOCKER_CONFIG: config };
    const registry = createRegistry({ environment, homeFolder, log, insecureRegistries: [] });
    const reference = parseImageReference(image) ?? assert.fail(image);
    return registry.find(reference, new AbortController().signal);
  };

  it('finds what Docker pushed, with the digest that Docker names', async () => {
    const { address } = await start();
    const digest = await push(`${address}/team/app:1`);
    assert.deepEqual(await find(`${address}/team/app:1`), { state: 'found', digest });
    assert.deepEqual(await find(`${address}/team/app@${digest}`), { state: 'found', digest });
  });

  it('tells an absent tag and an absent repository from a registry that does not answer', async () => {
    const registry = await start();
    const { address } = registry;
    await push(`${address}/team/app:1`);
    assert.deepEqual(await find(`${address}/team/app:2`), { state: 'absent' });
    assert.deepEqual(await find(`${address}/team/other:1`), { state: 'absent' });
    await registry.stop();
    const answer = await find(`${address}/team/app:1`);
    assert.equal(answer.state, 'unreachable');
    assert.equal(answer.problem.code, 'registry-refused');
  });

  it('uses the login that docker login kept', async () => {
    const { address } = await start({ htpasswd: { user: 'ann', password: 'secret' } });
    const config = makeFolder();
    await dockerLogin(address, 'ann', 'secret', config);
    const digest = await push(`${address}/team/app:1`, config);
    assert.deepEqual(await find(`${address}/team/app:1`, { config }), { state: 'found', digest });
  });

  it('says that a login is missing or wrong', async () => {
    const { address } = await start({ htpasswd: { user: 'ann', password: 'secret' } });
    const auth = Buffer.from('ann:other').toString('base64');
    const wrong = makeFolder({ 'config.json': JSON.stringify({ auths: { [address]: { auth } } }) });
    for (const config of [makeFolder(), wrong]) {
      const answer = await find(`${address}/team/app:1`, { config });
      assert.equal(answer.state, 'unreachable');
      assert.equal(answer.problem.code, 'registry-unauthorized');
      assert.match(answer.problem.remedy, new RegExp(`docker login ${address}`));
      assert.ok(answer.problem.reason?.includes(config));
    }
  });

  it("trusts a certificate once its authority is in Docker's certs.d", async () => {
    const certificates = makeFolder();
    const subject = ['-subj', '/CN=tests', '-addext', 'subjectAltName=DNS:localhost'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
    const options = { cwd: certificates };
    await execute('openssl', ['req', '-x509', ...key, ...files, '-days', '2', ...subject], options);
    const { stdout: pem } = await execute('openssl', ['x509', '-in', 'cert.pem'], options);
    const { address } = await start({
      tls: { certFile: `${certificates}/cert.pem`, keyFile: `${certificates}/key.pem` },
    });

    const homeFolder = makeFolder();
    const before = await find(`${address}/team/app:1`, { homeFolder });
    assert.equal(before.state, 'unreachable');
    assert.equal(before.problem.code, 'registry-untrusted');

    writeFiles(homeFolder, { [`.docker/certs.d/${address}/ca.crt`]: pem });
    assert.deepEqual(await find(`${address}/team/app:1`, { homeFolder }), { state: 'absent' });
  });
});
