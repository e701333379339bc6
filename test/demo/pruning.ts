import { run } from '../support/machine/command';
import type { TestEngine } from '../support/machine/engine';

export interface Pruning {
  /** Whether it leaves nothing local, so that what is opened next comes from a registry or is built. */
  readonly scope: 'everything' | 'own';
  prune(): Promise<void>;
}

/**
 * An engine that was unpacked for these tests is emptied. One that was found is somebody's: there only the
 * demo's own containers and images go, and never the cache, which is one for all builds.
 * @param keys the prebuild keys that the demo has seen, by which its images are known.
 */
export function createPruning(
  { origin, environment }: TestEngine,
  folder: string,
  keys: ReadonlySet<string>,
  mayEmpty: boolean,
): Pruning {
  const docker = async (...args: readonly string[]) => run('docker', args, { environment });
  const remove = async (list: readonly string[], removal: readonly string[]) => {
    const ids = [...new Set((await docker(...list)).split('\n').filter((id) => id !== ''))];
    if (ids.length > 0) {
      await docker(...removal, ...ids);
    }
  };
  const removeContainers = ['rm', '--force', '--volumes'];
  if (origin === 'unpacked' || mayEmpty) {
    return {
      scope: 'everything',
      prune: async () => {
        await remove(['ps', '--all', '--quiet'], removeContainers);
        await docker('image', 'prune', '--all', '--force');
        await docker('buildx', 'prune', '--all', '--force');
        await docker('volume', 'prune', '--all', '--force');
      },
    };
  }
  const own = `label=devcontainer.local_folder=${folder}`;
  return {
    scope: 'own',
    prune: async () => {
      await remove(['ps', '--all', '--quiet', '--filter', own], removeContainers);
      for (const key of keys) {
        const ofKey = ['--filter', `label=devcontainer-prebuild.key=${key}`];
        await remove(['image', 'ls', '--quiet', ...ofKey], ['image', 'rm', '--force']);
      }
    },
  };
}
