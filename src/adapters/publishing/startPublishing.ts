import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { failedBy } from '../../core/publication';
import { publishingNotStarted } from '../../core/problems';
import { PUBLISH_VERB } from '../../core/publishOrder';
import type { PublishOrder } from '../../core/publishOrder';
import type { Publications } from './publications';

/**
 * Starts a process that publishes, and does not wait for it: it outlives this one, and whoever looks at the
 * publications sees what it is at.
 * @param script the command line's, as shipped.
 * @returns the publication's id.
 */
export function startPublishing(
  publications: Publications,
  order: PublishOrder,
  script: string,
): string {
  const id = publications.add(order);
  const publication = publications.open(id);
  const log = openSync(publication.logFile, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [script, PUBLISH_VERB, publication.path], {
      // In the editor that program is an Electron.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', log, log],
      detached: true,
      windowsHide: true,
    });
    child.once('error', ({ message }) => {
      publication.write(failedBy(publishingNotStarted(message)));
    });
    child.unref();
  } finally {
    closeSync(log);
  }
  return id;
}
