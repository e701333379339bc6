import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createDockerApi } from '../../src/adapters/docker/dockerApi';
import { createEngine } from '../../src/adapters/docker/engine';
import type { Engine, LocalImage } from '../../src/core/ports';
import { hostPlatform } from '../../src/core/platform';
import type { Problem } from '../../src/core/problem';
import { parseImageReference } from '../../src/core/reference';
import { startFaultProxy } from '../support/faultProxy';
import type { Fault, FaultProxy, FaultRule } from '../support/faultProxy';
import { temporaryFolders } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';
import type { CliResult } from './support/commandLine';
import { docker, forget, machine, pruneBuildCache } from './support/docker';
import { readInside, testWorkspaces, unique } from './support/workspaces';

const platform = hostPlatform(process.arch);
const answer = (status: number, headers?: Readonly<Record<string, string>>): Fault => ({
  kind: 'answer',
  status,
  ...(headers !== undefined && { headers }),
});

/** A layer of three megabytes, so that there is a middle to break off in. */
const dockerfile = (): string =>
  [
    `FROM ${machine('TEST_BUSYBOX')}`,
    `RUN echo ${unique()} && cat /proc/sys/kernel/random/uuid > /unique`,
    'RUN head -c 3000000 /dev/urandom > /large',
    '',
  ].join('\n');

