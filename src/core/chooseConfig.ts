import { resolve } from 'node:path';
import { findConfigs } from './devcontainer/findConfigs';
import type { FileTree } from './fileTree';
import { configMissing, severalConfigs } from './problems';
import type { WorkspaceSource } from './workspaceSource';

/**
 * The one config that a folder has, or the one that was named.
 * @param named a path, relative to the folder or absolute; undefined: there must be exactly one.
 * @throws Problem where there is none, or where there are several and none was named.
 */
export function chooseConfig(
  tree: FileTree,
  folder: string,
  named: string | undefined,
): WorkspaceSource {
  if (named !== undefined) {
    const configFile = resolve(folder, named);
    if (tree.stat(configFile) === undefined) {
      throw configMissing(configFile);
    }
    return { folder, configFile };
  }
  const configs = findConfigs(tree, folder);
  const [configFile] = configs;
  if (configFile === undefined) {
    throw configMissing(folder);
  }
  if (configs.length > 1) {
    throw severalConfigs(folder, configs);
  }
  return { folder, configFile };
}
