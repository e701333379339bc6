import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRegistry } from '../../../../src/adapters/registry/registryLookup';
import type { RegistryStore } from '../../../../src/core/ports';
import { Problem } from '../../../../src/core/problem';
import { closeAll, recordingLog, serve, temporaryFolder } from './testServers';
import type { TestServer } from './testServers';

const signal = new AbortController().signal;
const LOGIN = Buffer.from('ann:secret').toString('base64');
const DIGEST = `sha256:${'a'.repeat(64)}`;

const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

function storeOf(auths: object = {}): { readonly store: RegistryStore; readonly home: string } {
  const home = temporaryFolder();
  mkdirSync(path.join(home, '.docker'));
  writeFileSync(path.join(home, '.docker/config.json'), JSON.stringify({ auths }));
  const environment = { PATH: process.env['PATH'] };
  const options = { environment, homeFolder: home, log: recordingLog(), insecureRegistries: [] };
  return { store: createRegistry(options), home };
}

const repository = ({ host }: TestServer) => ({ host, repository: 'team/app' });
const tagged = (server: TestServer, tag = 'prebuild-1') => ({
  ...repository(server),
  tag,
  digest: undefined,
});
const manifest = (server: TestServer) => ({ ...tagged(server), digest: DIGEST });

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error: unknown = await promise.then(
    () => assert.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

describe('what a registry keeps', () => {
  afterEach(closeAll);

  describe('its tags', () => {
    it('are listed page by page, wherever a page says that the next one is', async () => {
      const elsewhere = await serve((_, respond) => {
        respond(500);
      });
      const server = await serve(({ url }, respond) => {
        const last = new URL(url, 'http://r').searchParams.get('last');
        const pages: Readonly<Record<string, readonly [string | undefined, string]>> = {
          first: ['</v2/team/app/tags/list?last=b&n=2>; rel="next"', '["a","b"]'],
          b: [`<http://${elsewhere.host}/v2/x/tags/list?last=d&n=2>; rel=next`, '["c","d"]'],
          d: [undefined, '["e"]'],
        };
        const [link, tags = ''] = pages[last ?? 'first'] ?? [];
        respond(200, link === undefined ? {} : { link }, `{"name":"team/app","tags":${tags}}`);
      });
      const tags = await storeOf().store.tags(repository(server), signal);
      assert.deepEqual(tags, ['a', 'b', 'c', 'd', 'e']);
      assert.deepEqual(elsewhere.seen, []);
    });

    it('are none where there is no such repository, or an empty one', async () => {
      const absent = await serve((_, respond) => {
        respond(404, {}, '{"errors":[{"code":"NAME_UNKNOWN"}]}');
      });
      assert.deepEqual(await storeOf().store.tags(repository(absent), signal), []);
      const empty = await serve((_, respond) => {
        respond(200, {}, '{"name":"team/app","tags":null}');
      });
      assert.deepEqual(await storeOf().store.tags(repository(empty), signal), []);
    });

    it('are not asked for without end', async () => {
      const server = await serve((_, respond) => {
        const link = '</v2/team/app/tags/list?last=a&n=1>; rel="next"';
        respond(200, { link }, '{"tags":["a"]}');
      });
      const problem = await problemOf(storeOf().store.tags(repository(server), signal));
      assert.equal(problem.code, 'registry-tags-too-many');
      assert.equal(server.seen.length, 200);
    });
  });

  it('is read with the labels and times of every image of an index, but no attestation', async () => {
    const config = (label: string): string =>
      JSON.stringify({ created: '2026-01-02T03:04:05.678Z', config: { Labels: { label } } });
    const image = (of: string): string => JSON.stringify({ config: { digest: digestOf(of) } });
    const [one, two] = [config('1'), config('2')];
    const entry = (of: string, os: string, architecture: string) => ({
      digest: digestOf(of),
      platform: { os, architecture },
    });
    const index = JSON.stringify({
      manifests: [
        entry(image(one), 'linux', 'amd64'),
        entry(image(two), 'linux', 'arm64'),
        entry('attestation', 'unknown', 'unknown'),
      ],
    });
    const contents = new Map(
      [image(one), image(two), one, two].map((text) => [digestOf(text), text]),
    ).set('prebuild-1', index);
    const server = await serve(({ url }, respond) => {
      const text = contents.get(url.split('/').at(-1) ?? '');
      respond(text === undefined ? 404 : 200, {}, text);
    });
    const { store } = storeOf();
    assert.deepEqual(await store.images(tagged(server), signal), {
      digest: digestOf(index),
      images: ['1', '2'].map((label) => ({
        labels: { label },
        created: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      })),
    });
    assert.deepEqual(await store.digests(tagged(server), signal), [
      digestOf(index),
      ...[image(one), image(two), 'attestation'].map(digestOf),
    ]);
    assert.equal(await store.images(tagged(server, 'gone'), signal), undefined);
    assert.deepEqual(await store.digests(tagged(server, 'gone'), signal), []);
  });

  it('is not taken for ours where a part of it is gone or is no image', async () => {
    const config = JSON.stringify({ config: { Labels: { label: '1' } } });
    const image = JSON.stringify({ config: { digest: digestOf(config) } });
    const platform = { os: 'linux', architecture: 'arm64' };
    const index = JSON.stringify({
      manifests: [
        { digest: digestOf(image), platform: { os: 'linux', architecture: 'amd64' } },
        { digest: digestOf('gone'), platform },
        { digest: digestOf('no manifest'), platform },
      ],
    });
    const contents = new Map([image, config, 'no manifest'].map((text) => [digestOf(text), text]));
    contents.set('prebuild-1', index).set('prebuild-2', 'no manifest');
    const server = await serve(({ url }, respond) => {
      const text = contents.get(url.split('/').at(-1) ?? '');
      respond(text === undefined ? 404 : 200, {}, text);
    });
    const { store } = storeOf();
    const unknown = { labels: {}, created: undefined };
    assert.deepEqual((await store.images(tagged(server), signal))?.images, [
      { labels: { label: '1' }, created: undefined },
      unknown,
      unknown,
    ]);
    const other = tagged(server, 'prebuild-2');
    assert.deepEqual((await store.images(other, signal))?.images, []);
    assert.deepEqual(await store.digests(other, signal), [digestOf('no manifest')]);
  });

  describe('a manifest that is to be removed', () => {
    it('is deleted by its digest, with a token that allows it', async () => {
      const tokens = await serve(({ url }, respond) => {
        const scope = new URL(url, 'http://r').searchParams.get('scope') ?? '';
        respond(200, {}, JSON.stringify({ token: scope.replaceAll(/[^a-z]/g, '-') }));
      });
      const server = await serve(({ method, headers }, respond) => {
        const allowed =
          method === 'DELETE' ? 'repository-team-app-pull-delete' : 'repository-team-app-pull';
        if (headers.authorization === `Bearer ${allowed}`) {
          respond(method === 'DELETE' ? 202 : 200, {}, '{"tags":[]}');
        } else {
          // It names less than it wants, as some do.
          const scope = 'repository:team/app:pull';
          respond(401, {
            'www-authenticate': `Bearer realm="http://${tokens.host}/",scope="${scope}"`,
          });
        }
      });
      const { store } = storeOf();
      await store.tags(repository(server), signal);
      await store.remove(manifest(server), signal);
      await store.tags(repository(server), signal);
      await store.remove(manifest(server), signal);
      assert.ok(
        server.seen.some(
          ({ method, url }) => method === 'DELETE' && url === `/v2/team/app/manifests/${DIGEST}`,
        ),
      );
      assert.equal(tokens.seen.length, 2);
    });

    it('may be gone already', async () => {
      const server = await serve((_, respond) => {
        respond(404);
      });
      await storeOf().store.remove(manifest(server), signal);
    });

    const refusals: readonly [number, string, string][] = [
      [405, 'UNSUPPORTED', 'registry-removal-unsupported'],
      [400, 'UNSUPPORTED', 'registry-removal-unsupported'],
      [403, 'DENIED', 'registry-removal-forbidden'],
      [429, 'TOOMANYREQUESTS', 'registry-busy'],
      [500, 'UNKNOWN', 'registry-failing'],
      [307, '', 'registry-answer-invalid'],
    ];
    for (const [status, code, problem] of refusals) {
      it(`is not where the registry answers ${status} ${code}: ${problem}`, async () => {
        const server = await serve((_, respond) => {
          const headers: Record<string, string> = status === 307 ? { location: '/other' } : {};
          respond(status, headers, JSON.stringify({ errors: [{ code, message: 'no' }] }));
        });
        const refused = await problemOf(storeOf().store.remove(manifest(server), signal));
        assert.equal(refused.code, problem);
        assert.equal(server.seen.length, 1);
      });
    }

    it('is not where the login may only read, and says which login that was', async () => {
      const server = await serve((_, respond) => {
        respond(401, { 'www-authenticate': 'Basic realm="r"' });
      });
      const { store, home } = storeOf({ [server.host]: { auth: LOGIN } });
      const { code, message, reason, remedy } = await problemOf(
        store.remove(manifest(server), signal),
      );
      assert.equal(code, 'registry-removal-forbidden');
      assert.match(remedy, /docker login .* may delete/);
      assert.ok(reason?.includes(path.join(home, '.docker/config.json')), reason);
      assert.ok(![message, reason, remedy].join('\n').includes(LOGIN));
    });
  });
});
