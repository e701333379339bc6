import type { CacheState } from './cacheState';
import { findContainers, runningOf } from './findContainers';
import type { FindContainersPorts } from './findContainers';
import { lookUpImage } from './lookUpImage';
import type { LookUpPorts } from './lookUpImage';
import type { PreparedPrebuild } from './preparePrebuild';
import { Problem } from './problem';

export type CheckPorts = LookUpPorts & FindContainersPorts;

/**
 * Says what is known of the workspace's prebuild. Builds, pulls and starts nothing. The engine and the
 * registry are asked all questions at once; whoever finds a running container does not wait for the others.
 */
export async function checkPrebuild(
  ports: CheckPorts,
  prebuild: PreparedPrebuild,
  signal: AbortSignal,
): Promise<CacheState> {
  const needless = new AbortController();
  const image = lookUpImage(ports, prebuild, AbortSignal.any([signal, needless.signal]));
  image.catch(() => undefined);
  try {
    return (await findRunning(ports, prebuild, signal)) ?? (await image);
  } finally {
    needless.abort();
  }
}

/** An engine that does not answer runs nothing: a check must work where there is none. */
async function findRunning(
  ports: CheckPorts,
  prebuild: PreparedPrebuild,
  signal: AbortSignal,
): Promise<CacheState | undefined> {
  try {
    const running = runningOf(prebuild, await findContainers(ports, prebuild, signal));
    return running === undefined
      ? undefined
      : { kind: 'running', container: running.name, image: running.image };
  } catch (error) {
    if (error instanceof Problem) {
      ports.log.debug(`No container, as the engine does not answer: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}
