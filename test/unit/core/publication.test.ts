import assert from 'node:assert/strict';
import { registryNotSet } from '../../../src/core/problems';
import { endingOf, parsePublicationState } from '../../../src/core/publication';
import type { PublicationState } from '../../../src/core/publication';
import { PublicationLife } from '../../../src/core/publicationLife';

const { code, message, remedy } = registryNotSet();
const running = (beat: number): PublicationState => ({
  status: 'running',
  process: { pid: 7, host: 'here' },
  beat,
  progress: 'exporting to image',
});
const states: readonly PublicationState[] = [
  { status: 'queued' },
  running(3),
  { status: 'done', how: 'pushed' },
  { status: 'done', how: 'present' },
  { status: 'done', how: 'outdated' },
  { status: 'cancelled' },
  { status: 'failed', problem: { code, message, remedy, reason: 'why' } },
  { status: 'failed', problem: { code, message, remedy, reason: undefined } },
  { status: 'interrupted' },
];

describe('the state of a publication', () => {
  for (const state of states) {
    const text = JSON.stringify(state);
    it(`is read as it was written: ${text}`, () => {
      assert.deepEqual(parsePublicationState(text), state);
    });
  }

  for (const text of [
    '',
    '[]',
    '{}',
    '{ "status": "lost" }',
    '{ "status": "done", "how": "well" }',
    '{ "status": "failed", "problem": { "code": "x" } }',
    '{ "status": "running", "process": { "pid": "7", "host": "" }, "beat": 0, "progress": "" }',
    '{ "status": "running", "beat": 0, "progress": "" }',
  ]) {
    it(`is none: ${text}`, () => {
      assert.equal(parsePublicationState(text), undefined);
    });
  }

  it('tells who ended it from what failed', () => {
    const cancelled = { status: 'cancelled' } as const;
    assert.equal(endingOf(cancelled, 'person').status, 'cancelled');
    assert.equal(endingOf(cancelled, 'system').status, 'interrupted');
    assert.deepEqual(endingOf({ status: 'done', value: 'pushed' }, 'system'), {
      status: 'done',
      how: 'pushed',
    });
    assert.deepEqual(endingOf({ status: 'failed', problem: registryNotSet() }, 'system'), {
      status: 'failed',
      problem: { code, message, remedy, reason: undefined },
    });
  });
});

describe('PublicationLife', () => {
  /** Looks at what is given at the seconds that are given, and says what it saw. */
  const look = (
    seen: readonly (readonly [second: number, state: PublicationState])[],
    isGone = false,
  ): readonly string[] => {
    let now = 0;
    const life = new PublicationLife({ now: () => now }, () => isGone);
    return seen.map(([second, state]) => {
      now = second * 1000;
      return life.judge('id', state).status;
    });
  };

  it('takes one for gone whose process is', () => {
    assert.deepEqual(look([[0, running(0)]], true), ['interrupted']);
    assert.deepEqual(look([[0, { status: 'cancelled' }]], true), ['cancelled']);
  });

  it('takes one for gone that was watched in vain, whatever runs under its number', () => {
    const seconds = Array.from({ length: 32 }, (_, second) => second);
    for (const state of [running(5), { status: 'queued' } as const]) {
      const statuses = look(seconds.map((second) => [second, state]));
      assert.deepEqual(new Set(statuses.slice(0, -1)), new Set([state.status]));
      assert.equal(statuses.at(-1), 'interrupted');
    }
  });

  it('believes one that gives signs of life, however long it takes', () => {
    const seconds = Array.from({ length: 100 }, (_, second) => second);
    const statuses = look(seconds.map((second) => [second, running(Math.floor(second / 20))]));
    assert.deepEqual(new Set(statuses), new Set(['running']));
  });

  it('gives one the time to show that it lives after the machine slept', () => {
    const seen = [0, 50_000, 50_001].map((second) => [second, running(5)] as const);
    assert.deepEqual(look(seen), ['running', 'running', 'running']);
  });
});
