import { env, window } from 'vscode';
import { buildPrebuild } from '../core/buildPrebuild';
import { settle } from '../core/outcome';
import { eventReporter } from './eventReporter';
import type { PrebuildState } from './prebuildState';
import { withCancellableProgress } from './progress';
import type { Session } from './session';
import { showProblem } from './showProblem';

const COPY = 'Copy Reference';

/** Build and Push Prebuild: what CI does, from the editor. */
export async function buildCommand(session: Session, state: PrebuildState): Promise<void> {
  const { log, sources } = session;
  const source = await sources.pick();
  if (source === undefined) {
    return;
  }
  const ports = await session.ports();
  const work = state.beginWork();
  const outcome = await withCancellableProgress('Build and Push Prebuild', (report, signal) =>
    settle(() => Promise.resolve(session.request(source)), signal).then((asked) =>
      asked.status === 'done'
        ? buildPrebuild(
            ports,
            { ...asked.value, output: 'push', present: 'keep', layerCache: 'use' },
            eventReporter(report, work.step, log),
            signal,
          )
        : asked,
    ),
  );
  work.end();
  switch (outcome.status) {
    case 'done': {
      const { image, how } = outcome.value;
      log.info(`${how === 'built' ? 'Pushed' : 'Already there:'} ${image}`);
      const sentence =
        how === 'built'
          ? 'The prebuild was built and pushed.'
          : 'The registry has this prebuild already.';
      if ((await window.showInformationMessage(sentence, COPY)) === COPY) {
        await env.clipboard.writeText(image);
      }
      return;
    }
    case 'cancelled':
      log.info('Build and Push Prebuild was cancelled');
      return;
    case 'failed':
      await showProblem(outcome.problem, log);
  }
}
