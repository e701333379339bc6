/**
 * The test machine from a shell, to debug with:
 * `tsx test/support/machine/main.ts start [port] | stop | status`.
 * `start` prints what to source in that shell; what it tells on the way goes to the error stream.
 */
import path from 'node:path';
import { ensureBaseImages } from './baseImage';
import { findOrStartEngine, runningEngine, stopEngines } from './engine';
import {
  SHARED_REGISTRY_PORT,
  sharedRegistryPort,
  startRegistry,
  stopSharedRegistry,
} from './registry';

const log = (line: string) => {
  console.error(line);
};

async function start(port: number): Promise<void> {
  const engine = await findOrStartEngine(log);
  const registry = await startRegistry({ port, storage: 'shared' });
  const { base, busybox } = await ensureBaseImages(engine, registry, log);
  log(`Registry at ${registry.address} with ${base} and ${busybox}.`);
  for (const name of ['DOCKER_HOST', 'DOCKER_CONFIG']) {
    const value = engine.environment[name];
    if (value !== undefined) {
      console.log(`export ${name}=${quoted(value)}`);
    }
  }
  const [clientPath = ''] = (engine.environment['PATH'] ?? '').split(path.delimiter);
  console.log(`export PATH=${quoted(clientPath)}:"$PATH"`);
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

async function status(): Promise<void> {
  const port = sharedRegistryPort();
  console.log(
    port === undefined ? 'The registry is not running.' : `Registry at localhost:${port}.`,
  );
  const engine = await runningEngine();
  console.log(
    engine === undefined
      ? 'No engine is running.'
      : `Engine (${engine.origin}) at ${engine.dockerHost}, ` +
          `${engine.features.containerdStore ? 'with' : 'without'} the containerd image store.`,
  );
}

async function main([command, port]: readonly string[]): Promise<void> {
  switch (command) {
    case 'start':
      return start(port === undefined ? SHARED_REGISTRY_PORT : Number.parseInt(port, 10));
    case 'stop':
      await stopSharedRegistry();
      return stopEngines();
    case 'status':
      return status();
    default:
      throw new Error('Say what to do: main.ts start [port] | stop | status.');
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
