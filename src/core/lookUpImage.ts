import type { ImageState } from './cacheState';
import type { Log } from './log';
import type { Engine, LocalImage, Prebuilds, Registry, RegistryAnswer } from './ports';
import type { PreparedPrebuild } from './preparePrebuild';
import { Problem } from './problem';
import { referenceText } from './reference';
import { refuseImage } from './refuseImage';

export interface LookUpPorts {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly prebuilds: Prebuilds;
  readonly log: Log;
}

/**
 * Says where the workspace's prebuilt image is. The engine, the key's tag and the layer caches are asked at
 * once; where the engine has the image, nobody waits for the registry. An engine that does not answer has no
 * image: a look-up must work where there is none.
 */
export async function lookUpImage(
  ports: LookUpPorts,
  prebuild: PreparedPrebuild,
  signal: AbortSignal,
): Promise<ImageState> {
  const { caches } = prebuild;
  if (caches === undefined) {
    return (await findLocal(ports, prebuild, signal)) ?? { kind: 'miss' };
  }
  const needless = new AbortController();
  const asked = askRegistry(ports, prebuild, caches, AbortSignal.any([signal, needless.signal]));
  // Whoever is answered by the engine does not wait for how this ends.
  asked.catch(() => undefined);
  try {
    return (await findLocal(ports, prebuild, signal)) ?? (await asked);
  } finally {
    needless.abort();
  }
}

async function askRegistry(
  { registry }: LookUpPorts,
  { image }: PreparedPrebuild,
  caches: NonNullable<PreparedPrebuild['caches']>,
  signal: AbortSignal,
): Promise<ImageState> {
  const ask = (reference: typeof image): Promise<RegistryAnswer> =>
    registry.find(reference, signal);
  const cachesAsked = Promise.all(caches.from.map(ask));
  // Only where the image is not there they matter.
  cachesAsked.catch(() => undefined);
  const answer = await ask(image);
  switch (answer.state) {
    case 'found':
      return { kind: 'registry', image: referenceText(image), digest: answer.digest };
    case 'unreachable':
      return { kind: 'unreachable', problem: answer.problem };
    case 'absent': {
      const answers = await cachesAsked;
      const cache = caches.from.find((_, index) => answers[index]?.state === 'found');
      return cache === undefined
        ? { kind: 'miss' }
        : { kind: 'cache', cache: referenceText(cache) };
    }
  }
}

async function findLocal(
  { engine, prebuilds, log }: LookUpPorts,
  prebuild: PreparedPrebuild,
  signal: AbortSignal,
): Promise<ImageState | undefined> {
  let found: LocalImage | undefined;
  try {
    found = await engine.findImage(referenceText(prebuild.image), signal);
  } catch (error) {
    if (error instanceof Problem) {
      log.debug(`No local image, as the engine does not answer: ${error.message}`);
      return undefined;
    }
    throw error;
  }
  if (found === undefined) {
    return undefined;
  }
  const refused = await refuseImage(found, prebuild, prebuilds, signal);
  if (refused !== undefined) {
    log.warn(`${refused.message} ${refused.reason ?? ''}`);
    return undefined;
  }
  return { kind: 'local', image: found.reference };
}
