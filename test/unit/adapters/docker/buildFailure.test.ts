import assert from 'node:assert/strict';
import { BuildFailure } from '../../../../src/adapters/docker/buildFailure';
import { PlainProgress } from '../../../../src/adapters/docker/plainProgress';
import type { Problem } from '../../../../src/core/problem';

const problemOf = (text: string, dockerfile?: string): Problem => {
  const progress = new PlainProgress();
  const failure = new BuildFailure(
    dockerfile === undefined ? undefined : { dockerfile, inline: undefined },
  );
  for (const line of text.split('\n')) {
    const event = progress.read(line);
    if (event !== undefined) {
      failure.follow(event);
    }
  }
  return failure.problem('');
};

describe('BuildFailure', () => {
  // As buildx 0.29.1 printed it; the cache reference is missing, which fails nothing.
  const FAILED = `#4 importing cache manifest from localhost:5000/nope:1
#4 ERROR: failed to configure registry cache importer: localhost:5000/nope:1: not found

#8 [3/4] RUN echo "two words" >&2 &&   exit 7
#8 0.436 two words
#8 ERROR: process "/bin/sh -c echo \\"two words\\" >&2 &&   exit 7" did not complete successfully: exit code: 7
------
 > importing cache manifest from localhost:5000/nope:1:
------
------
 > [3/4] RUN echo "two words" >&2 &&   exit 7:
0.436 two words
------
Dockerfile:3
--------------------
   3 | >>> RUN echo "two words" >&2 && \\
   4 | >>>   exit 7
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c" did not complete successfully: exit code: 7`;

  it('names the instruction, its place and its last lines', () => {
    const problem = problemOf(FAILED, '/w/Dockerfile');
    assert.equal(problem.code, 'build-step-failed');
    assert.equal(problem.message, 'The build failed at RUN echo "two words" >&2 &&   exit 7.');
    assert.deepEqual(problem.place, { file: '/w/Dockerfile', line: 3 });
    assert.equal(problem.reason, 'two words\nexit code 7');
  });

  it("claims no place for a Dockerfile that is not the user's", () => {
    assert.equal(problemOf(FAILED, '/w/other.Dockerfile').place, undefined);
  });

  const messages: Record<string, string> = {
    'ERROR: failed to build: Cache export is not supported for the docker driver.':
      'cache-export-unsupported',
    'ERROR: BuildKit is enabled but the buildx component is missing or broken.': 'buildx-missing',
    'ERROR: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?':
      'engine-lost',
    'ERROR: failed to copy: write /x: no space left on device': 'build-no-space',
    'ERROR: failed to push localhost:5000/a: push access denied: authorization failed: no basic auth credentials':
      'push-unauthorized',
    // As buildx 0.29.1 and BuildKit said it of a registry that failed so.
    'ERROR: failed to build: failed to solve: failed to push localhost:1/x/y:1: unexpected status from PUT request to http://localhost:1/v2/x/y/manifests/1: 401 Unauthorized':
      'push-unauthorized',
    'ERROR: failed to build: failed to solve: failed to push localhost:1/x/y:1: denied: no':
      'push-forbidden',
    'ERROR: failed to build: failed to solve: failed to push localhost:1/x/y:1: unexpected status from POST request to http://localhost:1/v2/x/y/blobs/uploads/: 403 Forbidden':
      'push-forbidden',
    'ERROR: failed to build: failed to solve: failed to push localhost:1/x/y:1: unexpected status from PUT request to http://localhost:1/v2/x/y/manifests/1: 429 Too Many Requests':
      'push-busy',
    'ERROR: failed to build: failed to solve: failed to push localhost:1/x/y:1: unexpected status from PUT request to http://localhost:1/v2/x/y/manifests/1: 500 Internal Server Error':
      'push-failed',
    'ERROR: something else': 'build-failed',
  };
  for (const [line, code] of Object.entries(messages)) {
    it(`tells ${code} from "${line}"`, () => {
      assert.equal(problemOf(line).code, code);
    });
  }

  it('repeats no part of an address with which others could write', () => {
    const { code, reason } = problemOf(
      'ERROR: failed to push localhost:1/x/y:1: failed commit on ref "layer-sha256:3a": failed to do request: Put "http://localhost:1/v2/x/y/blobs/uploads/95?_state=KVA&digest=sha256%3A3a": EOF',
    );
    assert.equal(code, 'push-failed');
    assert.match(reason ?? '', /uploads\/95": EOF$/);
  });

  it('keeps the last line where nothing says ERROR', () => {
    assert.equal(problemOf('unknown flag: --x').reason, 'unknown flag: --x');
  });
});
