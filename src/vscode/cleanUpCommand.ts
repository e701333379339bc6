import { window, workspace } from 'vscode';
import { currentKeys } from '../core/prune/currentKeys';
import { machineText, pruningText, registryText } from '../core/prune/pruneText';
import { DEFAULT_KEEP, DEFAULT_OLDER_THAN } from '../core/prune/pruneRules';
import { settle } from '../core/outcome';
import type { Outcome } from '../core/outcome';
import { carryOutPruning, planPruning } from '../core/prunePrebuilds';
import type { PruneEvent, PruneProblem, Pruning } from '../core/prunePrebuilds';
import { referenceText } from '../core/reference';
import type { PrebuildState } from './prebuildState';
import { withCancellableProgress } from './progress';
import type { ProgressReport } from './progress';
import type { Session } from './session';
import { SECTION, repositorySetting } from './settings';
import { showProblem, showWarning } from './showProblem';

const TITLE = 'Clean Up Prebuilds';
const REMOVE = 'Remove';
const MACHINE_ONLY = 'Only on This Machine';

/** Clean Up Prebuilds: looks, asks, and removes what this tool made and nothing uses. */
export async function cleanUpCommand(session: Session, state: PrebuildState): Promise<void> {
  const { log } = session;
  const ports = await session.ports();
  const plan = await run(session, state, async (report, signal) => {
    const asked = await settle(async () => {
      const requests = session.sources.all().map((source) => session.request(source));
      const current = await currentKeys(ports, requests, signal);
      return {
        rules: {
          now: Date.now(),
          olderThan: DEFAULT_OLDER_THAN,
          keep: DEFAULT_KEEP,
          current,
        },
        repository: repositorySetting(workspace.getConfiguration(SECTION)),
      };
    }, signal);
    return asked.status === 'done' ? planPruning(ports, asked.value, report, signal) : asked;
  });
  if (plan === undefined) {
    return;
  }
  plan.kept.forEach(({ image, why }) => {
    log.info(`${TITLE} keeps ${image}: ${why}`);
  });
  const say = ({ problem }: PruneProblem): void => {
    showWarning(problem, log);
  };
  plan.problems.forEach(say);
  const chosen = await confirm(plan);
  if (chosen === undefined) {
    return;
  }
  const done = await run(session, state, (report, signal) =>
    carryOutPruning(ports, { ...chosen, problems: [] }, report, signal),
  );
  if (done !== undefined) {
    done.problems.forEach(say);
    namesOf(done).forEach((name) => {
      log.info(`Removed ${name}`);
    });
    void window.showInformationMessage(`Removed: ${pruningText(done) || 'nothing'}.`);
  }
}

/** @returns what the person wants removed; undefined for nothing. */
async function confirm(plan: Pruning): Promise<Pruning | undefined> {
  const [machine, registry] = [machineText(plan), registryText(plan)];
  if (machine === undefined && registry === undefined) {
    void window.showInformationMessage(
      'There is nothing to clean up: no prebuild is both older than 30 days and unused.',
    );
    return undefined;
  }
  const both = machine !== undefined && registry !== undefined;
  const choice = await window.showWarningMessage(
    `Remove ${pruningText(plan)}?`,
    {
      modal: true,
      detail:
        'They were made by Dev Container Prebuild more than 30 days ago, and nothing uses them. ' +
        'What was installed by hand in the containers is lost.' +
        (registry === undefined ? '' : ' What goes from the registry goes for everybody.'),
    },
    REMOVE,
    ...(both ? [MACHINE_ONLY] : []),
  );
  switch (choice) {
    case REMOVE:
      return plan;
    case MACHINE_ONLY:
      return { ...plan, tags: [] };
    default:
      return undefined;
  }
}

/** Runs one half with progress and the status bar's step. @returns undefined where it came to nothing. */
async function run(
  session: Session,
  state: PrebuildState,
  half: (report: (event: PruneEvent) => void, signal: AbortSignal) => Promise<Outcome<Pruning>>,
): Promise<Pruning | undefined> {
  const work = state.beginWork();
  let outcome: Outcome<Pruning>;
  try {
    work.step('Cleaning up');
    outcome = await withCancellableProgress(TITLE, (report, signal) =>
      half(eventReporter(report), signal),
    );
  } finally {
    work.end();
  }
  switch (outcome.status) {
    case 'done':
      return outcome.value;
    case 'cancelled':
      session.log.info(`${TITLE} was cancelled`);
      return undefined;
    case 'failed':
      await showProblem(outcome.problem, session.log);
      return undefined;
  }
}

const STEPS: Readonly<Record<PruneEvent['step'], string>> = {
  machine: 'Looking at this machine',
  registry: 'Looking at the registry',
  remove: 'Removing',
};

function eventReporter(report: ProgressReport): (event: PruneEvent) => void {
  return ({ step, done }) => {
    report(
      done === undefined ? `${STEPS[step]} …` : `${STEPS[step]}: ${done.count} of ${done.total}`,
    );
  };
}

function namesOf({ containers, images, tags }: Pruning): readonly string[] {
  return [
    ...containers.map(({ name }) => `the container ${name}`),
    ...images.map(({ reference }) => `the image ${reference}`),
    ...tags.map(({ reference }) => `${referenceText(reference)} from the registry`),
  ];
}
