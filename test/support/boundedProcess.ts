import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program, and until when it may run. */
export interface BoundedProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /**
   * The name of a variable whose value in `environment` no other process has: by it whatever the program
   * started is found, though it may have left the program's process group and outlived its parent.
   */
  readonly mark: string;
  /** Aborts when its time is over. */
  readonly bound: AbortSignal;
}

export interface BoundedEnding {
  readonly how:
    | { readonly kind: 'exited'; readonly code: number }
    /** It took longer than it may, and was ended. */
    | { readonly kind: 'out of time' };
  /** How many processes it left running, which were ended. */
  readonly left: number;
}

/** How long what is asked to end may take before it is killed. */
const GRACE_MS = 5_000;

/** Runs a program to its end or its bound. Afterwards nothing that it started runs. */
export async function runBounded(program: BoundedProgram): Promise<BoundedEnding> {
  const child = spawn(program.file, program.args, {
    env: program.environment,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A process group of its own, to be ended as a whole.
    detached: process.platform !== 'win32',
  });
  const exited = new Promise<BoundedEnding['how']>((resolve, reject) => {
    child.once('error', reject);
    // And not `close`: what it left running may hold its streams.
    child.once('exit', (code) => {
      resolve({ kind: 'exited', code: code ?? 1 });
    });
  });
  // With a group of its own it no longer gets the Ctrl-C of the terminal.
  const passOn = (signal: NodeJS.Signals) => {
    void endAll(child.pid, program).then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.once('SIGINT', passOn).once('SIGTERM', passOn);
  try {
    const how = await Promise.race([exited, outOfTime(program.bound)]);
    return { how, left: await endAll(child.pid, program) };
  } finally {
    process.off('SIGINT', passOn).off('SIGTERM', passOn);
  }
}

function outOfTime(bound: AbortSignal): Promise<BoundedEnding['how']> {
  return new Promise((resolve) => {
    bound.addEventListener('abort', () => {
      resolve({ kind: 'out of time' });
    });
  });
}

/** @returns how many processes there were. */
async function endAll(leader: number | undefined, program: BoundedProgram): Promise<number> {
  const first = runningOf(leader, program);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const deadline = Date.now() + GRACE_MS;
    runningOf(leader, program).forEach((pid) => {
      send(pid, signal);
    });
    while (runningOf(leader, program).length > 0 && Date.now() < deadline) {
      await sleep(50);
    }
  }
  return first.length;
}

/**
 * The processes that bear the mark. Where there is no /proc to look into, the process group stands for
 * them, as its negative number.
 */
function runningOf(leader: number | undefined, { environment, mark }: BoundedProgram): number[] {
  if (process.platform !== 'linux') {
    return leader !== undefined && send(-leader, 0) ? [-leader] : [];
  }
  const wanted = `${mark}=${environment[mark] ?? ''}`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && environmentOf(pid).includes(wanted));
}

/** Empty where the process has ended, also while its parent has not yet asked how. */
function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** @returns whether there was a process to send it to. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
