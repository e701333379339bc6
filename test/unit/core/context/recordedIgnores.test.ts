import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Patterns } from '../../../../src/core/context/patterns';

interface Recording {
  readonly patterns: readonly string[];
  readonly path: string;
  readonly ignored: boolean;
}

const RECORDINGS = readFileSync(join(__dirname, '../../../fixtures/dockerignore.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording);

describe('what BuildKit was seen to ignore', () => {
  for (const { patterns, path, ignored } of RECORDINGS) {
    it(`${path} by ${patterns.join(' ')}`, () => {
      const { matched } = Patterns.of(patterns, () => ({ file: 'x' })).verdictOf(path);
      assert.equal(matched, ignored);
    });
  }
});
