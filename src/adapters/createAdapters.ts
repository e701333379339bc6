import { join } from 'node:path';
import type { Log } from '../core/log';
import type { FileTree } from '../core/fileTree';
import type { OpenPorts } from '../core/openInWorkspace';
import type { PrunePorts } from '../core/prunePrebuilds';
import type { Prebuilds } from '../core/ports';
import { createDockerApi } from './docker/dockerApi';
import { BuildxBuilder } from './docker/buildxBuilder';
import { createEngine } from './docker/engine';
import { createImageStore } from './docker/imageStore';
import { LocalWorkspaces } from './docker/localWorkspaces';
import { FileLock } from './files/fileLock';
import { fileRecords } from './files/fileRecords';
import { StartMarks } from './files/startMarks';
import { stateFolder } from './files/stateFolder';
import { monotonicClock } from './monotonicClock';
import { createRegistry } from './registry/registryLookup';

export interface AdapterSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly log: Log;
  /** The devcontainer CLI's script, as shipped. */
  readonly cliScript: string;
  readonly tree: FileTree;
  readonly prebuilds: Prebuilds;
  /** Registries that the user allowed to speak plain HTTP. */
  readonly insecureRegistries: readonly string[];
}

/** The world as the editor and the command line both see it: Docker, a registry, this machine's files. */
export function createAdapters(settings: AdapterSettings): OpenPorts & PrunePorts {
  const { environment, homeFolder, log, insecureRegistries, tree, prebuilds } = settings;
  const cli = { script: settings.cliScript, node: process.execPath, docker: 'docker' };
  const docker = createDockerApi({ environment, homeFolder, log });
  const state = stateFolder(environment, homeFolder);
  const registry = createRegistry({ environment, homeFolder, log, insecureRegistries });
  const marks = new StartMarks(join(state, 'starts'), log);
  return {
    prebuilds,
    engine: createEngine({ docker, environment, homeFolder, log }),
    imageStore: createImageStore(docker),
    registry,
    registryStore: registry,
    builder: new BuildxBuilder(cli, log),
    workspaces: new LocalWorkspaces(docker, cli, tree, marks, log),
    lock: new FileLock(join(state, 'locks'), log),
    records: fileRecords(environment, homeFolder, log),
    clock: monotonicClock,
    log,
  };
}
