import assert from 'node:assert/strict';
import { failureOf, pullProblem, PullTally } from '../../../../src/adapters/docker/enginePull';
import { hostPlatform } from '../../../../src/core/platform';
import type { PullProgress } from '../../../../src/core/ports';

describe('pullProblem', () => {
  const image = {
    name: 'ghcr.io/team/app:1',
    platform: hostPlatform('arm64'),
    login: 'docker login ghcr.io',
  };
  // As engines 20.10 to 28 word them, with and without containerd's image store.
  const cases: readonly (readonly [code: string, words: string])[] = [
    ['pull-no-space', 'write /var/lib/docker/tmp/GetImageBlob1: no space left on device'],
    [
      'pull-platform-missing',
      'no matching manifest for linux/arm64/v8 in the manifest list entries: no match for platform in manifest: not found',
    ],
    [
      'pull-platform-missing',
      'image with reference a:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)',
    ],
    ['pull-unauthorized', 'Head "https://ghcr.io/v2/a/b/manifests/1": unauthorized'],
    ['pull-unauthorized', 'Head "https://ghcr.io/v2/a/b/manifests/1": denied: denied'],
    [
      'pull-unauthorized',
      "pull access denied for a, repository does not exist or may require 'docker login'",
    ],
    [
      'pull-unauthorized',
      'failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://x/token: 401 Unauthorized',
    ],
    ['pull-unauthorized', 'Get "http://localhost:5000/v2/": no basic auth credentials'],
    [
      'pull-untrusted',
      'Get "https://r.lan/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    ['pull-untrusted', 'Get "https://r.lan/v2/": http: server gave HTTP response to HTTPS client'],
    ['pull-network', 'Get "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection refused'],
    ['pull-network', 'Get "https://r/v2/": dial tcp: lookup r on 127.0.0.53:53: no such host'],
    ['pull-network', 'net/http: TLS handshake timeout'],
    ['pull-network', 'unexpected EOF'],
    ['pull-not-found', 'manifest for ghcr.io/a/b:1 not found: manifest unknown: manifest unknown'],
    [
      'pull-not-found',
      'failed to resolve reference "localhost:5000/a:1": localhost:5000/a:1: not found',
    ],
    ['pull-failed', 'failed to register layer: something else'],
  ];
  for (const [code, words] of cases) {
    it(`is ${code} for: ${words}`, () => {
      const problem = pullProblem(image, words);
      assert.equal(problem.code, code);
      assert.equal(problem.reason, words);
      assert.ok(problem.message.includes(image.name));
    });
  }

  it('says how to log in', () => {
    assert.match(pullProblem(image, 'unauthorized').remedy, /docker login ghcr\.io/);
  });

  it('takes no digits within a digest or a port for a status', () => {
    const words = 'failed to extract layer sha256:1401403a: unlikely';
    assert.equal(pullProblem(image, words).code, 'pull-failed');
  });
});

describe('failureOf', () => {
  it('is what the engine says in detail', () => {
    assert.equal(failureOf({ error: 'short', errorDetail: { message: 'long' } }), 'long');
    assert.equal(failureOf({ error: 'short' }), 'short');
    assert.equal(failureOf({ status: 'Downloading' }), undefined);
  });
});

describe('PullTally', () => {
  const downloading = (id: string, current: number, total?: number) => ({
    id,
    status: 'Downloading',
    progressDetail: { current, total },
  });

  it('adds up layers and bytes', () => {
    const tally = new PullTally();
    tally.add({ id: 'a', status: 'Pulling fs layer', progressDetail: {} });
    tally.add({ id: 'b', status: 'Waiting' });
    tally.add({ id: 'c', status: 'Already exists' });
    tally.add(downloading('a', 10, 100));
    assert.deepEqual(tally.add(downloading('b', 5, 50)), {
      layers: 3,
      layersDone: 1,
      bytes: 15,
      total: 150,
    });
    tally.add({ id: 'a', status: 'Download complete' });
    assert.deepEqual(tally.add({ id: 'a', status: 'Pull complete' }), {
      layers: 3,
      layersDone: 2,
      bytes: 105,
      total: 150,
    });
  });

  it('counts neither the tag nor what is no layer', () => {
    const tally = new PullTally();
    for (const event of [
      { id: '1', status: 'Pulling from team/app' },
      { status: 'Digest: sha256:00' },
      { status: 'Status: Downloaded newer image for a:1' },
      { id: 7, status: 'Downloading' },
      {},
    ]) {
      assert.equal(tally.add(event), undefined);
    }
  });

  it('reports nothing that changed nothing', () => {
    const tally = new PullTally();
    assert.ok(tally.add(downloading('a', 1, 2)));
    assert.equal(tally.add(downloading('a', 1, 2)), undefined);
    assert.equal(tally.add({ id: 'a', status: 'Verifying Checksum' }), undefined);
  });

  it('counts no byte twice while layers are unpacked', () => {
    const tally = new PullTally();
    tally.add(downloading('a', 100, 100));
    const unpacking = { id: 'a', status: 'Extracting', progressDetail: { current: 7, units: 's' } };
    assert.equal(tally.add(unpacking), undefined);
  });

  it('never falls, even where a download begins anew or tells nonsense', () => {
    const tally = new PullTally();
    const seen: PullProgress[] = [];
    for (const event of [
      downloading('a', 50, 100),
      downloading('a', 0, 100),
      downloading('a', 60),
      downloading('b', -5, 10),
      { id: 'a', status: 'Download complete' },
      { id: 'a', status: 'Downloading', progressDetail: 'x' },
      downloading('b', 30, 10),
      { id: 'b', status: 'Pull complete' },
    ]) {
      const progress = tally.add(event);
      if (progress !== undefined) {
        seen.push(progress);
      }
    }
    seen.reduce((before, after) => {
      assert.ok(after.bytes >= before.bytes && after.total >= before.total);
      assert.ok(after.bytes <= after.total);
      return after;
    });
    assert.deepEqual(seen.at(-1), { layers: 2, layersDone: 1, bytes: 130, total: 130 });
  });
});
