import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicClock } from '../../src/adapters/monotonicClock';
import { nodeFileTree } from '../../src/adapters/files/nodeFileTree';
import { isGone } from '../../src/adapters/publishing/publicationProcess';
import { Publications } from '../../src/adapters/publishing/publications';
import { startPublishing } from '../../src/adapters/publishing/startPublishing';
import { hostPlatform } from '../../src/core/platform';
import { preparePrebuild } from '../../src/core/preparePrebuild';
import { hasEnded } from '../../src/core/publication';
import type { PublicationState } from '../../src/core/publication';
import { PublicationLife } from '../../src/core/publicationLife';
import { publishOrderText } from '../../src/core/publishOrder';
import type { PublishOrder } from '../../src/core/publishOrder';
import { parseRepository } from '../../src/core/reference';
import { temporaryFolders } from '../support/temporaryFolder';
import { runCli } from './support/commandLine';
import { containersOf, docker, forget, machine } from './support/docker';
import { startHeldRegistry } from './support/heldRegistry';
import type { HeldRegistry } from './support/heldRegistry';
import { emptyRepository, testWorkspaces, unique } from './support/workspaces';
import type { TestWorkspace } from './support/workspaces';

const SCRIPT = join(__dirname, '../../dist/cli.js');
const WINDOW = join(__dirname, 'support/publishAndStay.ts');
/** So long a publication may take before the test gives it up, in milliseconds. */
const PATIENCE = 60_000;

