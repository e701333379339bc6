import assert from 'node:assert/strict';
import { readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { startRegistry } from '../support/machine/registry';
import { temporaryFolders } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';
import type { CliResult } from './support/commandLine';
import { forget, pruneBuildCache } from './support/docker';
import { testWorkspaces } from './support/workspaces';

const RIGHT = 'right-Zq7!hunter2';
const WRONG = 'wrong-Zq7!hunter2';
/** Of each password, and of its login in base64, a part that stands in no other text. */
const TRACES = [RIGHT, WRONG].flatMap((password) => [
  password,
  Buffer.from(`ann:${password}`).toString('base64').replace(/=+$/, ''),
]);

const revealing = (text: string): string[] => TRACES.filter((trace) => text.includes(trace));

/** Looks at the command lines of all processes while something runs. */
async function withoutTraceInProcesses<T>(work: Promise<T>): Promise<T> {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      try {
        revealing(readFileSync(`/proc/${name}/cmdline`, 'utf8')).forEach((trace) =>
          seen.add(trace),
        );
      } catch {
        // It ended meanwhile.
      }
    }
  }, 25);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    assert.deepEqual([...seen], [], 'a password stood in the list of processes');
  }
}

/** The files below a folder in which a password stands. */
function filesRevealing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => revealing(readFileSync(file, 'latin1')).length > 0);
}

describe('the password of a registry', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();

  /** A folder for Docker's config, with the plugins of the one in use. */
  const dockerConfig = (registry: string, password: string): string => {
    const auth = Buffer.from(`ann:${password}`).toString('base64');
    const config = JSON.stringify({ auths: { [registry]: { auth } } });
    const folder = makeFolder({ 'config.json': config });
    const { DOCKER_CONFIG } = process.env;
    if (DOCKER_CONFIG !== undefined) {
      symlinkSync(join(DOCKER_CONFIG, 'cli-plugins'), join(folder, 'cli-plugins'));
    }
    return folder;
  };

  it('appears in no output, in no list of processes, and in no file', async () => {
    const registry = await startRegistry({ htpasswd: { user: 'ann', password: RIGHT } });
    try {
      const { folder } = makeWorkspace();
      const written = makeFolder({ 'tmp/a': '', 'state/a': '' });
      const where = ['--workspace-folder', folder, '--registry', `${registry.address}/acme/dev`];
      const run = async (args: readonly string[], password: string): Promise<CliResult> => {
        const environment = {
          DOCKER_CONFIG: dockerConfig(registry.address, password),
          TMPDIR: join(written, 'tmp'),
          XDG_CACHE_HOME: join(written, 'state'),
        };
        const ended = await withoutTraceInProcesses(runCli([...args, ...where], environment));
        assert.deepEqual(revealing(ended.stdout + ended.stderr), []);
        return ended;
      };
      assert.equal(errorOf(await run(['check'], WRONG)).code, 'registry-unauthorized');
      const refused = await run(['build', '--push'], WRONG);
      assert.equal(errorOf(refused).code, 'registry-unauthorized', refused.stderr);

      const pushed = await run(['build', '--push'], RIGHT);
      assert.equal(pushed.json['how'], 'built', pushed.stderr);
      assert.equal((await run(['check'], RIGHT)).code, 0);
      await forget(String(pushed.json['image']));
      await pruneBuildCache();
      const opened = await run(['up'], RIGHT);
      assert.equal(opened.json['how'], 'pulled', opened.stderr);

      assert.deepEqual([...filesRevealing(written), ...filesRevealing(folder)], []);
    } finally {
      await registry.stop();
    }
  });
});
