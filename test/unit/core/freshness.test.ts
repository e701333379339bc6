import assert from 'node:assert/strict';
import { behindText } from '../../../src/core/freshness';
import type { MovedName } from '../../../src/core/freshness';

const now = Date.parse('2026-11-24T12:00:00Z');
const debian: MovedName = { kind: 'base image', name: 'debian:bookworm', then: 'a', now: 'b' };
const go: MovedName = {
  kind: 'feature',
  name: 'ghcr.io/devcontainers/features/go:1',
  then: 'a',
  now: 'b',
};

describe('behindText', () => {
  for (const [moved, created, text] of [
    [
      [debian],
      '2026-11-12T11:00:00Z',
      'base image debian:bookworm has moved, prebuild of 12 days ago',
    ],
    [
      [debian],
      '2026-11-23T11:00:00.123456789Z',
      'base image debian:bookworm has moved, prebuild of yesterday',
    ],
    [[debian], '2026-11-24T11:00:00Z', 'base image debian:bookworm has moved, prebuild of today'],
    [
      [debian, go],
      undefined,
      'base image debian:bookworm, feature ghcr.io/devcontainers/features/go:1 have moved',
    ],
    [[debian], '1970-01-01T00:00:00Z', 'base image debian:bookworm has moved'],
    [[debian], '2027-01-01T00:00:00Z', 'base image debian:bookworm has moved'],
  ] satisfies [readonly MovedName[], string | undefined, string][]) {
    it(`says "${text}" (made ${created ?? 'at no known time'})`, () => {
      const made = created === undefined ? undefined : Date.parse(created);
      assert.equal(behindText({ state: 'behind', moved, created: made }, now), text);
    });
  }
});
