import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Given each line of both streams as it comes; without it they are only kept for the error. */
  readonly log?: (line: string) => void;
  /** Written to the standard input, which is empty without it. */
  readonly input?: string;
}

export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    readonly file: string,
    readonly args: readonly string[],
    /** Absent where the command could not be started or was ended by a signal. */
    readonly exitCode: number | undefined,
    readonly output: string,
  ) {
    const how =
      exitCode === undefined ? 'did not run to its end' : `failed with exit code ${exitCode}`;
    super(`${[file, ...args].join(' ')} ${how}.\n${lastLines(output, 20)}`);
  }
}

/**
 * Runs a command to its end.
 * @returns its standard output.
 * @throws CommandFailed with the last lines of both streams.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: options.environment ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const standardOutput: string[] = [];
    const bothStreams: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        bothStreams.push(text);
        if (stream === child.stdout) {
          standardOutput.push(text);
        }
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        lines.forEach((line) => options.log?.(line));
      });
      stream.on('end', () => {
        if (rest !== '') {
          options.log?.(rest);
        }
      });
    }
    child.on('error', (error) => {
      reject(new CommandFailed(file, args, undefined, error.message));
    });
    child.on('close', (exitCode) => {
      if (exitCode === 0) {
        resolve(standardOutput.join(''));
      } else {
        reject(new CommandFailed(file, args, exitCode ?? undefined, bothStreams.join('')));
      }
    });
    // A command that does not read its input closes the pipe: its exit code tells how it went.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  });
}

/** The standard output, or undefined where the command failed or does not exist. */
export async function tryRun(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string | undefined> {
  try {
    return await run(file, args, options);
  } catch (error) {
    if (error instanceof CommandFailed) {
      return undefined;
    }
    throw error;
  }
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
