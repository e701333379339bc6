import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';

const CLI = join(resolve(__dirname, '../../..'), 'dist', 'cli.js');

/** What a run of the command line left. */
export interface CliResult {
  readonly code: number | null;
  /** The one JSON object on standard output; empty where there was none. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRun {
  readonly process: ChildProcess;
  readonly ended: Promise<CliResult>;
  /** Resolves once standard error has a line that matches; rejects where it ends without. */
  saw(pattern: RegExp): Promise<void>;
}

/**
 * Starts the bundled command line, as a person or CI would, with `--json` and `--verbose`.
 * @param below a program that starts it, such as one that enters another network.
 */
export function startCli(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  below: readonly string[] = [],
): CliRun {
  const words = [...below, process.execPath, CLI, ...args, '--json', '--verbose'];
  const child = spawn(words[0] ?? '', words.slice(1), {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers: (() => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    watchers.forEach((watcher) => {
      watcher();
    });
  });
  const ended = new Promise<CliResult>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const text = stdout.trim();
      const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
      settle({ code, json, stdout, stderr });
    });
  });
  return {
    process: child,
    ended,
    saw: (pattern) =>
      new Promise((settle, reject) => {
        const watch = (): void => {
          if (pattern.test(stderr)) {
            settle();
          }
        };
        watchers.push(watch);
        watch();
        void ended.then(() => {
          reject(new Error(`it ended without ${String(pattern)}:\n${stderr}`));
        });
      }),
  };
}

export function runCli(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  below: readonly string[] = [],
): Promise<CliResult> {
  return startCli(args, environment, below).ended;
}

/** The error that a failed run reported. */
export function errorOf({ json }: CliResult): {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly cause?: string;
  readonly place?: { readonly file: string; readonly line?: number; readonly column?: number };
} {
  return json['error'] as ReturnType<typeof errorOf>;
}
