import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BuildInput } from '../../../../src/core/key/buildInputs';
import { computeKey } from '../../../../src/core/key/computeKey';
import { frame } from '../../../../src/core/key/encoding';

const input = (name: string, digest: string): BuildInput => ({ kind: 'files', name, digest });

describe('computeKey', () => {
  it('is 64 hex digits that stay the same over releases', () => {
    assert.equal(
      computeKey([input('a', 'b')]),
      '3353a4d1de96b7691fa374e11ad0a5a319f1761bf479f032b1f676744569d17e',
    );
  });

  it('tells apart what only framing tells apart', () => {
    assert.notEqual(computeKey([input('ab', 'c')]), computeKey([input('a', 'bc')]));
    assert.notEqual(computeKey([input('a', ''), input('b', '')]), computeKey([input('ab', '')]));
  });

  it('never frames two different lists alike', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        assert.equal(frame(a) === frame(b), JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
