import assert from 'node:assert/strict';
import { explainKey, reasonText } from '../../../src/core/explainKey';
import type { InputKind } from '../../../src/core/key/buildInputs';
import { parsePrebuildKey } from '../../../src/core/key/prebuildKey';
import type { InputRecord, RecordedInput } from '../../../src/core/key/inputRecord';

const hash = parsePrebuildKey('0'.repeat(64));
assert.ok(hash !== undefined);
const record = (...inputs: RecordedInput[]): InputRecord => ({
  hash,
  platform: 'linux/amd64',
  inputs,
});
const input = (kind: InputKind, name: string, label: string, digest: string): RecordedInput => ({
  kind,
  name,
  digest,
  label,
  at: { file: '/w/Dockerfile', line: 7 },
});

describe('explainKey', () => {
  const sentences: Record<string, [kind: InputKind, name: string, label: string]> = {
    'changed: what COPY app reads (Dockerfile:7)': ['files', '/app', 'COPY app'],
    'changed: the instructions of stage dev (Dockerfile:7)': ['stage', '0', 'stage dev'],
    'changed: the value of the build argument TOKEN (Dockerfile:7)': ['argument', 'TOKEN', 'x'],
    'changed: the platform, linux/arm64 (Dockerfile:7)': ['platform', '', 'linux/arm64'],
    'changed: the options or the place of feature go (Dockerfile:7)': [
      'feature',
      'go',
      'feature go',
    ],
  };
  for (const [sentence, [kind, name, label]] of Object.entries(sentences)) {
    it(`says "${sentence}"`, () => {
      const reasons = explainKey(
        record(input(kind, name, label, '1')),
        record(input(kind, name, label, '2')),
      );
      assert.deepEqual(reasons.map(reasonText), [sentence]);
    });
  }

  it('says that a feature came, and one went', () => {
    const reasons = explainKey(
      record(input('feature', 'go', 'feature go', '1')),
      record(input('feature', 'rust', 'feature rust', '1')),
    );
    assert.deepEqual(
      reasons.map(({ change, what }) => `${change}: ${what}`),
      ['added: feature rust', 'removed: feature go'],
    );
  });

  it('says nothing of what is the same', () => {
    const same = record(input('files', '/app', 'COPY app', '1'));
    assert.deepEqual(explainKey(same, same), []);
  });
});