describe('a registry that fails', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();
  let proxy: FaultProxy;

  beforeEach(async () => {
    proxy = await startFaultProxy(machine('TEST_REGISTRY'));
  });
  afterEach(() => proxy.close());

  const repository = (): string => `${proxy.address}/faults/${unique()}`;

  /** Publishes a workspace, and makes the engine forget the image with its layers. */
  const publish = async (folder: string, registry: string): Promise<string> => {
    const args = ['build', '--push', '--workspace-folder', folder, '--registry', registry];
    const built = await runCli(args);
    assert.equal(built.json['how'], 'built', built.stderr);
    const image = String(built.json['image']);
    await forget(image);
    await pruneBuildCache();
    return image;
  };

  const imageFor = async (registry: string, where: readonly string[]): Promise<string> =>
    `${registry}:prebuild-${String((await runCli(['hash', ...where])).json['hash'])}`;

  describe('when it is looked up', () => {
    const cases: Readonly<
      Record<string, { faults: readonly (readonly [RegExp, Fault])[]; code: string; says: RegExp }>
    > = {
      'asks for a login': {
        faults: [[/./, answer(401, { 'www-authenticate': 'Basic realm="x"' })]],
        code: 'registry-unauthorized',
        says: /no login was sent, as .*config\.json/,
      },
      refuses: {
        faults: [[/./, answer(403)]],
        code: 'registry-forbidden',
        says: /answered 403/,
      },
      'is busy': {
        faults: [[/./, answer(429, { 'retry-after': '30' })]],
        code: 'registry-busy',
        says: /Retry-After: 30/,
      },
      breaks: { faults: [[/./, answer(500)]], code: 'registry-failing', says: /answered 500/ },
      'says nothing': {
        faults: [[/./, { kind: 'hold', after: 0 }]],
        code: 'registry-timeout',
        says: /^$/,
      },
      'breaks off': {
        faults: [[/./, { kind: 'cut', after: 0 }]],
        code: 'registry-unreachable',
        says: /closed|hang up/,
      },
      'has a manifest of 50 MB': {
        faults: [
          [/HEAD/, answer(405)],
          [/GET/, { kind: 'answer', status: 200, body: Buffer.alloc(50_000_000, ' ') }],
        ],
        code: 'registry-answer-invalid',
        says: /larger than any manifest/,
      },
    };

    it('is unreachable, with why, and never a miss', async () => {
      const { folder } = makeWorkspace();
      const { address } = proxy;
      const check = (path: string): Promise<CliResult> =>
        runCli(['check', '--workspace-folder', folder, '--registry', `${address}/faults/${path}`]);
      const rules = Object.values(cases).flatMap(({ faults }, index) =>
        faults.map(([at, fault]) => ({
          at: new RegExp(`${at.source}.* /v2/faults/case${index}/`.replace('..*', '')),
          fault,
        })),
      );
      proxy.setFaults(...rules);
      await Promise.all(
        Object.entries(cases).map(async ([name, { code, says }], index) => {
          const state = await check(`case${index}`);
          assert.deepEqual([state.code, state.json['state']], [4, 'unreachable'], name);
          assert.equal(errorOf(state).code, code, name);
          assert.match(errorOf(state).cause ?? '', says, name);
        }),
      );
      const kinds = ['manifest read', 'other'] as const;
      const [before, others] = kinds.map((kind) => proxy.count(kind));
      const missing = await check('never-pushed');
      assert.deepEqual([missing.code, missing.json['state']], [3, 'miss'], 'a 404 is a miss');
      // One question for the key's tag and one for the cache, both at once, and none beforehand.
      assert.deepEqual(
        kinds.map((kind) => proxy.count(kind)),
        [(before ?? 0) + 2, others],
      );
    });
  });

  describe('when Docker pulls from it', () => {
    const silent = (): undefined => undefined;
    const log = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };
    const { env: environment } = process;
    const homeFolder = homedir();
    const engineOf = (pullPatience: number): Engine =>
      createEngine({
        docker: createDockerApi({ environment, homeFolder, log }),
        environment,
        homeFolder,
        log,
        pullPatience,
      });
    const pull = (image: string, pullPatience = 60_000): Promise<LocalImage> =>
      engineOf(pullPatience).pullImage(
        parseImageReference(image) ?? assert.fail(image),
        platform,
        silent,
        new AbortController().signal,
      );
    const codeOf = (pulled: Promise<unknown>): Promise<string> =>
      pulled.then(
        () => 'pulled',
        (error: unknown) => (error as Problem).code,
      );

    it('says why it got no image, takes up a layer where it broke off, and else builds', async () => {
      const { folder } = makeWorkspace({}, { Dockerfile: dockerfile() });
      const registry = repository();
      const image = await publish(folder, registry);
      const blob = /^GET .*\/blobs\//;
      const failures: readonly (readonly [string, Fault])[] = [
        ['pull-unauthorized', answer(401)],
        ['pull-unauthorized', answer(403)],
        ['pull-not-found', answer(404)],
        ['pull-busy', answer(429)],
        ['pull-failed', answer(500)],
      ];
      for (const [code, fault] of failures) {
        proxy.setFaults({ at: blob, fault });
        assert.equal(await codeOf(pull(image)), code, JSON.stringify(fault));
      }
      // Cut in the middle of a layer, it goes on from there; by a clock that is an hour off, too.
      const before = proxy.ranges.length;
      proxy.shiftClock(60 * 60 * 1000);
      proxy.setFaults({ at: blob, fault: { kind: 'cut', after: 1_000_000 }, times: 1 });
      // Docker gives a cut pull up now and then; the next one takes up what there is.
      const pulled = await pull(image).catch(() => pull(image));
      assert.equal(pulled.platform, platform);
      assert.match(proxy.ranges.slice(before).join(' '), /bytes=\d{5,}-/);
      await forget(image);

      proxy.setFaults({ at: blob, fault: { kind: 'hold', after: 0 } });
      assert.equal(await codeOf(pull(image, 2000)), 'pull-stalled');

      // Last, as the engine keeps for a while what it got.
      proxy.setFaults({ at: blob, fault: { kind: 'alter' } });
      assert.equal(await codeOf(pull(image)), 'pull-damaged');

      proxy.setFaults({ at: blob, fault: { kind: 'cut', after: 0 } });
      const where = ['--workspace-folder', folder, '--registry', registry];
      const opened = await runCli(['up', ...where]);
      assert.equal(opened.json['how'], 'built', opened.stderr);
      assert.match(opened.stderr, /Warning: .*:prebuild-/);
    });

    it('uses no image under our tag that this tool did not make', async () => {
      const { folder } = makeWorkspace();
      const registry = repository();
      const where = ['--workspace-folder', folder, '--registry', registry];
      const image = await imageFor(registry, where);
      await docker('pull', machine('TEST_BUSYBOX'));
      await docker('tag', machine('TEST_BUSYBOX'), image);
      await docker('push', image);
      await forget(image);
      const opened = await runCli(['up', ...where]);
      assert.equal(opened.json['how'], 'built', opened.stderr);
      assert.match(opened.stderr, /Warning: .* is not what its tag says, so it is not used/);
      assert.equal(await readInside(folder, '/app/main'), 'hello');
    });
  });

  it('while Docker pushes: says so, leaves no tag, and loses nothing for the next push', async () => {
    const { folder } = makeWorkspace({}, { Dockerfile: dockerfile() });
    const registry = repository();
    const where = ['--workspace-folder', folder, '--registry', registry];
    const url = manifestUrl(await imageFor(registry, where));
    const tag = /^PUT .*\/manifests\/prebuild-/;
    const faults: readonly (readonly [string, FaultRule])[] = [
      ['push-failed', { at: /^PUT .*\/blobs\//, fault: { kind: 'cut', after: 1_000_000 } }],
      ['push-forbidden', { at: tag, fault: answer(403) }],
    ];
    for (const [code, rule] of faults) {
      proxy.setFaults(rule);
      const failed = await runCli(['build', '--push', ...where]);
      assert.equal(errorOf(failed).code, code, failed.stderr);
      proxy.setFaults();
      assert.equal((await fetch(url, ACCEPT)).status, 404);
    }
    const writes = proxy.count('blob write');
    const pushed = await runCli(['build', '--push', ...where]);
    assert.equal(pushed.json['how'], 'built', pushed.stderr);
    assert.ok(proxy.count('blob write') - writes < 20);
    assert.equal((await fetch(url, ACCEPT)).status, 200);
  });

  it('asks for a login that a credential helper keeps: one that fails is named', async () => {
    const { folder } = makeWorkspace();
    const programs = makeFolder();
    const helper = (name: string, script: string): void => {
      const file = join(programs, `docker-credential-${name}`);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    };
    helper('hangs', 'echo hunter2; exec sleep 600');
    helper('babbles', 'echo hunter2');
    proxy.setFaults({ at: /./, fault: answer(401, { 'www-authenticate': 'Basic realm="x"' }) });
    const run = async (verb: string, name: string): Promise<ReturnType<typeof errorOf>> => {
      const config = JSON.stringify({ credHelpers: { [proxy.address]: name } });
      const failed = await runCli(
        [verb, '--workspace-folder', folder, '--registry', repository()],
        {
          DOCKER_CONFIG: makeFolder({ 'config.json': config }),
          PATH: [programs, process.env['PATH']].join(delimiter),
        },
      );
      assert.doesNotMatch(failed.stdout + failed.stderr, /hunter2/);
      return errorOf(failed);
    };
    const [hangs, opening, missing, babbles] = await Promise.all([
      run('check', 'hangs'),
      // Docker would ask it in a build, too, and wait for it: nothing is begun.
      run('up', 'hangs'),
      run('check', 'missing'),
      run('check', 'babbles'),
    ]);
    assert.equal(hangs.code, 'credential-helper-silent');
    assert.match(hangs.message, /docker-credential-hangs/);
    assert.equal(opening.code, 'credential-helper-silent');
    assert.equal(missing.code, 'registry-unauthorized');
    assert.match(missing.cause ?? '', /docker-credential-missing is not installed/);
    assert.equal(babbles.code, 'registry-unauthorized');
    assert.match(babbles.cause ?? '', /docker-credential-babbles did not answer as/);
  });
});

/** Without what can be read a registry answers 404 for what is there. */
const ACCEPT = {
  headers: {
    accept:
      'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
  },
};

function manifestUrl(image: string): string {
  const { host, repository, tag = '' } = parseImageReference(image) ?? assert.fail(image);
  return `http://${host}/v2/${repository}/manifests/${tag}`;
}
