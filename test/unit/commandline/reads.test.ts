import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodeFileTree } from '../../../src/adapters/files/nodeFileTree';
import { parseArguments } from '../../../src/commandline/arguments';
import { answerReads } from '../../../src/commandline/reads';
import { hostPlatform } from '../../../src/core/platform';
import { temporaryFolders } from '../../support/temporaryFolder';

describe('reads', () => {
  const makeFolder = temporaryFolders();

  const answer = (dockerfile: string, ...words: string[]): [number, string, string] => {
    const file = join(makeFolder({ Dockerfile: dockerfile }), 'Dockerfile');
    const parsed = parseArguments(['reads', '--dockerfile', file, ...words]);
    assert.ok(parsed.kind === 'reads');
    let out = '';
    let error = '';
    const terminal = {
      out: (text: string) => (out += text),
      error: (text: string) => (error += text),
    };
    const code = answerReads(parsed.question, nodeFileTree, hostPlatform('x64'), terminal);
    return [code, out, error];
  };

  const DOCKERFILE = [
    'FROM scratch AS tools',
    'COPY tools /',
    'FROM scratch',
    'ARG D=src',
    'COPY --exclude=*.md $D/*.c /d/',
    'RUN --mount=source=lib,target=/lib make',
    'COPY --from=tools / /',
  ].join('\n');

  it('lists what the last stage needs, as JSON', () => {
    const [code, out] = answer(DOCKERFILE, '--json', '--build-arg', 'D=app');
    assert.equal(code, 0);
    const { reads } = JSON.parse(out) as { reads: unknown };
    assert.deepEqual(reads, [
      { op: 'copy', source: '/tools', include: [], exclude: [], line: 2 },
      { op: 'copy', source: '/app/*.c', include: [], exclude: ['*.md'], line: 5 },
      { op: 'mount', source: '/lib', include: [], exclude: [], line: 6 },
    ]);
  });

  it('lists what a target needs, for a person', () => {
    assert.deepEqual(answer(DOCKERFILE, '--target', 'tools'), [0, '   2  tools  (COPY tools)', '']);
  });

  it('says what forced the whole context', () => {
    const [, out] = answer('FROM debian\nCOPY $HOME/x /\n');
    assert.match(out, /2 {2}the whole context/);
    assert.match(out, /note: .*HOME/);
  });

  it('says where the Dockerfile is wrong, in both forms', () => {
    const [code, out, error] = answer('FROM scratch\nCOPPY x /\n', '--json');
    assert.equal(code, 1);
    const problem = (JSON.parse(out) as { error: { code: string; place: { line: number } } }).error;
    assert.deepEqual([problem.code, problem.place.line], ['dockerfile-invalid', 2]);
    assert.match(error, /Dockerfile:2/);
  });

  it('asks for the Dockerfile', () => {
    assert.deepEqual(parseArguments(['reads']), {
      kind: 'wrong',
      reason: '"reads" needs --dockerfile',
    });
  });
});
