import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TimeBound } from '../../../src/adapters/timeBound';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Resolves with what a signal was aborted with. */
const abortOf = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(signal.reason);
    });
  });

describe('a bound of time', () => {
  it('is over in time, whatever signals it was combined with, and whatever was collected meanwhile', async () => {
    const outer = new AbortController();
    const bound = new TimeBound(300, AbortSignal.any([outer.signal, new AbortController().signal]));
    const aborted = abortOf(AbortSignal.any([bound.signal, outer.signal]));
    for (let round = 0; round < 5; round++) {
      collectGarbage();
      await sleep(20);
    }
    const keptAlive = sleep(5000, 'never', { signal: bound.signal }).catch(() => 'aborted');
    assert.equal(await Promise.race([aborted.then(() => 'aborted'), keptAlive]), 'aborted');
    assert.equal(bound.isOver, true);
  });

  it('ends with the other signal, for its reason', async () => {
    const outer = new AbortController();
    const bound = new TimeBound(60_000, outer.signal);
    const aborted = abortOf(bound.signal);
    outer.abort(new Error('enough'));
    assert.equal(((await aborted) as Error).message, 'enough');
    assert.equal(bound.isOver, false);
    bound.end();
  });
});
