import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './command';

export interface DaemonSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** Starts a process that outlives this one; all that it prints goes to its log file. */
export function startDaemon({ file, args, environment, logFile }: DaemonSpec): number {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  try {
    const child = spawn(file, args, {
      env: environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    // Whoever waits for the daemon finds that it never answers, with this in its log.
    child.on('error', (error) => {
      writeFileSync(logFile, error.message, { flag: 'a' });
    });
    child.unref();
    return child.pid ?? 0;
  } finally {
    closeSync(log);
  }
}

/**
 * Whether the process runs and is the one meant: a number left by a killed process may since have gone
 * to another, so its command line must hold `mark`. Where there is no /proc the number alone decides.
 */
export function isRunning(pid: number, mark: string): boolean {
  if (pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') {
    return true;
  }
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const isZombie = status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
    return !isZombie && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
  } catch {
    return false;
  }
}

/** The number in a pid file, where its process runs and is the one meant (see isRunning). */
export function readPidFile(file: string, mark: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return isRunning(pid, mark) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a pid file that a killed process left behind. */
export function removeStalePidFile(file: string, mark: string): void {
  if (readPidFile(file, mark) === undefined) {
    rmSync(file, { force: true });
  }
}

/** Asks the process to end, and ends it by force where it has not after the patience given. */
export async function endProcess(pid: number, mark: string, patienceMs = 20_000): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(pid, mark)) {
      return;
    }
    process.kill(pid, signal);
    const deadline = Date.now() + patienceMs;
    while (isRunning(pid, mark) && Date.now() < deadline) {
      await sleep(50);
    }
  }
}

export interface Awaited {
  /** What is awaited, as the subject of a sentence: 'The engine'. */
  readonly what: string;
  readonly pid: number;
  readonly mark: string;
  readonly logFile: string;
  readonly patienceMs: number;
}

/** Waits until a daemon answers. @throws an Error with the last lines of its log where it does not. */
export async function untilAnswers(
  { what, pid, mark, logFile, patienceMs }: Awaited,
  answers: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const startedBefore = Date.now() + 1_000;
  while (!(await answers())) {
    // For its first moments a daemon may still be the process that becomes it, under another name.
    const ended = Date.now() > startedBefore && !isRunning(pid, mark);
    if (ended || Date.now() > deadline) {
      const how = ended ? 'ended at its start' : `did not answer within ${patienceMs / 1_000} s`;
      throw new Error(`${what} ${how}. The end of ${logFile}:\n${endOf(logFile)}`);
    }
    await sleep(100);
  }
}

function endOf(file: string): string {
  try {
    return lastLines(readFileSync(file, 'utf8'), 25);
  } catch {
    return '(no log)';
  }
}
