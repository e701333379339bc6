import { buildImage, withRestingFiles } from './buildImage';
import type { PrebuildKey } from './key/prebuildKey';
import type { ObtainEvent, ObtainPorts } from './obtainImage';
import { isLabelOf } from './keyLabel';
import { KEY_LABEL } from './labels';
import { lookUpImage } from './lookUpImage';
import { settle } from './outcome';
import type { Outcome } from './outcome';
import type { Clock, Records } from './ports';
import type { ExplainedPrebuild, PrebuildRequest, PreparedPrebuild } from './preparePrebuild';
import { registryNotSet } from './problems';
import { referenceText } from './reference';
import { StepTimer } from './stepTimer';
import type { StepTime } from './stepTimer';

export interface BuildPrebuildRequest extends PrebuildRequest {
  /** `push`: the image and its layer cache go to the registry; `load`: into the engine alone. */
  readonly output: 'load' | 'push';
  /** Whether an image that is there already is built again. */
  readonly present: 'keep' | 'rebuild';
  readonly layerCache: 'use' | 'ignore';
}

export type BuildStep = 'key' | 'look-up' | 'build';

export type BuildPrebuildEvent =
  | Exclude<ObtainEvent, { kind: 'step' | 'pull' }>
  | { readonly kind: 'step'; readonly step: BuildStep };

export interface BuildPorts extends ObtainPorts {
  readonly clock: Clock;
  readonly records: Records;
}

export interface BuiltPrebuild {
  readonly key: PrebuildKey;
  readonly image: string;
  readonly digest: string | undefined;
  readonly how: 'present' | 'built';
  readonly steps: readonly StepTime<BuildStep>[];
}

/**
 * The use case of CI: builds the prebuild, pushes it, and exports its layer cache. Nothing is built where
 * the registry has it already. A cache that cannot be exported is said; the build goes on.
 */
export function buildPrebuild(
  ports: BuildPorts,
  request: BuildPrebuildRequest,
  report: (event: BuildPrebuildEvent) => void,
  signal: AbortSignal,
): Promise<Outcome<BuiltPrebuild>> {
  const timer = new StepTimer<BuildStep>(ports.clock);
  const step = (name: BuildStep): void => {
    if (timer.begin(name)) {
      report({ kind: 'step', step: name });
    }
  };
  return settle(async () => {
    if (request.output === 'push' && request.repository === undefined) {
      throw registryNotSet();
    }
    step('key');
    const explain = (): Promise<ExplainedPrebuild> => ports.prebuilds.explain(request, signal);
    return withRestingFiles(await explain(), explain, async (prebuild) => {
      const { key, caches } = prebuild;
      step('look-up');
      if (request.present === 'keep') {
        const present = await findPresent(ports, prebuild, request.output, signal);
        if (present !== undefined) {
          return { key, ...present, how: 'present', steps: timer.end() };
        }
      }
      await ports.engine.ping(signal);
      const unwritable =
        request.output === 'push' ? await ports.builder.cacheExportProblem(signal) : undefined;
      if (unwritable !== undefined) {
        report({ kind: 'warning', problem: unwritable });
      }
      const writesCache = request.output === 'push' && unwritable === undefined;
      step('build');
      const { reference, digest } = await buildImage(
        ports,
        prebuild,
        {
          output: request.output,
          cacheTo: writesCache && caches !== undefined ? referenceText(caches.to) : undefined,
          layerCache: request.layerCache,
        },
        (event) => {
          report({ kind: 'build', event });
        },
        signal,
      );
      ports.records.remember(request.source, prebuild.record);
      return { key, image: reference, digest, how: 'built', steps: timer.end() };
    });
  }, signal);
}

/** What is there already, in the place where it is wanted. An unreachable registry fails a push at once. */
async function findPresent(
  ports: BuildPorts,
  prebuild: PreparedPrebuild,
  output: 'load' | 'push',
  signal: AbortSignal,
): Promise<{ readonly image: string; readonly digest: string | undefined } | undefined> {
  if (output === 'load') {
    const state = await lookUpImage(ports, { ...prebuild, caches: undefined }, signal);
    return state.kind === 'local' ? { image: state.image, digest: undefined } : undefined;
  }
  const { image, request } = prebuild;
  const answer = await ports.registry.inspect(image, request.platform, signal);
  switch (answer.state) {
    case 'found': {
      const label = answer.labels[KEY_LABEL];
      if (await isLabelOf(label, prebuild, ports.prebuilds, signal)) {
        return { image: referenceText(image), digest: answer.digest };
      }
      ports.log.warn(`${referenceText(image)} is not of this key, whatever its tag says: replaced`);
      return undefined;
    }
    case 'absent':
      return undefined;
    case 'unreachable':
      throw answer.problem;
  }
}
