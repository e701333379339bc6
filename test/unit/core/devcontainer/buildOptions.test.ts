import assert from 'node:assert/strict';
import { readBuildOptions } from '../../../../src/core/devcontainer/buildOptions';

describe('readBuildOptions', () => {
  it('reads both spellings of an option, and the last of two wins', () => {
    const read = readBuildOptions(
      ['--build-arg', 'A=1', '--build-arg=A=2=3', '--target=x', '--build-context', 'lib=/l'],
      {},
    );
    assert.deepEqual([...read.buildArgs], [['A', '2=3']]);
    assert.equal(read.target, 'x');
    assert.deepEqual([...read.namedContexts], [['lib', '/l']]);
    assert.deepEqual(read.others, []);
  });

  it('takes the value of a bare build argument from the environment, as docker does', () => {
    const read = readBuildOptions(['--build-arg', 'A', '--build-arg', 'B'], { A: '1' });
    assert.deepEqual([...read.buildArgs], [['A', '1']]);
  });

  it('keeps whatever can change the image, and drops what cannot', () => {
    const { others } = readBuildOptions(
      [
        '--no-cache',
        '--progress',
        'plain',
        '--network=none',
        '--cache-from=x',
        '--label',
        'a=b',
        '-q',
      ],
      {},
    );
    assert.deepEqual(others, ['--network=none', '--label', 'a=b']);
  });
});
