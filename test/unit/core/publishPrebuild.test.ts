// The builder, the registry and the engine are doubles: what is tested is what is done when they fail, and when.
import assert from 'node:assert/strict';
import { sameThreadPrebuilds } from '../../../src/adapters/prebuilds/sameThread';
import { preparePrebuild } from '../../../src/core/preparePrebuild';
import { hostPlatform } from '../../../src/core/platform';
import type { BuiltImage } from '../../../src/core/ports';
import type { Outcome } from '../../../src/core/outcome';
import { buildFailed, pushUnauthorized, registrySilent } from '../../../src/core/problems';
import type { PublishOrder } from '../../../src/core/publishOrder';
import { publishPrebuild } from '../../../src/core/publishPrebuild';
import type { PublishPorts, Published } from '../../../src/core/publishPrebuild';
import { parseRepository } from '../../../src/core/reference';
import { MemoryTree } from '../../support/memoryTree';

const repository = parseRepository('localhost:5000/dev');
const source = { folder: '/w', configFile: '/w/.devcontainer.json' };
const platform = hostPlatform('x64');
assert.ok(repository !== undefined);

const makeTree = (): MemoryTree =>
  new MemoryTree({
    '/w/.devcontainer.json': '{ "build": { "dockerfile": "Dockerfile" } }',
    '/w/Dockerfile': 'FROM debian\nCOPY app /app\n',
    '/w/app': 'hello',
  });

describe('publishPrebuild', () => {
  /** @param builds what each build does, one after another. */
  const publish = async (
    builds: readonly (() => Promise<BuiltImage>)[],
    { tree = makeTree(), signal = new AbortController().signal, registry = {} } = {},
  ): Promise<{ outcome: Outcome<Published>; pauses: number[]; builds: number }> => {
    const { key } = preparePrebuild(makeTree(), { source, platform, repository, environment: {} });
    const order: PublishOrder = { source, platform, repository, key, insecureRegistries: [] };
    const pauses: number[] = [];
    let began = 0;
    const silent = (): void => undefined;
    const ports: PublishPorts = {
      prebuilds: sameThreadPrebuilds(tree),
      engine: {
        ping: () => Promise.resolve(),
        findImage: () => Promise.resolve(undefined),
        removeImage: () => Promise.resolve(),
        pullImage: () => Promise.reject(new Error('nothing is pulled')),
      },
      registry: {
        find: () => Promise.resolve({ state: 'absent' }),
        inspect: () => Promise.resolve({ state: 'absent' }),
        tag: () => Promise.resolve(),
        ...registry,
      },
      builder: {
        cacheExportProblem: () => Promise.resolve(undefined),
        build: ({ output, cacheTo }) => {
          assert.equal(output, 'push');
          assert.notEqual(cacheTo, undefined);
          const build = builds[began++];
          return build === undefined ? Promise.reject(new Error('one too many')) : build();
        },
      },
      lock: { hold: (_name, _waiting, work) => work() },
      records: { remember: silent, last: () => undefined, find: () => undefined },
      clock: { now: () => 0 },
      log: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
      pause: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
    };
    const outcome = await publishPrebuild(ports, order, {}, silent, signal);
    return { outcome, pauses, builds: began };
  };

  const works = (): Promise<BuiltImage> => Promise.resolve({ reference: 'i', digest: undefined });
  const fails = (): Promise<BuiltImage> => Promise.reject(buildFailed('connection reset by peer'));
  const done = (value: Published): Outcome<Published> => ({ status: 'done', value });

  it('tries again where the network went, with longer and longer pauses', async () => {
    const { outcome, pauses } = await publish([fails, fails, works]);
    assert.deepEqual(outcome, done('pushed'));
    assert.deepEqual(pauses, [10_000, 60_000]);
  });

  it('gives up in the end, and says why', async () => {
    const { outcome } = await publish([fails, fails, fails, works]);
    assert.ok(outcome.status === 'failed');
    assert.equal(outcome.problem.reason, 'connection reset by peer');
  });

  it('asks the registry again before each try', async () => {
    const problem = registrySilent('localhost:5000', 5);
    const answers = [{ state: 'unreachable', problem }, { state: 'absent' }];
    const registry = { inspect: () => Promise.resolve(answers.shift() ?? { state: 'absent' }) };
    const { outcome, pauses } = await publish([works], { registry });
    assert.deepEqual([outcome, pauses.length], [done('pushed'), 1]);
  });

  it('does not try again what no time mends', async () => {
    const { outcome, pauses } = await publish([() => Promise.reject(pushUnauthorized('401'))]);
    assert.ok(outcome.status === 'failed');
    assert.deepEqual([outcome.problem.code, pauses], ['push-unauthorized', []]);
  });

  const edits: Record<string, (tree: MemoryTree) => void> = {
    'a file was edited': (tree) => {
      tree.set('/w/app', 'changed');
    },
    'the config is half written': (tree) => {
      tree.set('/w/.devcontainer.json', '{ "build"');
    },
  };
  for (const [what, edit] of Object.entries(edits)) {
    it(`publishes nothing where ${what} before`, async () => {
      const tree = makeTree();
      edit(tree);
      const { outcome, builds } = await publish([works], { tree });
      assert.deepEqual([outcome, builds], [done('outdated'), 0]);
    });

    it(`publishes no other prebuild where ${what} meanwhile`, async () => {
      const tree = makeTree();
      const build = (): Promise<BuiltImage> => {
        edit(tree);
        return works();
      };
      const { outcome, builds } = await publish([build, works], { tree });
      assert.deepEqual([outcome, builds], [done('outdated'), 1]);
    });
  }

  it('is cancelled where its signal is aborted', async () => {
    const controller = new AbortController();
    const build = (): Promise<BuiltImage> => {
      controller.abort();
      return fails();
    };
    const { outcome } = await publish([build, works], { signal: controller.signal });
    assert.deepEqual(outcome, { status: 'cancelled' });
  });
});
