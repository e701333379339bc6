import assert from 'node:assert/strict';
import { explainKey, reasonLines } from '../../../src/core/explainKey';
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
    'changed: the options of feature go (Dockerfile:7)': ['feature', 'go', 'feature go'],
  };
  for (const [sentence, [kind, name, label]] of Object.entries(sentences)) {
    it(`says "${sentence}"`, () => {
      const reasons = explainKey(
        record(input(kind, name, label, '1')),
        record(input(kind, name, label, '2')),
      );
      assert.deepEqual(reasons.flatMap(reasonLines), [sentence]);
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

  it('names the files that came, changed and went', () => {
    const reads = (digest: string, marks: [string, string][]): RecordedInput => ({
      ...input('files', '/app', 'COPY app', digest),
      files: { depth: 0, marks },
    });
    const before = reads('1', [
      ['app/a', '1'],
      ['app/b', '1'],
      ['app/gone', '1'],
    ]);
    const after = reads('2', [
      ['app/a', '1'],
      ['app/b', '2'],
      ['app/new\nline', '1'],
    ]);
    assert.deepEqual(explainKey(record(before), record(after)).flatMap(reasonLines), [
      'changed: what COPY app reads (Dockerfile:7)',
      '  changed app/b',
      '  removed app/gone',
      '  added app/new\u{fffd}line',
    ]);
  });

  it('counts the files where there are more than a person reads', () => {
    const reads = (digest: string, count: number): RecordedInput => ({
      ...input('files', '/app', 'COPY app', digest),
      files: { depth: 0, marks: Array.from({ length: count }, (_, index) => [`f${index}`, '']) },
    });
    const lines = explainKey(record(reads('1', 0)), record(reads('2', 30))).flatMap(reasonLines);
    assert.equal(lines.length, 11);
    assert.equal(lines.at(-1), '  and 21 more');
  });

  it('says nothing of what is the same', () => {
    const same = record(input('files', '/app', 'COPY app', '1'));
    assert.deepEqual(explainKey(same, same), []);
  });
});
