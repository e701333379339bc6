import type { PrebuildKey } from '../key/prebuildKey';
import type { Log } from '../log';
import { settle } from '../outcome';
import type { Prebuilds } from '../ports';
import type { PrebuildRequest } from '../preparePrebuild';

/** The keys of the workspaces that are open. One whose files are malformed has none, and holds nothing up. */
export async function currentKeys(
  { prebuilds, log }: { readonly prebuilds: Prebuilds; readonly log: Log },
  requests: readonly PrebuildRequest[],
  signal: AbortSignal,
): Promise<ReadonlySet<PrebuildKey>> {
  const keys = new Set<PrebuildKey>();
  for (const request of requests) {
    const outcome = await settle(() => prebuilds.prepare(request, signal), signal);
    switch (outcome.status) {
      case 'done':
        keys.add(outcome.value.key);
        break;
      case 'failed':
        log.debug(`${request.source.configFile} has no key: ${outcome.problem.message}`);
        break;
      case 'cancelled':
        signal.throwIfAborted();
    }
  }
  return keys;
}
