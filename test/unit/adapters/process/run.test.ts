import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../../../src/adapters/process/command';
import { run } from '../../../../src/adapters/process/run';
import type { RunOptions } from '../../../../src/adapters/process/run';
import { temporaryFolders } from '../../../support/temporaryFolder';

const node = (script: string, ...args: string[]): { file: string; args: string[] } => ({
  file: process.execPath,
  args: ['-e', script, ...args],
});
/** Whether a process runs; one that is dead and only waits to be reaped by its parent does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const options: RunOptions = { signal: new AbortController().signal };

describe('run', () => {
  const makeFolder = temporaryFolders();

  it('gives the exit code and both streams', async () => {
    const script = 'console.log("out"); console.error("err"); process.exit(3)';
    assert.deepEqual(await run(node(script), options), {
      status: 'exited',
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('says that a program is missing, and gives no exit code', async () => {
    const ending = await run({ file: 'no-such-program-anywhere', args: [] }, options);
    assert.ok(ending.status === 'failed');
    assert.equal(ending.reason, 'missing');
  });

  it('says that a process was killed from outside', async () => {
    const ending = await run(node('process.kill(process.pid, "SIGKILL")'), options);
    assert.ok(ending.status === 'failed');
    assert.equal(ending.reason, 'killed');
  });

  it('ends what waits for nothing, once it has no process below it and says nothing', async () => {
    const file = join(makeFolder(), 'child-ended');
    const script = [
      `require("child_process").spawn("sh", ["-c", "sleep 2; touch ${file}"])`,
      'setInterval(() => undefined, 1000)',
    ].join(';');
    const ending = await run(node(script), { ...options, idleAfter: 1500 });
    assert.ok(ending.status === 'failed');
    assert.equal(ending.reason, 'idle');
    assert.ok(existsSync(file), 'not while its child lived');
  }).timeout(20_000);

  it('passes every argument as it is: no shell sees one', async () => {
    const odd = ['a b', '$HOME', '`id`', '"', "'", '*', '-x', 'ü', '', 'a\nb', '%PATH%'];
    const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const ending = await run(node(script, '--', ...odd), options);
    assert.ok(ending.status === 'exited');
    assert.deepEqual(JSON.parse(ending.stdout), odd);
  });

  it('gives lines as they come, split at CR LF, the last one without an end too', async () => {
    const lines: string[] = [];
    await run(node('process.stdout.write("one\\r\\ntwo\\nthree")'), {
      ...options,
      onStdout: (line) => lines.push(line),
    });
    assert.deepEqual(lines, ['one', 'two', 'three']);
  });

  it('writes the input and closes it', async () => {
    const ending = await run(
      { ...node('process.stdin.pipe(process.stdout)'), input: 'hello' },
      options,
    );
    assert.ok(ending.status === 'exited');
    assert.equal(ending.stdout, 'hello');
  });

  it('ends the whole process tree on abort, and settles once it is gone', async () => {
    const controller = new AbortController();
    const child = 'console.log(process.pid); setInterval(() => {}, 1000)';
    const script = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}],
      { stdio: "inherit" })`;
    let grandchild = 0;
    const ending = await run(node(script), {
      signal: controller.signal,
      onStdout: (line) => {
        grandchild = Number(line);
        controller.abort();
      },
    });
    assert.deepEqual(ending, { status: 'cancelled' });
    assert.ok(grandchild > 0);
    assert.equal(isRunning(grandchild), false);
  });

  it('starts nothing after an abort', async () => {
    const ending = await run(node(''), { signal: AbortSignal.abort() });
    assert.deepEqual(ending, { status: 'cancelled' });
  });

  it('survives a program that exits without reading its input', async () => {
    const input = 'x'.repeat(1_000_000);
    const ending = await run({ ...node('process.exit(0)'), input }, options);
    assert.ok(ending.status === 'exited');
  });
});

describe('commandLine', () => {
  it('quotes what needs it, and masks secrets', () => {
    assert.equal(
      commandLine({
        file: 'docker',
        args: ['build', '--build-arg', 'TOKEN=hunter2', "it's"],
        secrets: ['hunter2'],
      }),
      `docker build --build-arg TOKEN=*** 'it'\\''s'`,
    );
  });
});
