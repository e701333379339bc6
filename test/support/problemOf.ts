import assert from 'node:assert/strict';
import { Problem } from '../../src/core/problem';

/** Runs what must throw a Problem, and gives it. */
export function problemOf(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Problem, `not a Problem: ${String(error)}`);
    return error;
  }
  assert.fail('nothing was thrown');
}
