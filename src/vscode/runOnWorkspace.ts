import { workspace } from 'vscode';
import type { OpenEvent, OpenPorts } from '../core/openInWorkspace';
import type { BuildPrebuildEvent } from '../core/buildPrebuild';
import { settle } from '../core/outcome';
import type { Outcome } from '../core/outcome';
import type { PrebuildRequest } from '../core/preparePrebuild';
import { configMissing } from '../core/problems';
import type { WorkspaceSource } from '../core/workspaceSource';
import { eventReporter } from './eventReporter';
import type { PrebuildState } from './prebuildState';
import { withCancellableProgress } from './progress';
import type { Session } from './session';
import { showProblem } from './showProblem';

/** A use case of the core, ready to be run. */
export type Operation<T> = (
  ports: OpenPorts,
  request: PrebuildRequest,
  report: (event: OpenEvent | BuildPrebuildEvent) => void,
  signal: AbortSignal,
) => Promise<Outcome<T>>;

export interface Finished<T> {
  readonly source: WorkspaceSource;
  readonly ports: OpenPorts;
  readonly value: T;
}

/**
 * Runs a use case on the devcontainer.json that the person means: shows its progress in a notification and
 * in the status bar, and its failure as a message.
 * @returns undefined where it came to nothing: no config, no choice, cancelled, failed.
 */
export async function runOnWorkspace<T>(
  session: Session,
  state: PrebuildState,
  title: string,
  operation: Operation<T>,
): Promise<Finished<T> | undefined> {
  const { log, sources } = session;
  const source = await sources.pick();
  if (source === undefined) {
    if (sources.all().length === 0) {
      await showProblem(configMissing(workspace.name ?? 'This window'), log);
    }
    return undefined;
  }
  const ports = await session.ports();
  const work = state.beginWork();
  let outcome: Outcome<T>;
  try {
    outcome = await withCancellableProgress(title, async (report, signal) => {
      const request = await settle(() => Promise.resolve(session.request(source)), signal);
      return request.status === 'done'
        ? operation(ports, request.value, eventReporter(report, work.step, log), signal)
        : request;
    });
  } finally {
    work.end();
  }
  switch (outcome.status) {
    case 'done':
      return { source, ports, value: outcome.value };
    case 'cancelled':
      log.info(`${title} was cancelled`);
      return undefined;
    case 'failed':
      await showProblem(outcome.problem, log);
      return undefined;
  }
}
