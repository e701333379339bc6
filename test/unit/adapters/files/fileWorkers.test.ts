import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileTask } from '../../../../src/adapters/files/fileTask';
import { DIGEST, FIELDS, OUTCOMES, perform } from '../../../../src/adapters/files/fileTask';
import { FileWorkers } from '../../../../src/adapters/files/fileWorkers';
import {
  awaitChunks,
  shareTask,
  takeChunks,
  takeOver,
} from '../../../../src/adapters/files/sharedTask';
import { bundleOf } from '../../../support/bundleOf';
import { temporaryFolders } from '../../../support/temporaryFolder';

const COUNT = 1500;
const FILES = Object.fromEntries(
  Array.from({ length: COUNT }, (_, index) => [`d${index % 7}/f${index}`, `text ${index}`]),
);
const PATHS = Object.keys(FILES).sort();

function newTask(folder: string): FileTask {
  return {
    folder: `${folder}/`,
    paths: PATHS,
    since: Date.now() + 60_000,
    stats: new Float64Array(COUNT * FIELDS),
    digests: new Uint8Array(COUNT * DIGEST),
    outcomes: new Uint8Array(COUNT),
  };
}

const results = ({ stats, digests, outcomes }: FileTask): unknown => [
  [...stats],
  Buffer.from(digests).toString('hex'),
  [...outcomes],
];

describe('threads beside the caller', () => {
  const makeFolder = temporaryFolders();
  const script = (): string => bundleOf('adapters/files/hashWorker', makeFolder());

  for (const count of [0, 1, 3]) {
    it(`give what one thread alone gives, ${count} of them`, async function () {
      this.timeout(10_000);
      const folder = makeFolder(FILES);
      const workers = new FileWorkers(script(), 5000, count);
      const alone = newTask(folder);
      perform(alone, 0, COUNT);
      assert.ok(alone.outcomes.every((outcome) => outcome === OUTCOMES.hashed));
      for (const from of [0, 777, COUNT]) {
        const task = newTask(folder);
        perform(task, 0, from);
        assert.deepEqual(results(workers.run(task, from)), results(alone));
        // Until they take part.
        await sleep(100);
      }
      const known = { ...newTask(folder), stats: alone.stats.slice() };
      assert.ok(workers.run(known, 0).outcomes.every((outcome) => outcome === OUTCOMES.known));
    });
  }

  it('do without threads whose script is not there', async function () {
    this.timeout(10_000);
    const folder = makeFolder(FILES);
    const workers = new FileWorkers(join(folder, 'none.js'));
    for (let round = 0; round < 2; round++) {
      const task = workers.run(newTask(folder), 0);
      assert.ok(task.outcomes.every((outcome) => outcome === OUTCOMES.hashed));
      await sleep(200);
    }
  });

  it('get a list of paths once, and do what is to do of each task', function () {
    this.timeout(10_000);
    const folder = makeFolder(FILES);
    const workers = new FileWorkers(script(), 5000, 2);
    const expected = newTask(folder);
    perform(expected, 0, COUNT);
    const first = workers.run(newTask(folder), 0);
    const half = newTask(folder);
    half.outcomes.fill(OUTCOMES.gone, 0, COUNT / 2);
    const second = workers.run(half, 0);
    const third = workers.run(newTask(folder), 0);
    assert.deepEqual(results(first), results(expected));
    assert.deepEqual(results(third), results(expected));
    assert.deepEqual(
      [...second.outcomes],
      [...expected.outcomes].map((outcome, index) => (index < COUNT / 2 ? OUTCOMES.gone : outcome)),
    );
  });

  it('do without a thread that took files and was lost', () => {
    const folder = makeFolder(FILES);
    const expected = newTask(folder);
    perform(expected, 0, COUNT);

    const shared = shareTask(newTask(folder), 0, 100);
    Atomics.add(shared.control, 0, 2);
    takeChunks(shared);
    assert.equal(awaitChunks(shared, 10), false);
    assert.deepEqual(results(takeOver(shared)), results(expected));
  });
});
