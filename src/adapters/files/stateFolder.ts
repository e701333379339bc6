import { join } from 'node:path';

/**
 * The folder of what this tool keeps between runs and shares between windows and the command line; losing
 * it costs time, never data.
 */
export function stateFolder(
  environment: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): string {
  const name = 'devcontainer-prebuild';
  switch (process.platform) {
    case 'win32':
      return join(environment['LOCALAPPDATA'] ?? join(homeFolder, 'AppData', 'Local'), name);
    case 'darwin':
      return join(homeFolder, 'Library', 'Caches', name);
    default:
      return join(environment['XDG_CACHE_HOME'] ?? join(homeFolder, '.cache'), name);
  }
}

/** The folder of the stat caches. */
export function statCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): string {
  return join(stateFolder(environment, homeFolder), 'files');
}
