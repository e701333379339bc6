import { basename } from 'node:path';
import type { BuildEvent } from '../../core/buildEvent';
import type { DockerfileRecipe } from '../../core/buildRecipe';
import type { Place, Problem } from '../../core/problem';
import {
  buildFailed,
  buildNoSpace,
  buildStepFailed,
  buildxMissing,
  cacheExportUnsupported,
  engineLost,
  pushBusy,
  pushFailed,
  pushForbidden,
  pushUnauthorized,
} from '../../core/problems';

/** How many of a failed step's last lines a person is shown; the log has them all. */
const LAST_LINES = 6;

/** What Docker and buildx say, by what it means; the texts before the matched part differ by version. */
const MESSAGES: readonly (readonly [pattern: RegExp, problem: (line: string) => Problem])[] = [
  [/Cache export is not supported/, cacheExportUnsupported],
  [/buildx component is missing or broken|is not a docker command/, buildxMissing],
  [/Cannot connect to the Docker daemon|error during connect/, engineLost],
  [/no space left on device/, buildNoSpace],
  [/failed to push .*(?:401 Unauthorized|insufficient_scope|no basic auth)/, pushUnauthorized],
  [/failed to push .*(?:403 Forbidden|denied: )/, pushForbidden],
  [/failed to push .*429 Too Many Requests/, pushBusy],
  [/failed to push /, pushFailed],
  [/401 Unauthorized|insufficient_scope|denied: |no basic auth credentials/, pushUnauthorized],
];

const SILENT = 'the builder ended without a word';

/** Follows a build's events and its text, and says at its end why it failed. */
export class BuildFailure {
  private readonly names = new Map<number, string>();
  private readonly output = new Map<number, string[]>();
  private readonly lines: string[] = [];
  private failed: { readonly step: number; readonly reason: string } | undefined;

  /** @param recipe whose Dockerfile the builder's line numbers refer to. */
  constructor(
    private readonly recipe: Pick<DockerfileRecipe, 'dockerfile' | 'inline'> | undefined,
  ) {}

  follow(event: BuildEvent): void {
    switch (event.kind) {
      case 'step':
        this.names.set(event.step, event.name);
        break;
      case 'output':
        this.output.set(
          event.step,
          [...(this.output.get(event.step) ?? []), event.text].slice(-LAST_LINES),
        );
        break;
      case 'failed':
        // A cache that is not there fails its own step, and nothing else.
        if (!/^(?:importing|exporting) cache/.test(this.names.get(event.step) ?? '')) {
          this.failed = event;
        }
        break;
      case 'line':
        this.lines.push(event.text);
        this.lines.splice(0, this.lines.length - 50);
        break;
      case 'cached':
      case 'done':
      case 'warning':
    }
  }

  /** @param text what else is known of the failure: the standard error of the program that failed. */
  problem(text: string): Problem {
    const lines = [...this.lines, ...text.split(/\r?\n/)];
    const last = lines.findLast((line) => /^(?:ERROR|error|Error): /.test(line));
    for (const [pattern, make] of MESSAGES) {
      const line = lines.findLast((candidate) => pattern.test(candidate));
      if (line !== undefined) {
        return make(plain(line));
      }
    }
    if (this.failed === undefined) {
      return buildFailed(plain(last ?? lines.findLast((line) => line.trim() !== '') ?? SILENT));
    }
    const { step, reason } = this.failed;
    const name = this.names.get(step) ?? `step ${step}`;
    const instruction = name.replace(/^\[[^\]]*\] /, '');
    const exit = /exit code: (\d+)/.exec(reason)?.[1];
    const cause = [
      ...(this.output.get(step) ?? []),
      exit === undefined ? reason : `exit code ${exit}`,
    ].join('\n');
    return buildStepFailed(instruction, cause, this.place(lines));
  }

  /** The line `Dockerfile:3` that BuildKit prints above the excerpt of what failed. */
  private place(lines: readonly string[]): Place | undefined {
    if (this.recipe === undefined) {
      return undefined;
    }
    const { dockerfile, inline } = this.recipe;
    const shown = inline === undefined ? basename(dockerfile) : 'Dockerfile';
    for (const line of lines) {
      const [, name, number] = /^(\S.*):(\d+)$/.exec(line) ?? [];
      if (name === shown) {
        return { file: dockerfile, line: Number(number) + (inline?.line ?? 1) - 1 };
      }
    }
    return undefined;
  }
}

function plain(line: string): string {
  return (
    line
      .replace(/^(?:ERROR|error|Error): /, '')
      // What stands behind an address may let whoever has it write there.
      .replace(/\?[^\s"]+(?=")/g, '')
      .trim()
  );
}
