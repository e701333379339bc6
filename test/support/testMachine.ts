import { ensureBaseImages } from './machine/baseImage';
import { findOrStartEngine } from './machine/engine';
import { startRegistry } from './machine/registry';

export interface TestMachine {
  /**
   * For the tests: DOCKER_HOST, DOCKER_CONFIG and PATH of a real engine, TEST_ENGINE (`found` is a
   * person's own, whose caches are theirs), TEST_REGISTRY (`localhost:PORT` of a real registry), TEST_BASE and TEST_BUSYBOX (images in it).
   */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Starts, or finds, all that the suites with real parts need. */
export async function startTestMachine(log: (line: string) => void): Promise<TestMachine> {
  const engine = await findOrStartEngine(log);
  const registry = await startRegistry({ storage: 'shared' });
  const { base, busybox } = await ensureBaseImages(engine, registry, log);
  return {
    environment: {
      ...engine.environment,
      TEST_ENGINE: engine.origin,
      TEST_REGISTRY: registry.address,
      TEST_BASE: base,
      TEST_BUSYBOX: busybox,
    },
    stop: async () => {
      await registry.stop();
      await engine.stop();
    },
  };
}
