import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BuildInput } from '../../../../src/core/key/buildInputs';
import { compareInputs } from '../../../../src/core/key/compareInputs';
import { computeKey } from '../../../../src/core/key/computeKey';

const files = (name: string, digest: string): BuildInput => ({ kind: 'files', name, digest });

const arbitrary = fc.array(
  fc.record({
    kind: fc.constantFrom('files' as const, 'stage' as const),
    name: fc.constantFrom('a', 'b'),
    digest: fc.constantFrom('1', '2'),
  }),
);

describe('compareInputs', () => {
  it('names what came, changed and went', () => {
    const before = [files('a', '1'), files('b', '1'), files('gone', '1')];
    const after = [files('b', '2'), files('a', '1'), files('come', '1')];
    assert.deepEqual(
      compareInputs(before, after).map(({ change, input }) => `${change} ${input.name}`),
      ['changed b', 'added come', 'removed gone'],
    );
  });

  it('tells once of a source that is read twice', () => {
    const before = [files('a', '1'), files('a', '2')];
    const changes = compareInputs(before, [files('a', '1')]);
    assert.deepEqual(
      changes.map(({ change, input }) => [change, input]),
      [['changed', files('a', '1')]],
    );
  });

  it('never calls two builds equal whose inputs differ, in whatever order they come', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (before, after) => {
        const sorted = [before, after].map((inputs) =>
          computeKey([...inputs].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))),
        );
        if (sorted[0] !== sorted[1]) {
          assert.notDeepEqual(compareInputs(before, after), []);
        }
        assert.deepEqual(compareInputs(after, after), []);
      }),
    );
  });
});