describe('publishing in the background', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();
  let folder: string;
  let publications: Publications;
  let held: HeldRegistry | undefined;
  const images: string[] = [];

  beforeEach(() => {
    folder = makeFolder();
    publications = new Publications(folder);
  });

  afterEach(async () => {
    held?.close();
    held = undefined;
    for (const { id } of publications.list()) {
      publications.open(id).requestCancel();
      await endOf(id);
    }
    for (const image of images.splice(0)) {
      await forget(image);
    }
  });

  /** What a window orders that had to build. */
  const orderOf = (
    workspace: TestWorkspace,
    registry: string,
    environment: NodeJS.ProcessEnv = {},
  ): PublishOrder => {
    const source = {
      folder: workspace.folder,
      configFile: join(workspace.folder, '.devcontainer/devcontainer.json'),
    };
    const platform = hostPlatform(process.arch);
    const repository = parseRepository(registry);
    assert.ok(repository !== undefined);
    const asked = { source, platform, repository, environment };
    const { key } = preparePrebuild(nodeFileTree, asked);
    images.push(`${registry}:prebuild-${key}`);
    return { source, platform, repository, key, insecureRegistries: [] };
  };

  const publish = (order: PublishOrder): string => startPublishing(publications, order, SCRIPT);

  /** Watches a publication as a window does. @returns its state, once it is as asked for. */
  const watch = async (
    id: string,
    isAwaited: (state: PublicationState) => boolean,
  ): Promise<PublicationState> => {
    const life = new PublicationLife(monotonicClock, isGone);
    const until = performance.now() + PATIENCE;
    while (performance.now() < until) {
      const state = publications.open(id).state();
      const judged = state === undefined ? undefined : life.judge(id, state);
      if (judged !== undefined && isAwaited(judged)) {
        return judged;
      }
      await sleep(100);
    }
    throw new Error(`not so within ${PATIENCE} ms:\n${publications.open(id).log()}`);
  };

  const endOf = (id: string): Promise<PublicationState> => watch(id, hasEnded);

  it('pushes what was built and its layers, without the window that ordered it', async () => {
    const secret = `secret-${unique()}`;
    const environment = { TOKEN_OF_THE_BUILD: secret, TOKEN_OF_A_SHELL: `other-${secret}` };
    const args = { TOKEN: '${localEnv:TOKEN_OF_THE_BUILD}' };
    const workspace = makeWorkspace({ build: { dockerfile: '../Dockerfile', args } });
    const dockerfile = readFileSync(join(workspace.folder, 'Dockerfile'), 'utf8');
    workspace.write({ Dockerfile: `${dockerfile}ARG TOKEN\nRUN echo "$TOKEN" | wc -c\n` });
    const registry = emptyRepository();
    const where = ['--workspace-folder', workspace.folder, '--registry', registry];
    const opened = await runCli(['up', ...where], environment);
    assert.equal(opened.json['how'], 'built', opened.stderr);
    assert.deepEqual(await tagsOf(registry), []);

    const order = orderOf(workspace, registry, environment);
    assert.equal(order.key, opened.json['hash']);
    const window = spawn(
      process.execPath,
      ['--require', 'tsx/cjs', WINDOW, folder, publishOrderText(order), SCRIPT],
      {
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      },
    );
    await inTime(once(window.stdout, 'data'));
    process.kill(-(window.pid ?? 0), 'SIGKILL');
    const id = publications.list()[0]?.id ?? '';
    assert.deepEqual(await endOf(id), { status: 'done', how: 'pushed' }, logOf(id));

    const [cache = '', latest = '', ...others] = await tagsOf(registry);
    assert.match(cache, /^cache-/);
    assert.match(latest, /^latest-/);
    assert.deepEqual(others, [`prebuild-${order.key}`]);
    assert.deepEqual(await containersOf(workspace.folder), [opened.json['containerId']]);
    const [container = ''] = await containersOf(workspace.folder);
    assert.equal(await docker('inspect', '--format', '{{.State.Running}}', container), 'true');
    for (const name of readdirSync(join(folder, id))) {
      const file = join(folder, id, name);
      assert.doesNotMatch(readFileSync(file, 'utf8'), new RegExp(secret), name);
      assert.equal(statSync(file).mode & 0o077, 0, name);
    }
    assert.match(logOf(id), /RUN echo "\*\*\*" [^]*CACHED/);
  });

  it('publishes nothing where the files changed since they were built', async () => {
    const workspace = makeWorkspace();
    const registry = emptyRepository();
    const order = orderOf(workspace, registry);
    workspace.write({ 'app/main': 'changed\n' });
    const id = publish(order);
    assert.deepEqual(await endOf(id), { status: 'done', how: 'outdated' }, logOf(id));
    assert.deepEqual(await tagsOf(registry), []);
  });

  it('pushes once where two publish the same prebuild, and both end well', async () => {
    const order = orderOf(makeWorkspace(), emptyRepository());
    const ids = [publish(order), publish(order)];
    const ends = await Promise.all(ids.map(endOf));
    const hows = ends.map((end) => (end.status === 'done' ? end.how : end.status));
    assert.deepEqual(hows.sort(), ['present', 'pushed'], ids.map(logOf).join('\n'));
  });

  it('leaves no tag when it is cancelled or killed while it pushes, and publishes the next time', async () => {
    held = await startHeldRegistry(/^PUT .*\/manifests\//);
    const path = `test/${unique()}`;
    const order = orderOf(makeWorkspace(), `${held.address}/${path}`);
    const real = `${machine('TEST_REGISTRY')}/${path}`;

    let pushing = held.nextHeld();
    const cancelled = publish(order);
    await inTime(pushing);
    publications.open(cancelled).requestCancel();
    assert.deepEqual(await endOf(cancelled), { status: 'cancelled' }, logOf(cancelled));
    assert.deepEqual(await tagsOf(real), []);

    pushing = held.nextHeld();
    const killed = publish(order);
    await inTime(pushing);
    const state = publications.open(killed).state();
    assert.ok(state?.status === 'running', logOf(killed));
    process.kill(state.process.pid, 'SIGKILL');
    assert.deepEqual(await endOf(killed), { status: 'interrupted' });
    assert.deepEqual(await tagsOf(real), []);

    held.release();
    const next = publish(order);
    assert.equal((await endOf(next)).status, 'done', logOf(next));
    assert.ok((await tagsOf(real)).includes(`prebuild-${order.key}`));
  });

  const logOf = (id: string): string => publications.open(id).log();
});

/** Waits for what should come soon, and for nothing longer. */
async function inTime<T>(awaited: Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const late = sleep(PATIENCE, undefined, { signal }).then(() => {
    throw new Error(`it did not come within ${PATIENCE} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([awaited, late]);
  } finally {
    controller.abort();
  }
}

/** The tags of a repository, sorted; none where there is no such repository. */
async function tagsOf(repository: string): Promise<readonly string[]> {
  const [, host = '', path = ''] = /^([^/]+)\/(.*)$/.exec(repository) ?? [];
  const answer = await fetch(`http://${host}/v2/${path}/tags/list`);
  const { tags } = (await answer.json()) as { tags?: string[] };
  return [...(tags ?? [])].sort();
}
