// Doubles of the engine's and the registry's stores: one that changes between the question and the answer
// cannot be had at will. Real ones are in test/integration/prune.test.ts.
import assert from 'node:assert/strict';
import { parsePrebuildKey } from '../../../src/core/key/prebuildKey';
import { KEY_LABEL } from '../../../src/core/labels';
import {
  engineDown,
  registryRemovalForbidden,
  registryRemovalUnsupported,
  registryTagsTooMany,
} from '../../../src/core/problems';
import { carryOutPruning, planPruning } from '../../../src/core/prunePrebuilds';
import type { PrunePorts, Pruning } from '../../../src/core/prunePrebuilds';

const KEY = parsePrebuildKey('a'.repeat(64)) ?? assert.fail();
const TAG = `prebuild-${KEY}`;
const REPOSITORY = { host: 'r.io', repository: 'dev' };
const RULES = { now: 1.8e12, olderThan: 0, keep: 0, current: new Set<never>() };
const signal = new AbortController().signal;
const silent = () => undefined;

/** A machine with one image and its container, and a registry with one prebuild and a cache. */
function world(changes: {
  readonly engine?: Partial<PrunePorts['imageStore'] & PrunePorts['engine']>;
  readonly registry?: Partial<PrunePorts['registryStore']>;
}) {
  const asked: string[] = [];
  const engine = {
    ping: () => Promise.resolve(),
    images: () =>
      Promise.resolve([
        { id: 'i', tags: [`r.io/dev:${TAG}`], keyLabel: KEY, since: 1.7e12, ownSize: 5 },
      ]),
    containersOf: () =>
      Promise.resolve([
        { id: 'c', name: 'c', imageId: 'i', stopped: true, folder: '/f', used: 1.7e12 },
      ]),
    removeContainer: () => Promise.resolve('removed' as const),
    removeImage: () => {
      asked.push('removeImage');
      return Promise.resolve('removed' as const);
    },
    ...changes.engine,
  };
  const images = [{ labels: { [KEY_LABEL]: KEY }, created: 1.7e12 }];
  const registryStore = {
    tags: () => Promise.resolve([TAG, 'cache-shop-main-linux-amd64']),
    digests: ({ tag }: { readonly tag: string | undefined }) => Promise.resolve([`sha256:${tag}`]),
    images: () => Promise.resolve({ digest: `sha256:${TAG}`, images }),
    remove: () => {
      asked.push('remove');
      return Promise.resolve();
    },
    ...changes.registry,
  };
  return { asked, ports: { engine, imageStore: engine, registryStore } };
}

async function plan(ports: PrunePorts, where: 'everywhere' | 'machine' = 'everywhere') {
  const repository = where === 'machine' ? undefined : REPOSITORY;
  const outcome = await planPruning(ports, { rules: RULES, repository }, silent, signal);
  assert.ok(outcome.status === 'done', JSON.stringify(outcome));
  return outcome.value;
}

async function prune(ports: PrunePorts): Promise<Pruning> {
  const outcome = await carryOutPruning(ports, await plan(ports), silent, signal);
  assert.ok(outcome.status === 'done', JSON.stringify(outcome));
  return outcome.value;
}

const summary = ({ containers, images, tags, kept, problems }: Pruning) => ({
  gone: [containers.length, images.length, tags.length],
  kept: kept.map(({ why }) => why),
  problems: problems.map(({ where, kind, problem }) => `${where} ${kind} ${problem.code}`),
});

describe('cleaning up', () => {
  it('removes what the plan says', async () => {
    const { ports } = world({});
    assert.deepEqual(summary(await prune(ports)), { gone: [1, 1, 1], kept: [], problems: [] });
  });

  it('leaves the image of a container that was started since', async () => {
    const { ports, asked } = world({
      engine: { removeContainer: () => Promise.resolve('in-use') },
    });
    assert.deepEqual(summary(await prune(ports)), {
      gone: [0, 0, 1],
      kept: ['in-use'],
      problems: [],
    });
    assert.deepEqual(asked, ['remove']);
  });

  it('leaves an image that came into use since', async () => {
    const { ports } = world({ engine: { removeImage: () => Promise.resolve('in-use') } });
    assert.deepEqual(summary(await prune(ports)).kept, ['in-use']);
  });

  it('cleans up the registry where there is no engine, and says that there was none', async () => {
    const down = engineDown('unix:///x', undefined, 'ENOENT');
    const { ports } = world({ engine: { ping: () => Promise.reject(down) } });
    assert.deepEqual(summary(await prune(ports)), {
      gone: [0, 0, 1],
      kept: [],
      problems: ['machine limit engine-down'],
    });
    const alone = { rules: RULES, repository: undefined };
    const outcome = await planPruning(ports, alone, silent, signal);
    assert.ok(outcome.status === 'failed' && outcome.problem === down);
  });

  it('asks nothing of a registry where none is set', async () => {
    const { ports } = world({ registry: { tags: () => assert.fail('it was asked') } });
    assert.deepEqual(summary(await plan(ports, 'machine')).gone, [1, 1, 0]);
  });

  const refusals = [
    [registryRemovalUnsupported('r.io/dev', '405'), 'limit'],
    [registryRemovalForbidden('r.io/dev', 'docker login', '403'), 'failure'],
  ] as const;
  for (const [problem, kind] of refusals) {
    it(`cleans up the machine, and says once that it is ${problem.code}`, async () => {
      const second = `prebuild-${'b'.repeat(64)}`;
      let count = 0;
      const { ports } = world({
        registry: {
          tags: () => Promise.resolve([TAG, second]),
          images: ({ tag }) =>
            Promise.resolve({
              digest: `sha256:${tag}`,
              images: [{ labels: { [KEY_LABEL]: tag?.slice(9) ?? '' }, created: 1.7e12 }],
            }),
          remove: () => {
            count++;
            return Promise.reject(problem);
          },
        },
      });
      assert.deepEqual(summary(await prune(ports)), {
        gone: [1, 1, 0],
        kept: [],
        problems: [`registry ${kind} ${problem.code}`],
      });
      assert.equal(count, 1);
    });
  }

  it('removes nothing of a registry that does not tell all of its tags', async () => {
    const { ports } = world({
      registry: { digests: () => Promise.reject(registryTagsTooMany('r.io/dev', 9)) },
    });
    const { gone, problems } = summary(await prune(ports));
    assert.deepEqual(gone, [1, 1, 0]);
    assert.deepEqual(problems, ['registry failure registry-tags-too-many']);
  });

  it('asks for no other tag where no prebuild may go', async () => {
    const { ports } = world({
      registry: {
        images: () => Promise.resolve({ digest: 'sha256:x', images: [] }),
        digests: () => assert.fail('it was asked'),
      },
    });
    assert.deepEqual(summary(await plan(ports)).kept, ['not-ours']);
  });
});
