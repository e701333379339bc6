import { window } from 'vscode';
import { buildPrebuild } from '../core/buildPrebuild';
import type { PrebuildState } from './prebuildState';
import { runOnWorkspace } from './runOnWorkspace';
import type { Session } from './session';

/**
 * Renew Prebuild: builds the prebuild again from what its base images and features are now, and publishes it
 * where there is a registry. The key stays, and so does the container until it is made anew.
 */
export async function renewCommand(session: Session, state: PrebuildState): Promise<void> {
  const finished = await runOnWorkspace(
    session,
    state,
    'Renew Prebuild',
    (ports, request, report, signal) =>
      buildPrebuild(
        ports,
        {
          ...request,
          output: request.repository === undefined ? 'load' : 'push',
          present: 'rebuild',
          layerCache: 'use',
          bases: 'fetched',
        },
        report,
        signal,
      ),
  );
  if (finished === undefined) {
    return;
  }
  session.log.info(`Renewed ${finished.value.image}`);
  await session.freshness.forget(finished.value.key);
  await state.refresh();
  await window.showInformationMessage(
    'The prebuild was renewed. Containers that were made from the earlier one stay as they are.',
  );
}
