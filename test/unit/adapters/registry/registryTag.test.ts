import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRegistry } from '../../../../src/adapters/registry/registryLookup';
import { closeAll, recordingLog, serve, temporaryFolder } from './testServers';
import type { SeenRequest, TestServer } from './testServers';

const MANIFEST = '{ "schemaVersion": 2 }';
const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const digest = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;

describe('giving what a digest names a tag', () => {
  afterEach(closeAll);

  /** @param stored what the registry sends for the digest. */
  async function registryOf(stored: string, status: number): Promise<TestServer> {
    const tokens = await serve(({ url }, respond) => {
      const scope = new URL(url, 'http://x').searchParams.get('scope') ?? '';
      respond(200, {}, JSON.stringify({ token: scope.endsWith(':pull,push') ? 'write' : 'read' }));
    });
    const mayPass = ({ method, headers }: SeenRequest): boolean =>
      headers.authorization === 'Bearer write' ||
      (method === 'GET' && headers.authorization === 'Bearer read');
    return serve((request, respond) => {
      if (!mayPass(request)) {
        const right = request.method === 'PUT' ? 'pull,push' : 'pull';
        const scope = `scope="repository:team/app:${right}"`;
        const realm = `realm="http://${tokens.host}/token"`;
        respond(401, { 'www-authenticate': `Bearer ${realm},${scope}` });
      } else if (request.method === 'GET') {
        respond(200, { 'content-type': TYPE }, stored);
      } else {
        respond(status);
      }
    });
  }

  const tag = (registry: TestServer): Promise<void> =>
    createRegistry({
      environment: {},
      homeFolder: temporaryFolder(),
      log: recordingLog(),
      insecureRegistries: [],
    }).tag(
      { host: registry.host, repository: 'team/app', digest },
      'latest-shop-main',
      new AbortController().signal,
    );

  it('writes the very bytes under the tag, with a token that may', async () => {
    const registry = await registryOf(MANIFEST, 201);
    await tag(registry);
    const put = registry.seen.at(-1);
    assert.deepEqual(
      [put?.method, put?.url, put?.headers['content-type'], put?.body],
      ['PUT', '/v2/team/app/manifests/latest-shop-main', TYPE, MANIFEST],
    );
  });

  it('says why where the registry refuses', async () => {
    const tagged = tag(await registryOf(MANIFEST, 403));
    await assert.rejects(tagged, { code: 'registry-forbidden' });
  });

  it('writes nothing that is not what the digest names', async () => {
    const registry = await registryOf('{}', 201);
    await assert.rejects(tag(registry), { code: 'registry-answer-invalid' });
    assert.ok(registry.seen.every(({ method }) => method === 'GET'));
  });
});
