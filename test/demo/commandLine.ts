import { spawn } from 'node:child_process';
import path from 'node:path';
import { lastLines } from '../support/machine/command';

const CLI = path.resolve(__dirname, '../../dist/cli.js');

/** One run of the command line, to its result. */
export interface CommandLineRun {
  /** From the start of its process to its end, so with all that a person waits for. */
  readonly milliseconds: number;
  readonly hash: string;
  readonly how: string;
  /** The build's steps that were taken from a cache, by their names: `[sqlite 2/6] RUN …`. */
  readonly cached: readonly string[];
  /** The build's steps that did their work. */
  readonly worked: readonly string[];
}

export interface CommandLineContext {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Runs `devcontainer-prebuild`. @throws an Error with the end of what it said where it fails. */
export async function runCommandLine(
  args: readonly string[],
  { folder, environment, signal }: CommandLineContext,
): Promise<CommandLineRun> {
  const began = performance.now();
  const { code, output, said } = await new Promise<{
    readonly code: number | null;
    readonly output: string;
    readonly said: string;
  }>((resolve, reject) => {
    // Aborted, it is sent SIGTERM, and ends what it started itself.
    const child = spawn(process.execPath, [CLI, ...args, '--json'], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ code: exitCode, output: texts.stdout, said: texts.stderr });
    });
  });
  const milliseconds = performance.now() - began;
  if (code !== 0) {
    const command = ['devcontainer-prebuild', ...args].join(' ');
    throw new Error(`${command} ended with ${code ?? 'a signal'}:\n${lastLines(said, 30)}`);
  }
  const { hash, how } = JSON.parse(output) as { readonly hash: string; readonly how: string };
  return { milliseconds, hash, how, ...buildSteps(said) };
}

/**
 * Reads the steps of a build from what the command line says on its error stream:
 * ```
 * #7 [sqlite 2/6] RUN make
 * #7 CACHED
 * ```
 */
function buildSteps(text: string): Pick<CommandLineRun, 'cached' | 'worked'> {
  const names = new Map<string, string>();
  const cached = new Set<string>();
  for (const [, step = '', rest = ''] of text.matchAll(/^#(\d+) (.*)$/gm)) {
    if (rest === 'CACHED') {
      cached.add(step);
    } else if (!names.has(step)) {
      names.set(step, rest);
    }
  }
  const steps = [...names].filter(([, name]) => name.startsWith('['));
  return {
    cached: steps.filter(([step]) => cached.has(step)).map(([, name]) => name),
    worked: steps.filter(([step]) => !cached.has(step)).map(([, name]) => name),
  };
}
