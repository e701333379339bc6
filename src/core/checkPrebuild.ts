import type { CacheState } from './cacheState';
import { isLabelOf } from './keyLabel';
import { KEY_LABEL } from './labels';
import type { Log } from './log';
import type { Engine, LocalImage, Prebuilds, Registry, RegistryAnswer } from './ports';
import type { PreparedPrebuild } from './preparePrebuild';
import { Problem } from './problem';
import { referenceText } from './reference';

export interface CheckPorts {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly prebuilds: Prebuilds;
  readonly log: Log;
}

/**
 * Says where the workspace's prebuild is. Builds, pulls and starts nothing. An engine that does not answer
 * has no local image: a check must work where there is none.
 */
export async function checkPrebuild(
  ports: CheckPorts,
  prebuild: PreparedPrebuild,
  signal: AbortSignal,
): Promise<CacheState> {
  const { caches, image } = prebuild;
  const local = await findLocal(ports, prebuild, signal);
  if (local !== undefined) {
    return { kind: 'local', image: local.reference };
  }
  if (caches === undefined) {
    return { kind: 'miss' };
  }
  const ask = (reference: typeof image): Promise<RegistryAnswer> =>
    ports.registry.find(reference, signal);
  const [answer, ...cacheAnswers] = await Promise.all([ask(image), ...caches.from.map(ask)]);
  switch (answer.state) {
    case 'found':
      return { kind: 'registry', image: referenceText(image), digest: answer.digest };
    case 'unreachable':
      return { kind: 'unreachable', problem: answer.problem };
    case 'absent': {
      const cache = caches.from.find((_, index) => cacheAnswers[index]?.state === 'found');
      return cache === undefined
        ? { kind: 'miss' }
        : { kind: 'cache', cache: referenceText(cache) };
    }
  }
}

async function findLocal(
  { engine, prebuilds, log }: CheckPorts,
  prebuild: PreparedPrebuild,
  signal: AbortSignal,
): Promise<LocalImage | undefined> {
  try {
    const found = await engine.findImage(referenceText(prebuild.image), signal);
    const label = found?.labels[KEY_LABEL];
    if (found !== undefined && !(await isLabelOf(label, prebuild, prebuilds, signal))) {
      log.warn(`${found.reference} is not of this key, whatever its tag says: not used`);
      return undefined;
    }
    return found;
  } catch (error) {
    if (error instanceof Problem) {
      log.debug(`No local image, as the engine does not answer: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}
