import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { inTemporaryFolder } from '../../../../src/adapters/files/temporaryFolder';
import { temporaryFolders } from '../../../support/temporaryFolder';

describe('a temporary folder', () => {
  const makeFolder = temporaryFolders();
  const { TMPDIR } = process.env;
  let top: string;

  beforeEach(() => {
    top = makeFolder();
    process.env['TMPDIR'] = top;
  });
  afterEach(() => {
    if (TMPDIR === undefined) {
      delete process.env['TMPDIR'];
    } else {
      process.env['TMPDIR'] = TMPDIR;
    }
  });

  it('is gone afterwards, and so are those that killed processes left a day ago', async () => {
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    const make = (name: string, at: Date): string => {
      const folder = join(top, name);
      mkdirSync(join(folder, 'inside'), { recursive: true });
      utimesSync(folder, at, at);
      return folder;
    };
    const left = make('devcontainer-prebuild-aB3xY9', yesterday);
    const used = make('devcontainer-prebuild-zZ3xY9', new Date());
    const others = ['devcontainer-prebuild-of-mine', 'devcontainer-prebuild'].map((name) =>
      make(name, yesterday),
    );
    const own = await inTemporaryFolder((folder) => {
      assert.ok(existsSync(folder));
      return Promise.resolve(folder);
    });
    assert.deepEqual([own, left, used, ...others].map(existsSync), [
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('that cannot be made is a Problem', async () => {
    process.env['TMPDIR'] = join(top, 'missing');
    await assert.rejects(
      inTemporaryFolder(() => Promise.resolve()),
      { code: 'temporary-folder-unusable' },
    );
  });
});
