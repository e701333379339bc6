import { join } from 'node:path';
import type { Log } from '../core/log';
import type { OpenPorts } from '../core/openInWorkspace';
import { createDockerApi } from './docker/dockerApi';
import { BuildxBuilder } from './docker/buildxBuilder';
import { createEngine } from './docker/engine';
import { LocalWorkspaces } from './docker/localWorkspaces';
import { FileLock } from './files/fileLock';
import { FileRecords } from './files/fileRecords';
import { FileWorkers } from './files/fileWorkers';
import { NodeFileTree } from './files/nodeFileTree';
import { stateFolder } from './files/stateFolder';
import { monotonicClock } from './monotonicClock';
import { createRegistry } from './registry/registryLookup';

export interface AdapterSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly log: Log;
  /** The devcontainer CLI's script, as shipped. */
  readonly cliScript: string;
  /** The script of the threads that read large selections, as shipped; undefined: one thread reads all. */
  readonly hashWorker?: string;
  /** Registries that the user allowed to speak plain HTTP. */
  readonly insecureRegistries: readonly string[];
}

/** The world as the editor and the command line both see it: Docker, a registry, this machine's files. */
export function createAdapters(settings: AdapterSettings): OpenPorts {
  const { environment, homeFolder, log, insecureRegistries, hashWorker } = settings;
  const cli = { script: settings.cliScript, node: process.execPath, docker: 'docker' };
  const docker = createDockerApi({ environment, homeFolder, log });
  const state = stateFolder(environment, homeFolder);
  const tree = new NodeFileTree({
    cacheFolder: join(state, 'files'),
    workers: hashWorker === undefined ? undefined : new FileWorkers(hashWorker),
  });
  return {
    tree,
    engine: createEngine({ docker, environment, homeFolder, log }),
    registry: createRegistry({ environment, homeFolder, log, insecureRegistries }),
    builder: new BuildxBuilder(cli, log),
    workspaces: new LocalWorkspaces(docker, cli, tree, log),
    lock: new FileLock(join(state, 'locks'), log),
    records: new FileRecords(join(state, 'records'), log),
    clock: monotonicClock,
    log,
  };
}
