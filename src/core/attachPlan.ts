import { basename } from 'node:path';
import type { StartedContainer } from './ports';
import type { WorkspaceSource } from './workspaceSource';

/** How the editor gets into a container. */
export type AttachPlan =
  /** Dev Containers finds the container by its labels; hooks, user and extensions are its business. */
  | { readonly kind: 'open-folder'; readonly folder: string }
  /** The same where a folder has several configs: only the URI can name one. */
  | { readonly kind: 'open-uri'; readonly uri: string }
  /** Every editor has a terminal. */
  | { readonly kind: 'terminal'; readonly name: string; readonly args: readonly string[] };

export interface AttachRequest {
  readonly source: WorkspaceSource;
  /** How many devcontainer.json files the folder has. */
  readonly configs: number;
  readonly container: StartedContainer;
  /** Whether the commands of Dev Containers exist in this editor. */
  readonly devContainers: 'present' | 'absent';
}

/** Chooses how to get into a started container, and spells out the exact URI or arguments. */
export function planAttach({
  source,
  configs,
  container,
  devContainers,
}: AttachRequest): AttachPlan {
  if (devContainers === 'absent') {
    return {
      kind: 'terminal',
      name: `Dev Container: ${basename(source.folder)}`,
      args: terminalArguments(container),
    };
  }
  return configs > 1
    ? { kind: 'open-uri', uri: devContainerUri(source, container.workspaceFolder) }
    : { kind: 'open-folder', folder: source.folder };
}

/**
 * The URI by which Dev Containers opens a folder with one of its configs: the authority is the lower-case
 * hex of a JSON text, whose `hostPath` must equal the container's label byte by byte.
 */
export function devContainerUri(source: WorkspaceSource, workspaceFolder: string): string {
  const authority = {
    hostPath: source.folder,
    localDocker: false,
    configFile: {
      $mid: 1,
      fsPath: source.configFile,
      path: uriPath(source.configFile),
      scheme: 'file',
    },
  };
  const hex = Buffer.from(JSON.stringify(authority)).toString('hex');
  const path = workspaceFolder.split('/').map(encodeURIComponent).join('/');
  return `vscode-remote://dev-container+${hex}${path}`;
}

/** `C:\a` → `/c:/a`, as VS Code's URI.file has it. */
function uriPath(path: string): string {
  return /^[A-Za-z]:/.test(path)
    ? `/${path[0]?.toLowerCase() ?? ''}${path.slice(1).replaceAll('\\', '/')}`
    : path;
}

/** A login shell as the container's user in the workspace's folder; bash where the image has it. */
function terminalArguments({ id, remoteUser, workspaceFolder }: StartedContainer): string[] {
  const shell = 'if command -v bash >/dev/null 2>&1; then exec bash -l; else exec sh -l; fi';
  return [
    'exec',
    '--interactive',
    '--tty',
    '--user',
    remoteUser,
    '--workdir',
    workspaceFolder,
    id,
    'sh',
    '-c',
    shell,
  ];
}
