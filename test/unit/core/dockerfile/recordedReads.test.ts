import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../../../src/core/problem';
import { plan } from '../../../support/plan';

interface RecordedRead {
  readonly op: 'copy' | 'mount';
  readonly source: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

interface Recording {
  readonly name: string;
  readonly dockerfile: string;
  readonly target: string;
  readonly args: Readonly<Record<string, string>>;
  readonly reads?: readonly RecordedRead[];
  readonly error?: string;
}

const RECORDINGS = readFileSync(join(__dirname, '../../../fixtures/dockerfile-reads.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording);

/** Cases where later frontends do otherwise than the recorded one. */
const SINCE: Readonly<Record<string, readonly RecordedRead[]>> = {
  'heredoc-space': [{ op: 'copy', source: '/x' }],
};

function readsOf({ dockerfile, target, args }: Recording): readonly RecordedRead[] {
  const { reads } = plan(dockerfile, { target, buildArgs: new Map(Object.entries(args)) });
  return reads.map(({ op, source, include, exclude }) => ({
    op: op === 'mount' ? 'mount' : 'copy',
    source,
    ...(include.length > 0 ? { include } : {}),
    ...(exclude.length > 0 ? { exclude } : {}),
  }));
}

/** The recordings go by the order of BuildKit's graph, which is not the file's. */
function sorted(reads: readonly RecordedRead[]): readonly string[] {
  return reads
    .map(({ op, source, include = [], exclude = [] }) =>
      JSON.stringify([op, source, include, exclude]),
    )
    .sort();
}

describe('what BuildKit was seen to read', () => {
  for (const recording of RECORDINGS) {
    it(recording.name, () => {
      const since = SINCE[recording.name];
      if (recording.error !== undefined && since === undefined) {
        assert.throws(() => readsOf(recording), Problem);
      } else {
        assert.deepEqual(sorted(readsOf(recording)), sorted(since ?? recording.reads ?? []));
      }
    });
  }
});
