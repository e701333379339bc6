import { buildPrebuild } from './buildPrebuild';
import type { BuildPorts, BuildPrebuildEvent } from './buildPrebuild';
import type { PrebuildKey } from './key/prebuildKey';
import { Cancelled, settle } from './outcome';
import type { Outcome } from './outcome';
import type { Lock, Prebuilds } from './ports';
import type { ExplainedPrebuild, PrebuildRequest, PreparedPrebuild } from './preparePrebuild';
import { Problem } from './problem';
import { orderedImage } from './publishOrder';
import type { PublishOrder } from './publishOrder';

/**
 * What became of an order: `pushed` by it; `present`, as somebody else had published the prebuild;
 * `outdated`: the files changed since it was built, and nothing was published.
 */
export type Published = 'pushed' | 'present' | 'outdated';

export type PublishEvent =
  | BuildPrebuildEvent
  /** Another process publishes the same prebuild. */
  | { readonly kind: 'wait' }
  /** It failed by what may pass, and is tried again. */
  | { readonly kind: 'again'; readonly problem: Problem; readonly milliseconds: number };

export interface PublishPorts extends BuildPorts {
  readonly lock: Lock;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** How long to wait before each further try, in milliseconds. */
const PAUSES = [10_000, 60_000];

/**
 * What a network that went, or a machine that slept, leaves behind. A step that fails is among them: the same
 * steps have just succeeded, and a push that is cut is a failed step.
 */
const PASSING: ReadonlySet<string> = new Set([
  'build-failed',
  'build-step-failed',
  'engine-lost',
  'registry-busy',
  'registry-failing',
  'registry-proxy-failed',
  'registry-timeout',
  'registry-unreachable',
]);

/**
 * The use case of publishing in the background: pushes what was just built, from the layers that the builder
 * has, and its layer cache. Of several for one prebuild one works, and the others find it there. No container
 * is touched.
 */
export function publishPrebuild(
  ports: PublishPorts,
  order: PublishOrder,
  environment: PrebuildRequest['environment'],
  report: (event: PublishEvent) => void,
  signal: AbortSignal,
): Promise<Outcome<Published>> {
  return settle(
    () =>
      ports.lock.hold(
        JSON.stringify(['publish', orderedImage(order)]),
        () => {
          report({ kind: 'wait' });
        },
        () => publishAlone(ports, order, environment, report, signal),
        signal,
      ),
    signal,
  );
}

async function publishAlone(
  ports: PublishPorts,
  order: PublishOrder,
  environment: PrebuildRequest['environment'],
  report: (event: PublishEvent) => void,
  signal: AbortSignal,
): Promise<Published> {
  const { source, platform, repository, key } = order;
  const prebuilds = new PrebuildsOfKey(ports.prebuilds, key);
  for (let attempt = 0; ; attempt++) {
    const outcome = await buildPrebuild(
      { ...ports, prebuilds },
      {
        source,
        platform,
        repository,
        environment,
        output: 'push',
        present: 'keep',
        layerCache: 'use',
        bases: 'kept',
      },
      report,
      signal,
    );
    switch (outcome.status) {
      case 'done':
        return outcome.value.how === 'built' ? 'pushed' : 'present';
      case 'cancelled':
        if (prebuilds.foundAnother) {
          return 'outdated';
        }
        throw new Cancelled();
      case 'failed': {
        const { problem } = outcome;
        const milliseconds = PAUSES[attempt];
        if (milliseconds === undefined || !PASSING.has(problem.code)) {
          throw problem;
        }
        report({ kind: 'again', problem, milliseconds });
        await ports.pause(milliseconds, signal);
      }
    }
  }
}

/** Prebuilds of one key: where the files have another one by now, what is done with them is given up. */
class PrebuildsOfKey implements Prebuilds {
  foundAnother = false;

  constructor(
    private readonly prebuilds: Prebuilds,
    private readonly key: PrebuildKey,
  ) {}

  async explain(request: PrebuildRequest, signal: AbortSignal): Promise<ExplainedPrebuild> {
    const prebuild = await this.prebuilds.explain(request, signal).catch((error: unknown) => {
      // They could be read when it was built: somebody is in the middle of an edit.
      if (error instanceof Problem) {
        return undefined;
      }
      throw error;
    });
    if (prebuild?.key !== this.key) {
      this.foundAnother = true;
      throw new Cancelled();
    }
    return prebuild;
  }

  prepare(request: PrebuildRequest, signal: AbortSignal): Promise<PreparedPrebuild> {
    return this.prebuilds.prepare(request, signal);
  }

  contextDigest(request: PrebuildRequest, signal: AbortSignal): Promise<string> {
    return this.prebuilds.contextDigest(request, signal);
  }
}
