import { env, window } from 'vscode';
import { buildPrebuild } from '../core/buildPrebuild';
import type { PrebuildState } from './prebuildState';
import { runOnWorkspace } from './runOnWorkspace';
import type { Session } from './session';

const COPY = 'Copy Reference';

/** Build and Push Prebuild: what CI does, from the editor. */
export async function buildCommand(session: Session, state: PrebuildState): Promise<void> {
  const finished = await runOnWorkspace(
    session,
    state,
    'Build and Push Prebuild',
    (ports, request, report, signal) =>
      buildPrebuild(
        ports,
        { ...request, output: 'push', present: 'keep', layerCache: 'use', bases: 'kept' },
        report,
        signal,
      ),
  );
  if (finished === undefined) {
    return;
  }
  const { image, how } = finished.value;
  session.log.info(`${how === 'built' ? 'Pushed' : 'Already there:'} ${image}`);
  const sentence =
    how === 'built'
      ? 'The prebuild was built and pushed.'
      : 'The registry has this prebuild already.';
  if ((await window.showInformationMessage(sentence, COPY)) === COPY) {
    await env.clipboard.writeText(image);
  }
}
