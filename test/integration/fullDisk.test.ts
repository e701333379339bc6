import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolders } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';
import { testWorkspaces } from './support/workspaces';

describe('a full disk', () => {
  const mounted: string[] = [];
  // Before the folders are removed: what was registered first runs first.
  afterEach(() => {
    mounted.splice(0).forEach((folder) => execFileSync('umount', ['--lazy', folder]));
  });
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();

  /** @returns undefined, loudly, where this user may not mount. */
  const fullFolder = (): string | undefined => {
    const folder = makeFolder();
    try {
      const how = ['-t', 'tmpfs', '-o', 'size=4k,nr_inodes=3', 'tmpfs', folder];
      execFileSync('mount', how, { stdio: 'pipe' });
    } catch (error) {
      console.error(`NOT TESTED: a full disk, as nothing may be mounted here: ${String(error)}`);
      return undefined;
    }
    mounted.push(folder);
    writeFileSync(join(folder, 'fills'), Buffer.alloc(4096));
    writeFileSync(join(folder, 'fills-too'), '');
    return folder;
  };

  it('where state is kept costs explanations and speed alone', async () => {
    const full = fullFolder();
    if (full === undefined) {
      return;
    }
    const { folder } = makeWorkspace();
    const where = ['--workspace-folder', folder];
    const opened = await runCli(['up', ...where], { XDG_CACHE_HOME: full });
    assert.equal(opened.json['how'], 'built', opened.stderr);
    assert.match(opened.stderr, /The inputs of this key cannot be remembered/);
    const again = await runCli(['up', ...where], { XDG_CACHE_HOME: full });
    assert.equal(again.json['how'], 'running', again.stderr);
  });

  it('where a build needs a folder for a moment is named', async () => {
    const full = fullFolder();
    if (full === undefined) {
      return;
    }
    const { folder } = makeWorkspace();
    const failed = await runCli(['build', '--workspace-folder', folder], { TMPDIR: full });
    assert.equal(errorOf(failed).code, 'temporary-folder-full', failed.stderr);
    assert.ok(errorOf(failed).message.includes(full));
  });
});
