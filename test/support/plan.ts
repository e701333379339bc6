import { planBuild } from '../../src/core/dockerfile/planBuild';
import type { BuildPlan, PlanRequest } from '../../src/core/dockerfile/planBuild';
import type { ContextRead } from '../../src/core/dockerfile/reads';
import type { Platform } from '../../src/core/platform';

/** Plans a Dockerfile with nothing else given. */
export function plan(text: string, request: Partial<PlanRequest> = {}): BuildPlan {
  return planBuild({
    text,
    file: 'Dockerfile',
    target: undefined,
    buildArgs: new Map(),
    platform: 'linux/amd64' as Platform,
    platformIsCertain: true,
    namedContexts: new Set(),
    ...request,
  });
}

/** The sources that a build reads, in order. */
export function sources(text: string, request: Partial<PlanRequest> = {}): readonly string[] {
  return plan(text, request).reads.map(({ source }) => source);
}

/** What identifies a build: the texts of its stages. */
export function texts(text: string, request: Partial<PlanRequest> = {}): readonly string[][] {
  return plan(text, request).stages.map(({ instructions }) =>
    instructions.map((instruction) => instruction.text),
  );
}

/** A read of one source, for tests of what is selected. */
export function readOf(source: string, read: Partial<ContextRead> = {}): ContextRead {
  return {
    op: 'copy',
    context: undefined,
    source,
    include: [],
    exclude: [],
    glob: false,
    widened: false,
    line: 1,
    label: `COPY ${source}`,
    ...read,
  };
}
