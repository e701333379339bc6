import type { Log } from '../../core/log';
import type { Command } from '../process/command';
import { run } from '../process/run';
import type { Ending, RunOptions } from '../process/run';

/** Where the devcontainer CLI's own files lie, and what to run it with. */
export interface DevcontainerCli {
  /** Its `devcontainer.js`. */
  readonly script: string;
  /** A Node, or an Electron that acts as one. */
  readonly node: string;
  readonly docker: string;
  /** How long `up` may do nothing at all before it is ended, in milliseconds. */
  readonly idleAfter?: number;
}

/** The last line of the CLI's standard output. */
export type CliResult = Readonly<Record<string, unknown>> & { readonly outcome: string };

export interface CliEnding {
  readonly ending: Ending;
  readonly result: CliResult | undefined;
}

/** A subcommand of the CLI, which logs JSON lines on its standard error. */
export function cliCommand(
  cli: DevcontainerCli,
  subcommand: 'build' | 'up',
  args: readonly string[],
  secrets: readonly string[],
): Command {
  return {
    file: cli.node,
    args: [cli.script, subcommand, '--log-format', 'json', '--docker-path', cli.docker, ...args],
    environment: { ELECTRON_RUN_AS_NODE: '1', BUILDKIT_PROGRESS: 'plain', NO_COLOR: '1' },
    secrets,
  };
}

/**
 * Runs a subcommand.
 * @param onLine told every line that the CLI or a program below it prints, without colours.
 */
export async function runCli(
  command: Command,
  onLine: (line: string) => void,
  log: Log,
  signal: AbortSignal,
  { idleAfter }: Pick<RunOptions, 'idleAfter'> = {},
): Promise<CliEnding> {
  let result: CliResult | undefined;
  let rest = '';
  const ending = await run(command, {
    signal,
    log,
    ...(idleAfter !== undefined && { idleAfter }),
    onStdout: (line) => {
      result = parseResult(line) ?? result;
    },
    onStderr: (json) => {
      const { lines, open } = linesOf(parseLogLine(json), rest);
      rest = open;
      lines.forEach(onLine);
    },
  });
  if (rest !== '') {
    onLine(rest);
  }
  return { ending, result };
}

interface LogLine {
  /** `raw` comes in pieces that end anywhere; each other kind is whole. */
  readonly raw: boolean;
  readonly text: string;
}

function parseLogLine(json: string): LogLine {
  try {
    const { type, text } = JSON.parse(json) as { type?: unknown; text?: unknown };
    return { raw: type === 'raw', text: typeof text === 'string' ? text : '' };
  } catch {
    // Not the CLI's own: Node's warnings, say.
    return { raw: false, text: json };
  }
}

/** Colours and cursor movements of terminals: CSI sequences. */
// eslint-disable-next-line no-control-regex
const ANSI = /\u001b\[[0-9;?]*[A-Za-z]/g;

function linesOf({ raw, text }: LogLine, before: string): { lines: string[]; open: string } {
  const plain = text.replace(ANSI, '');
  if (!raw) {
    return { lines: plain.split(/\r?\n/).filter((line) => line.trim() !== ''), open: before };
  }
  const lines = (before + plain).split(/\r?\n/);
  const open = lines.pop() ?? '';
  return { lines, open };
}

function parseResult(line: string): CliResult | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && 'outcome' in value
      ? (value as CliResult)
      : undefined;
  } catch {
    return undefined;
  }
}
