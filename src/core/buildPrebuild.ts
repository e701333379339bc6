import type { BuildEvent } from './buildEvent';
import { buildImage, withRestingFiles } from './buildImage';
import type { PrebuildKey } from './key/prebuildKey';
import type { ObtainEvent, ObtainPorts } from './obtainImage';
import { isLabelOf } from './keyLabel';
import { KEY_LABEL } from './labels';
import { lookUpImage } from './lookUpImage';
import { reportMiss } from './nearestPrebuild';
import type { MissedEvent } from './nearestPrebuild';
import { settle } from './outcome';
import type { Outcome } from './outcome';
import type { BaseImages, BuiltImage, Clock, Records } from './ports';
import type { ExplainedPrebuild, PrebuildRequest, PreparedPrebuild } from './preparePrebuild';
import { Problem } from './problem';
import { latestNotTagged, registryNotSet } from './problems';
import { referenceText } from './reference';
import type { ImageReference } from './reference';
import { StepTimer } from './stepTimer';
import type { StepTime } from './stepTimer';

export interface BuildPrebuildRequest extends PrebuildRequest {
  /** `push`: the image and its layer cache go to the registry; `load`: into the engine alone. */
  readonly output: 'load' | 'push';
  /** Whether an image that is there already is built again. */
  readonly present: 'keep' | 'rebuild';
  readonly layerCache: 'use' | 'ignore';
  readonly bases: BaseImages;
}

export type BuildStep = 'key' | 'look-up' | 'build';

export type BuildPrebuildEvent =
  | Exclude<ObtainEvent, { kind: 'step' | 'pull' }>
  | MissedEvent
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
      const { key, latest } = prebuild;
      const tagLatest = async (digest: string | undefined): Promise<void> => {
        if (request.output === 'push' && latest !== undefined && digest !== undefined) {
          await tagAsLatest(ports, { ...latest.to, digest }, report, signal);
        }
      };
      step('look-up');
      if (request.present === 'keep') {
        const present = await findPresent(ports, prebuild, request.output, signal);
        if (present !== undefined) {
          await tagLatest(present.digest);
          return { key, ...present, how: 'present', steps: timer.end() };
        }
      }
      await ports.engine.ping(signal);
      step('build');
      const { reference, digest } = await buildExplained(ports, prebuild, request, report, signal);
      await tagLatest(digest);
      ports.records.remember(request.source, prebuild.record);
      return { key, image: reference, digest, how: 'built', steps: timer.end() };
    });
  }, signal);
}

/** Builds, and meanwhile says why there was no prebuild. */
async function buildExplained(
  ports: BuildPorts,
  prebuild: ExplainedPrebuild,
  { output, layerCache, bases, present }: BuildPrebuildRequest,
  report: (event: BuildPrebuildEvent) => void,
  signal: AbortSignal,
): Promise<BuiltImage> {
  const unwritable = output === 'push' ? await ports.builder.cacheExportProblem(signal) : undefined;
  if (unwritable !== undefined) {
    report({ kind: 'warning', problem: unwritable });
  }
  const cache = output === 'push' && unwritable === undefined ? prebuild.caches?.to : undefined;
  const explained =
    present === 'keep' ? reportMiss(ports, prebuild, report, signal) : Promise.resolve();
  try {
    return await buildImage(
      ports,
      prebuild,
      {
        output,
        cacheTo: cache === undefined ? undefined : referenceText(cache),
        layerCache,
        bases,
      },
      (event: BuildEvent) => {
        report({ kind: 'build', event });
      },
      signal,
    );
  } finally {
    await explained;
  }
}

/**
 * Lets the branch's tag of the last prebuild name this one. It explains later misses and no more: where that
 * fails it is said, and the prebuild is published all the same.
 */
async function tagAsLatest(
  { registry }: BuildPorts,
  latest: ImageReference & { readonly digest: string },
  report: (event: BuildPrebuildEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { digest, tag = '' } = latest;
  const answer = await registry.find({ ...latest, digest: undefined }, signal);
  if (answer.state === 'found' && answer.digest === digest) {
    return;
  }
  try {
    await registry.tag(latest, tag, signal);
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    report({ kind: 'warning', problem: latestNotTagged(tag, error) });
  }
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
