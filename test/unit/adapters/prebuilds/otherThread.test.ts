import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import { OtherThreadPrebuilds } from '../../../../src/adapters/prebuilds/otherThread';
import { sameThreadPrebuilds } from '../../../../src/adapters/prebuilds/sameThread';
import { hostPlatform } from '../../../../src/core/platform';
import type { PrebuildRequest } from '../../../../src/core/preparePrebuild';
import { Problem } from '../../../../src/core/problem';
import { parseRepository } from '../../../../src/core/reference';
import { bundleOf } from '../../../support/bundleOf';
import { temporaryFolders } from '../../../support/temporaryFolder';

describe('a key that another thread computes', () => {
  const makeFolder = temporaryFolders();
  const never = new AbortController().signal;
  let prebuilds: OtherThreadPrebuilds;
  let script = '';

  before(() => {
    const folder = makeFolder();
    script = bundleOf('adapters/prebuilds/prebuildWorker', folder);
    prebuilds = new OtherThreadPrebuilds(script, {
      cacheFolder: join(folder, 'cache'),
      hashWorker: bundleOf('adapters/files/hashWorker', folder),
    });
  });

  const requestOf = (dockerfile: string): PrebuildRequest => {
    const folder = makeFolder({
      '.devcontainer.json':
        '{ "build": { "dockerfile": "Dockerfile", "args": { "A": "${localEnv:A}" } } }',
      Dockerfile: dockerfile,
      'app/main.c': 'int main;\n',
    });
    return {
      source: { folder, configFile: join(folder, '.devcontainer.json') },
      platform: hostPlatform('x64'),
      environment: { A: '1' },
      repository: parseRepository('localhost:5000/dev'),
      branch: 'topic',
      defaultBranch: 'trunk',
    };
  };

  it('is that of this thread, with all that explains it', async () => {
    const request = requestOf('FROM debian\nARG A\nCOPY app /app\n');
    const [here, there] = await Promise.all([
      sameThreadPrebuilds(nodeFileTree).prepare(request, never),
      prebuilds.prepare(request, never),
    ]);
    assert.deepEqual(there, here);
    const explained = await prebuilds.explain(request, never);
    assert.deepEqual(explained, await sameThreadPrebuilds(nodeFileTree).explain(request, never));
    assert.ok(
      explained.record.inputs.some(({ at, files }) => at?.line === 3 && files?.depth === 0),
    );
  });

  it('takes a request with whatever else its caller has in it', async () => {
    const request = { ...requestOf('FROM debian\n'), onOutdated: () => undefined };
    const { key } = await prebuilds.explain(request, never);
    assert.equal(key, (await sameThreadPrebuilds(nodeFileTree).prepare(request, never)).key);
  });

  it('fails with the same Problem, place and remedy', async () => {
    const request = requestOf('FROM debian\nCOPY nothing /\n');
    const failures = [sameThreadPrebuilds(nodeFileTree), prebuilds].map((each) =>
      each.prepare(request, never).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    const [here, there] = await Promise.all(failures);
    assert.ok(here instanceof Problem && there instanceof Problem);
    assert.deepEqual(
      [there.code, there.message, there.remedy, there.reason, there.place],
      [here.code, here.message, here.remedy, here.reason, here.place],
    );
  });

  it('is not waited for once it is given up, and the next one comes all the same', async () => {
    const request = requestOf('FROM debian\n');
    const given = new AbortController();
    const lost = prebuilds.prepare(request, given.signal);
    given.abort(new Error('given up'));
    await assert.rejects(lost, /given up/);
    await assert.rejects(prebuilds.prepare(request, given.signal), /given up/);
    assert.match((await prebuilds.prepare(request, never)).key, /^[0-9a-f]{64}$/);
  });

  it('says so where the thread cannot run', async () => {
    const broken = new OtherThreadPrebuilds(join(makeFolder(), 'nowhere.js'), {
      cacheFolder: '',
      hashWorker: '',
    });
    await assert.rejects(broken.prepare(requestOf('FROM debian\n'), never), /nowhere\.js/);
  });
});
