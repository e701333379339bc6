import { isLabelOf } from './keyLabel';
import type { Prebuilds, StartedContainer, WorkspaceContainer, Workspaces } from './ports';
import type { PreparedPrebuild } from './preparePrebuild';

export interface FindContainersPorts {
  readonly workspaces: Workspaces;
  readonly prebuilds: Prebuilds;
}

/** A container of a workspace, and whether it was made from the image of the workspace's prebuild. */
export type FoundContainer = WorkspaceContainer & { readonly isOfKey: boolean };

/** The containers of a workspace, the running ones first. */
export async function findContainers(
  { workspaces, prebuilds }: FindContainersPorts,
  prebuild: PreparedPrebuild,
  signal: AbortSignal,
): Promise<readonly FoundContainer[]> {
  const containers = await workspaces.find(prebuild.request.source, signal);
  return Promise.all(
    containers.map(async (container) => ({
      ...container,
      isOfKey: await isLabelOf(container.keyLabel, prebuild, prebuilds, signal),
    })),
  );
}

/** The container of the key that runs already, if one is known well enough to attach to. */
export function runningOf(
  { config }: PreparedPrebuild,
  containers: readonly FoundContainer[],
): (StartedContainer & Pick<WorkspaceContainer, 'image'>) | undefined {
  const found = containers.find(({ running, isOfKey }) => running && isOfKey);
  const workspaceFolder = config.workspaceFolder ?? found?.workspaceFolder;
  return found === undefined || workspaceFolder === undefined
    ? undefined
    : { ...found, workspaceFolder };
}
