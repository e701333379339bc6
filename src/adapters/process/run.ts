import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../../core/log';
import { hasChildren } from './children';
import { commandLine, mask } from './command';
import type { Command } from './command';

interface Exited {
  readonly status: 'exited';
  readonly code: number;
}

interface Failed {
  readonly status: 'failed';
  /**
   * `missing`: there is no such program; `killed`: by a signal that was not ours; `idle`: it had nothing
   * below it and nothing to say, and was ended.
   */
  readonly reason: 'missing' | 'killed' | 'idle' | 'other';
  readonly cause: string;
}

/** How a process ended. There is an exit code only where a process exited by itself. */
export type Ending =
  | (Exited & { readonly stdout: string; readonly stderr: string })
  | { readonly status: 'cancelled' }
  | Failed;

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly log?: Log | undefined;
  /** Called with each line as it comes; such a stream is not collected into the ending. */
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
  /**
   * For a program that only waits for others: so many milliseconds without a line and without a process
   * below it end it, as what it waits for will never come.
   */
  readonly idleAfter?: number;
}

/** How long a cancelled process may clean up after SIGTERM before SIGKILL, in milliseconds. */
const GRACE = 5000;
/** What is kept of a stream that nobody reads line by line, in characters: the end of it. */
const KEPT = 4 * 1024 * 1024;

/**
 * Runs a command to its end. Never rejects. On abort the whole process tree is asked to end, killed
 * after a grace period, and the promise settles only once it is gone.
 */
export async function run(command: Command, options: RunOptions): Promise<Ending> {
  const { signal, log } = options;
  // Loaded when used: a look-up in a registry without TLS runs no program.
  const { spawn } = await import('node:child_process');
  if (signal.aborted) {
    return { status: 'cancelled' };
  }
  log?.debug(`> ${commandLine(command)}`);
  const child = spawn(command.file, command.args, {
    cwd: command.folder,
    env: environmentOf(command),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    // A process group of its own, so that a signal reaches what the program started, too.
    detached: process.platform !== 'win32',
  });
  // A program that exits without reading its input breaks the pipe: its exit code tells, not EPIPE.
  child.stdin.on('error', () => undefined);
  child.stdin.end(command.input);
  const stdout = collect(child.stdout, options.onStdout);
  const stderr = collect(child.stderr, options.onStderr);

  const stop = killOnAbort(child, signal);
  const idle = endWhereIdle(child, options.idleAfter);
  const ended = await new Promise<Exited | Failed>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' && error.syscall?.startsWith('spawn') === true;
      resolve({ status: 'failed', reason: missing ? 'missing' : 'other', cause: error.message });
    });
    // `close` and not `exit`: only then have the streams been read to their ends.
    child.once('close', (code, killer) => {
      resolve(
        code === null
          ? { status: 'failed', reason: 'killed', cause: `ended by ${killer ?? 'a signal'}` }
          : { status: 'exited', code },
      );
    });
  });
  stop();
  const ending = endingOf(idle.end() ?? ended, signal, stdout, stderr);
  log?.debug(`< ${endingText(ending, command)}`);
  return ending;
}

function endingOf(
  ended: Exited | Failed,
  signal: AbortSignal,
  stdout: () => string,
  stderr: () => string,
): Ending {
  if (signal.aborted) {
    return { status: 'cancelled' };
  }
  return ended.status === 'exited' ? { ...ended, stdout: stdout(), stderr: stderr() } : ended;
}

function environmentOf({ environment }: Command): NodeJS.ProcessEnv | undefined {
  return environment === undefined ? undefined : { ...process.env, ...environment };
}

function collect(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): () => string {
  if (onLine !== undefined) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
    return () => '';
  }
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT);
  });
  return () => text;
}

/** @returns a function that ends the watch, to be called once the process is gone. */
function killOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  let last: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    killTree(child, 'SIGTERM');
    last = setTimeout(() => {
      killTree(child, 'SIGKILL');
    }, GRACE);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(last);
  };
}

/** In so many parts the time is looked at: one long step that has just ended is no idleness. */
const IDLE_LOOKS = 4;

/** @returns a function that ends the watch and says whether it was what ended the process. */
function endWhereIdle(
  child: ChildProcess,
  after: number | undefined,
): { readonly end: () => Failed | undefined } {
  const { pid } = child;
  if (after === undefined || pid === undefined) {
    return { end: () => undefined };
  }
  let looks = 0;
  let isIdle = false;
  const reset = (): void => {
    looks = 0;
  };
  child.stdout?.on('data', reset);
  child.stderr?.on('data', reset);
  const look = async (): Promise<void> => {
    looks = (await hasChildren(pid)) === false ? looks + 1 : 0;
    if (looks >= IDLE_LOOKS) {
      isIdle = true;
      killTree(child, 'SIGKILL');
    }
  };
  const timer = setInterval(() => {
    look().catch(reset);
  }, after / IDLE_LOOKS);
  return {
    end: () => {
      clearInterval(timer);
      const cause = `it did nothing for ${Math.round(after / 1000)} s`;
      return isIdle ? { status: 'failed', reason: 'idle', cause } : undefined;
    },
  };
}

function killTree(child: ChildProcess, killer: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  if (process.platform === 'win32') {
    const words = ['/pid', String(child.pid), '/T', '/F'];
    void import('node:child_process').then(({ spawn }) => {
      spawn('taskkill', words, { stdio: 'ignore' });
    });
    return;
  }
  try {
    process.kill(-child.pid, killer);
  } catch {
    // ESRCH: the group is gone already.
  }
}

function endingText(ending: Ending, { file, secrets = [] }: Command): string {
  switch (ending.status) {
    case 'exited':
      return `${file} exited with code ${ending.code}`;
    case 'cancelled':
      return `${file} was cancelled`;
    case 'failed':
      return mask(`${file} failed: ${ending.cause}`, secrets);
  }
}
