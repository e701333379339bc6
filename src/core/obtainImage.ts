import type { BuildEvent } from './buildEvent';
import { buildImage } from './buildImage';
import type { BuildImagePorts } from './buildImage';
import { failWhereBuildsHang } from './failWhereBuildsHang';
import { lookUpImage } from './lookUpImage';
import type { LookUpPorts } from './lookUpImage';
import type { PullProgress } from './ports';
import type { ExplainedPrebuild } from './preparePrebuild';
import { Problem } from './problem';
import { refuseImage } from './refuseImage';

/** How the image of a prebuild came to be in the engine. */
export type ImageOrigin = 'local' | 'pulled' | 'built';

export interface ObtainedImage {
  readonly image: string;
  readonly origin: ImageOrigin;
}

export type ObtainEvent =
  | { readonly kind: 'step'; readonly step: 'look-up' | 'pull' | 'build' }
  | { readonly kind: 'pull'; readonly progress: PullProgress }
  | { readonly kind: 'build'; readonly event: BuildEvent }
  /** It goes on, but not as one might think. */
  | { readonly kind: 'warning'; readonly problem: Problem };

export type ObtainPorts = LookUpPorts & BuildImagePorts;

/**
 * Gets the prebuilt image into the engine: it is there, or is pulled, or is built with the caches that the
 * registry has. A registry that fails is said and built around; nothing is ever written to it.
 * @throws FilesChanged where it had to be built and the files changed meanwhile.
 */
export async function obtainImage(
  ports: ObtainPorts,
  prebuild: ExplainedPrebuild,
  report: (event: ObtainEvent) => void,
  signal: AbortSignal,
): Promise<ObtainedImage> {
  report({ kind: 'step', step: 'look-up' });
  const state = await lookUpImage(ports, prebuild, signal);
  switch (state.kind) {
    case 'local':
      return { image: state.image, origin: 'local' };
    case 'registry': {
      const pulled = await pull(ports, prebuild, report, signal);
      return pulled === undefined
        ? build(ports, prebuild, report, signal)
        : { image: pulled, origin: 'pulled' };
    }
    case 'unreachable':
      failWhereBuildsHang(state.problem);
      report({ kind: 'warning', problem: state.problem });
      // Its caches would not answer either, and the build would wait for them.
      return build(ports, { ...prebuild, caches: undefined }, report, signal);
    case 'cache':
    case 'miss':
      return build(ports, prebuild, report, signal);
  }
}

/** @returns undefined where the image cannot be had or is not what its tag says; that was reported. */
async function pull(
  { engine, prebuilds }: ObtainPorts,
  prebuild: ExplainedPrebuild,
  report: (event: ObtainEvent) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  report({ kind: 'step', step: 'pull' });
  const { image, request } = prebuild;
  try {
    const pulled = await engine.pullImage(
      image,
      request.platform,
      (progress) => {
        report({ kind: 'pull', progress });
      },
      signal,
    );
    const refusal = await refuseImage(pulled, prebuild, prebuilds, signal);
    if (refusal === undefined) {
      return pulled.reference;
    }
    report({ kind: 'warning', problem: refusal });
    // Under this name the next look-up would find it on this machine.
    await engine.removeImage(pulled.reference, signal);
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    failWhereBuildsHang(error);
    report({ kind: 'warning', problem: error });
  }
  return undefined;
}

async function build(
  ports: ObtainPorts,
  prebuild: ExplainedPrebuild,
  report: (event: ObtainEvent) => void,
  signal: AbortSignal,
): Promise<ObtainedImage> {
  report({ kind: 'step', step: 'build' });
  const built = await buildImage(
    ports,
    prebuild,
    { output: 'load', cacheTo: undefined, layerCache: 'use', bases: 'kept' },
    (event) => {
      report({ kind: 'build', event });
    },
    signal,
  );
  return { image: built.reference, origin: 'built' };
}
