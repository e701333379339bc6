import { join } from 'node:path';
import type { FileTree } from '../fileTree';

/**
 * The devcontainer.json files of a folder, in the order in which the specification prefers them:
 * `.devcontainer/devcontainer.json`, `.devcontainer.json`, `.devcontainer/<folder>/devcontainer.json`
 * (one level, by name).
 */
export function findConfigs(tree: FileTree, folder: string): readonly string[] {
  const nested = (tree.list(join(folder, '.devcontainer')) ?? [])
    .filter(({ kind }) => kind === 'directory' || kind === 'link')
    .map(({ name }) => join(folder, '.devcontainer', name, 'devcontainer.json'))
    .sort();
  return [
    join(folder, '.devcontainer', 'devcontainer.json'),
    join(folder, '.devcontainer.json'),
    ...nested,
  ].filter((path) => {
    const kind = tree.stat(path)?.kind;
    return kind === 'file' || kind === 'link';
  });
}
