import { findConfigs } from '../core/devcontainer/findConfigs';
import { settle } from '../core/outcome';
import type { Outcome } from '../core/outcome';
import { carryOutPruning, freedBytes, planPruning } from '../core/prunePrebuilds';
import type { PruneEvent, Pruning } from '../core/prunePrebuilds';
import { currentKeys } from '../core/prune/currentKeys';
import { pruningText, sizeText } from '../core/prune/pruneText';
import type { KeptReason } from '../core/prune/pruneRules';
import { referenceText } from '../core/reference';
import type { PruneQuestion } from './arguments';
import { EXIT } from './exitCode';
import { problemObject, problemText } from './problemText';
import { configuredRepository, printOutcome } from './runInvocation';
import type { CommandlineContext, Result } from './runInvocation';

const STEPS = {
  machine: 'Looking at the images and containers of this machine',
  registry: 'Looking at the tags of the registry',
  remove: 'Removing',
} as const;

const REASONS: Readonly<Record<KeptReason, string>> = {
  current: 'the prebuild of this workspace',
  latest: 'among the latest of its repository',
  recent: 'made or used a short time ago',
  'in-use': 'in use by a container',
  named: 'named by another tag, too',
  'not-ours': 'not made by this tool, whatever its tag says',
  undated: 'does not say when it was made',
};

/** Cleans up as it was asked, without a question. @returns the exit code. */
export async function answerPrune(
  question: PruneQuestion,
  context: CommandlineContext,
): Promise<number> {
  const outcome = await prune(question, context);
  return printOutcome(outcome, question.output, context.terminal);
}

async function prune(
  { olderThan, keep, mode, repository: named }: PruneQuestion,
  context: CommandlineContext,
): Promise<Outcome<Result>> {
  const { tree, workspaceFolder, environment, hostPlatform, terminal, signal } = context;
  let step: PruneEvent['step'] | undefined;
  const report = (event: PruneEvent): void => {
    if (event.step !== step) {
      step = event.step;
      terminal.error(`${STEPS[step]} …`);
    }
  };
  const planned = await settle(async () => {
    const repository = named ?? configuredRepository(tree, context);
    const ports = await context.loadPorts();
    const requests = findConfigs(tree, workspaceFolder).map((configFile) => ({
      source: { folder: workspaceFolder, configFile },
      platform: hostPlatform,
      environment,
      repository,
    }));
    const current = await currentKeys(ports, requests, signal);
    const rules = { now: Date.now(), olderThan, keep, current };
    return { ports, plan: await planPruning(ports, { rules, repository }, report, signal) };
  }, signal);
  if (planned.status !== 'done') {
    return planned;
  }
  const { ports, plan } = planned.value;
  if (plan.status !== 'done') {
    return plan;
  }
  if (mode === 'dry-run') {
    return { status: 'done', value: resultOf(plan.value, 'would-remove') };
  }
  const done = await carryOutPruning(ports, plan.value, report, signal);
  return done.status === 'done' ? { status: 'done', value: resultOf(done.value, 'removed') } : done;
}

function resultOf(pruning: Pruning, state: 'removed' | 'would-remove'): Result {
  const { containers, images, tags, kept, problems } = pruning;
  return {
    json: {
      state,
      bytes: freedBytes(pruning),
      containers: containers.map(({ id, name, folder }) => ({ id, name, folder })),
      images: images.map(({ reference, id, bytes }) => ({ image: reference, id, bytes })),
      tags: tags.map(({ reference, digest }) => ({ image: referenceText(reference), digest })),
      kept,
      problems: problems.map(({ where, problem }) => ({ where, ...problemObject(problem) })),
    },
    text: [
      ...containers.map(({ name, folder }) => `container ${name} of ${folder}`),
      ...images.map(({ reference, bytes }) => `image ${reference} (${sizeText(bytes)})`),
      ...tags.map(({ reference }) => `tag ${referenceText(reference)}`),
      ...kept.map(({ image, why }) => `kept ${image}: ${REASONS[why]}`),
      ...problems.map(({ problem }) => problemText(problem)),
      `${state === 'removed' ? 'Removed' : 'Would remove'}: ${pruningText(pruning) || 'nothing'}.`,
    ].join('\n'),
    exitCode: problems.some(({ kind }) => kind === 'failure') ? EXIT.failed : EXIT.done,
  };
}
