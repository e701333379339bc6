import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../../support/machine/daemon';
import { runBounded } from '../../support/boundedProcess';
import type { BoundedEnding } from '../../support/boundedProcess';
import { temporaryFolders } from '../../support/temporaryFolder';

/** A program that starts another, which stays, in a group of its own, and tells its number. */
const STARTS_ANOTHER = `
  const { spawn } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  const stays = 'process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 1000)';
  const other = spawn(process.execPath, ['-e', stays], { detached: true, stdio: 'ignore' });
  writeFileSync(process.env.TEST_MARK, String(other.pid));
  other.unref();
`;

/** Aborts once the file is there. */
function onceThere(file: string): AbortSignal {
  const controller = new AbortController();
  void (async () => {
    while (!existsSync(file) || readFileSync(file, 'utf8') === '') {
      await sleep(20);
    }
    controller.abort();
  })();
  return controller.signal;
}

describe('runBounded', () => {
  const makeFolder = temporaryFolders();

  async function bounded(
    script: string,
    bound: (file: string) => AbortSignal,
  ): Promise<BoundedEnding & { readonly otherRuns: boolean }> {
    const file = join(makeFolder(), 'pid');
    const ending = await runBounded({
      file: process.execPath,
      args: ['-e', script],
      environment: { ...process.env, TEST_MARK: file },
      mark: 'TEST_MARK',
      bound: bound(file),
    });
    return { ...ending, otherRuns: isRunning(Number(readFileSync(file, 'utf8')), 'setInterval') };
  }

  it('gives the exit code, and ends what the program left running', async () => {
    const ending = await bounded(
      `${STARTS_ANOTHER}; process.exitCode = 3;`,
      () => new AbortController().signal,
    );
    assert.deepEqual(ending.how, { kind: 'exited', code: 3 });
    assert.deepEqual([ending.left, ending.otherRuns], [1, false]);
  });

  it('ends a program that does not end, and all that it started', async () => {
    const ending = await bounded(`${STARTS_ANOTHER}; setInterval(() => {}, 1000);`, onceThere);
    assert.deepEqual(ending.how, { kind: 'out of time' });
    assert.deepEqual([ending.left, ending.otherRuns], [2, false]);
  });
});
