import { posix, relative, sep } from 'node:path';
import { METADATA_LABEL, remoteUserOf } from '../../core/devcontainer/imageMetadata';
import { parseJsonc } from '../../core/devcontainer/jsonc';
import { overrideConfig } from '../../core/devcontainer/overrideConfig';
import { quotedWorkspaceMount } from '../../core/devcontainer/workspaceMount';
import type { FileTree } from '../../core/fileTree';
import { KEY_LABEL } from '../../core/labels';
import type { Log } from '../../core/log';
import type {
  StartRequest,
  StartedContainer,
  WorkspaceContainer,
  Workspaces,
} from '../../core/ports';
import { configMissing } from '../../core/problems';
import { gitTop } from '../../core/project';
import type { WorkspaceSource } from '../../core/workspaceSource';
import { isOfHook, up } from '../devcontainer-cli/up';
import type { DevcontainerCli } from '../devcontainer-cli/cli';
import type { StartMarks } from '../files/startMarks';
import { TimeBound } from '../timeBound';
import type { ContainerDetails, DockerApi } from './dockerApi';

/** Dev containers on the local engine, told apart by the labels that the devcontainer CLI gives them. */
export class LocalWorkspaces implements Workspaces {
  constructor(
    private readonly docker: DockerApi,
    private readonly cli: DevcontainerCli,
    private readonly tree: FileTree,
    private readonly marks: StartMarks,
    private readonly log: Log,
  ) {}

  async find(source: WorkspaceSource, signal: AbortSignal): Promise<readonly WorkspaceContainer[]> {
    const isUnfinished = this.marks.read(source) !== undefined;
    return (
      (await this.inspectAll(source, signal))
        .map((container) => workspaceContainer(container, source))
        // Not to be used before its hooks have run.
        .map((container) => (isUnfinished ? { ...container, running: false } : container))
        .sort((a, b) => Number(b.running) - Number(a.running))
    );
  }

  private async inspectAll(
    source: WorkspaceSource,
    signal: AbortSignal,
  ): Promise<readonly ContainerDetails[]> {
    const labels = {
      'devcontainer.local_folder': source.folder,
      'devcontainer.config_file': source.configFile,
    };
    const listed = await this.docker.listContainers({ labels }, signal);
    const containers = await Promise.all(
      listed.map(({ id }) => this.docker.inspectContainer(id, signal)),
    );
    return containers.filter((container) => container !== undefined);
  }

  async start(
    request: StartRequest,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<StartedContainer> {
    const { source } = request;
    const text = this.tree.readText(source.configFile);
    if (text === undefined) {
      throw configMissing(source.folder);
    }
    const config = parseJsonc(text, source.configFile).value;
    const top = gitTop(this.tree, source.folder) ?? source.folder;
    const override = {
      ...overrideConfig(config, request.image),
      ...quotedWorkspaceMount(config, source.folder, top),
    };
    await this.clearUnfinished(request, signal);
    const before = await this.find(source, signal);
    this.marks.set(
      source,
      before.map(({ id }) => id),
    );
    try {
      const started = await up(this.cli, request, override, report, this.log, signal);
      this.marks.clear(source);
      const details = await this.docker.inspectContainer(started.containerId, signal);
      return {
        id: started.containerId,
        name: details?.name ?? started.containerId,
        keyLabel: details?.labels[KEY_LABEL],
        remoteUser: started.remoteUser,
        workspaceFolder: started.remoteWorkspaceFolder,
      };
    } catch (error) {
      if (signal.aborted) {
        await this.removeHalfMade(source, before);
      } else if (isOfHook(error)) {
        this.marks.clear(source);
      }
      throw error;
    }
  }

  /**
   * What a killed start made goes: the devcontainer CLI takes a hook that it began for one that was run. A
   * container that was there before is stopped, so that its hooks of each start run.
   */
  private async clearUnfinished(
    { source, existing }: StartRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const mark = this.marks.read(source);
    if (mark === undefined) {
      return;
    }
    for (const { id, name, created } of await this.inspectAll(source, signal)) {
      // An engine that was not the one of then has containers of its own.
      if (!mark.containers.includes(id) && created > mark.at) {
        this.log.info(`Removing ${name}, which was not finished when its start was killed`);
        await this.docker.removeContainer(id, signal);
      } else if (existing === 'start') {
        this.log.info(`Stopping ${name}, whose start was not finished`);
        await this.docker.stopContainer(id, signal);
      }
    }
  }

  /** A cancelled start leaves no container that it made: its hooks may have run in part. */
  private async removeHalfMade(
    source: WorkspaceSource,
    before: readonly WorkspaceContainer[],
  ): Promise<void> {
    // A signal of its own: the one of the start has been aborted.
    const bound = new TimeBound(30_000, new AbortController().signal);
    const { signal } = bound;
    const known = new Set(before.map(({ id }) => id));
    try {
      for (const { id, name } of await this.find(source, signal)) {
        if (!known.has(id)) {
          this.log.info(`Removing ${name}, which was not finished when it was cancelled`);
          await this.docker.removeContainer(id, signal);
        }
      }
      this.marks.clear(source);
    } catch (error) {
      this.log.warn(`A container that was not finished may be left: ${String(error)}`);
    } finally {
      bound.end();
    }
  }
}

function workspaceContainer(
  { id, name, running, image, user, labels, mounts }: ContainerDetails,
  source: WorkspaceSource,
): WorkspaceContainer {
  return {
    id,
    name,
    running,
    image,
    keyLabel: labels[KEY_LABEL],
    remoteUser: remoteUserOf(labels[METADATA_LABEL]) ?? (user === '' ? 'root' : user),
    workspaceFolder: mountedAt(source.folder, mounts),
  };
}

/** Where a folder is seen inside: it is mounted itself, or by a folder above it, as git's root is. */
function mountedAt(folder: string, mounts: ContainerDetails['mounts']): string | undefined {
  for (const { source, target } of mounts) {
    const below = relative(source, folder);
    if (below === '') {
      return target;
    }
    if (!below.startsWith('..') && source !== sep) {
      return posix.join(target, ...below.split(sep));
    }
  }
  return undefined;
}
