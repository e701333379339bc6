import assert from 'node:assert/strict';
import { Cancelled, settle } from '../../../src/core/outcome';
import { registryNotSet } from '../../../src/core/problems';

const live = new AbortController().signal;

describe('settle', () => {
  it('gives what the operation gives', async () => {
    assert.deepEqual(await settle(() => Promise.resolve(1), live), { status: 'done', value: 1 });
  });

  it('gives a Problem as it is', async () => {
    const problem = registryNotSet();
    const outcome = await settle(() => Promise.reject(problem), live);
    assert.deepEqual(outcome, { status: 'failed', problem });
  });

  it('keeps the message of anything else as the cause, and no stack', async () => {
    const outcome = await settle(() => Promise.reject(new TypeError('x is no function')), live);
    assert.ok(outcome.status === 'failed');
    assert.equal(outcome.problem.code, 'unexpected');
    assert.equal(outcome.problem.reason, 'x is no function');
  });

  it('is cancelled where the signal was aborted, whatever was thrown', async () => {
    const controller = new AbortController();
    const outcome = await settle(() => {
      controller.abort();
      return Promise.reject(new Error('killed'));
    }, controller.signal);
    assert.deepEqual(outcome, { status: 'cancelled' });
  });

  it('is cancelled where the person said no', async () => {
    const outcome = await settle(() => Promise.reject(new Cancelled()), live);
    assert.deepEqual(outcome, { status: 'cancelled' });
  });

  it('starts nothing after an abort', async () => {
    let started = false;
    await settle(() => {
      started = true;
      return Promise.resolve();
    }, AbortSignal.abort());
    assert.equal(started, false);
  });
});
