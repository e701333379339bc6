import { window } from 'vscode';
import { openInWorkspace } from '../core/openInWorkspace';
import type { OpenedWorkspace, OutdatedChoice } from '../core/openInWorkspace';
import { settle } from '../core/outcome';
import type { WorkspaceContainer } from '../core/ports';
import { configMissing } from '../core/problems';
import { attach } from './attach';
import { eventReporter } from './eventReporter';
import type { PrebuildState } from './prebuildState';
import { withCancellableProgress } from './progress';
import type { Session } from './session';
import { showProblem } from './showProblem';

/** Open in Workspace: from devcontainer.json to a window or a terminal inside the container. */
export async function openCommand(session: Session, state: PrebuildState): Promise<void> {
  const { log, sources } = session;
  const source = await sources.pick();
  if (source === undefined) {
    if (sources.all().length === 0) {
      await showProblem(configMissing(folderName()), log);
    }
    return;
  }
  const began = performance.now();
  const ports = await session.ports();
  const work = state.beginWork();
  const outcome = await withCancellableProgress('Open in Workspace', (report, signal) =>
    settle(() => Promise.resolve(session.request(source)), signal).then((asked) =>
      asked.status === 'done'
        ? openInWorkspace(
            ports,
            { ...asked.value, onOutdated },
            eventReporter(report, work.step, log),
            signal,
          )
        : asked,
    ),
  );
  work.end();
  switch (outcome.status) {
    case 'done':
      await attach(source, outcome.value.container, ports.tree);
      log.info(summary(outcome.value, performance.now() - began));
      return;
    case 'cancelled':
      log.info('Open in Workspace was cancelled');
      return;
    case 'failed':
      await showProblem(outcome.problem, log);
  }
}

const REPLACE = 'Replace';
const KEEP = 'Use As It Is';

async function onOutdated({ name }: WorkspaceContainer): Promise<OutdatedChoice> {
  const choice = await window.showWarningMessage(
    `The container ${name} of this folder was made from something else than today's prebuild.`,
    {
      modal: true,
      detail:
        'Replacing it keeps your files, which are mounted, and loses what was installed or written elsewhere inside it. It is removed only once the image of its successor is there.',
    },
    REPLACE,
    KEEP,
  );
  switch (choice) {
    case REPLACE:
      return 'replace';
    case KEEP:
      return 'keep';
    default:
      return 'cancel';
  }
}

function summary({ how, container, steps }: OpenedWorkspace, milliseconds: number): string {
  const times = steps.map(({ step, milliseconds: took }) => `${step} ${took} ms`).join(', ');
  return `Opened ${container.name} (${how}) in ${Math.round(milliseconds)} ms: ${times}`;
}

const folderName = (): string => 'This window';
