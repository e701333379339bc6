import { resolve } from 'node:path';
import { planBuild } from '../core/dockerfile/planBuild';
import type { BuildPlan } from '../core/dockerfile/planBuild';
import type { ContextRead } from '../core/dockerfile/reads';
import type { FileTree } from '../core/fileTree';
import type { Platform } from '../core/platform';
import { Problem } from '../core/problem';
import { dockerfileMissing } from '../core/problems';
import type { ReadsQuestion } from './arguments';
import { EXIT } from './exitCode';
import { problemObject, problemText } from './problemText';
import type { Terminal } from './runInvocation';

/**
 * Answers what a Dockerfile reads of its build context, without looking at that context.
 * @returns the exit code.
 */
export function answerReads(
  question: ReadsQuestion,
  tree: FileTree,
  hostPlatform: Platform,
  terminal: Terminal,
): number {
  const { target, buildArgs, platform = hostPlatform, output } = question;
  const file = resolve(question.dockerfile);
  try {
    const text = tree.readText(file);
    if (text === undefined) {
      throw dockerfileMissing(file, { file });
    }
    const plan = planBuild({
      text,
      file,
      target,
      buildArgs,
      platform,
      platformIsCertain: true,
      namedContexts: new Set(),
    });
    terminal.out(output === 'json' ? JSON.stringify(asJson(plan)) : asText(plan));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    if (output === 'json') {
      terminal.out(JSON.stringify({ error: problemObject(error) }));
    }
    terminal.error(problemText(error));
    return EXIT.failed;
  }
}

function asJson({ reads, notes }: BuildPlan): Readonly<Record<string, unknown>> {
  return {
    reads: reads.map(({ op, source, include, exclude, line, widened }) => ({
      // BuildKit has one operation for both; `ADD` of something remote reads nothing of the context.
      op: op === 'mount' ? 'mount' : 'copy',
      source: widened ? '/' : source,
      include,
      exclude,
      line,
    })),
    notes,
  };
}

function asText({ reads, notes }: BuildPlan): string {
  const lines = reads.map((read) => `${String(read.line).padStart(4)}  ${sourceText(read)}`);
  const said = notes.map(({ line, text }) => `${String(line).padStart(4)}  note: ${text}`);
  return [
    ...(lines.length === 0 ? ['It reads nothing of its build context.'] : lines),
    ...said,
  ].join('\n');
}

function sourceText({ widened, source, include, exclude, label }: ContextRead): string {
  const what = widened || source === '/' ? 'the whole context' : source.slice(1);
  const only = include.length === 0 ? '' : `, only ${include.join(', ')}`;
  const without = exclude.length === 0 ? '' : `, without ${exclude.join(', ')}`;
  return `${what}${only}${without}  (${label})`;
}
