import { spawnSync } from 'node:child_process';

/** What a program took, in milliseconds, and what it printed. */
export interface Timed {
  readonly wall: number;
  readonly cpu: number;
  readonly output: string;
}

/** Runs a program to its end. Its CPU is that of the process, from start to exit, by the shell's account. */
export function time(command: readonly string[], environment: NodeJS.ProcessEnv): Timed {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@"';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    encoding: 'utf8',
    env: withoutNodes({ ...process.env, ...environment }),
    maxBuffer: 64 * 1024 * 1024,
  });
  const times = /(\S+) (\S+) (\S+)\s*$/.exec(stderr);
  if (status !== 0 || times === null) {
    throw new Error(`${command.join(' ')}: ${stderr}`);
  }
  const [wall = 0, user = 0, system = 0] = times.slice(1).map((text) => Number(text) * 1000);
  return { wall, cpu: user + system, output: stdout };
}

/** Without what a machine tells Node: to read more certificates takes a program that does nothing 40 ms more. */
function withoutNodes(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('NODE_')),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
