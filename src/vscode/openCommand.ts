import { window } from 'vscode';
import { openInWorkspace } from '../core/openInWorkspace';
import type { OpenedWorkspace, OutdatedChoice } from '../core/openInWorkspace';
import type { WorkspaceContainer } from '../core/ports';
import { nodeFileTree } from '../adapters/files/nodeFileTree';
import { attach } from './attach';
import type { BackgroundPublishing } from './backgroundPublishing';
import type { PrebuildState } from './prebuildState';
import { runOnWorkspace } from './runOnWorkspace';
import type { Session } from './session';

/** Open in Workspace: from devcontainer.json to a window or a terminal inside the container. */
export async function openCommand(
  session: Session,
  state: PrebuildState,
  publishing: BackgroundPublishing,
): Promise<void> {
  const began = performance.now();
  const finished = await runOnWorkspace(
    session,
    state,
    'Open in Workspace',
    (ports, request, report, signal) =>
      openInWorkspace(ports, { ...request, onOutdated }, report, signal),
  );
  if (finished !== undefined) {
    const { source, value } = finished;
    // Before attaching: with Dev Containers this window reloads, and nothing below may run.
    session.log.info(summary(value, performance.now() - began));
    const order = session.orderAfterOpen(source, value);
    if (order !== undefined) {
      publishing.start(order);
    }
    await attach(source, value.container, nodeFileTree);
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
