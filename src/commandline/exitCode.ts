import type { CacheState } from '../core/cacheState';

/** The exit codes that USAGE documents. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  miss: 3,
  unreachable: 4,
  cancelled: 130,
} as const;

/** So that `devcontainer-prebuild check || devcontainer-prebuild build --push` does the right thing. */
export function checkExitCode(state: CacheState): number {
  switch (state.kind) {
    case 'running':
    case 'local':
    case 'registry':
      return EXIT.done;
    case 'cache':
    case 'miss':
      return EXIT.miss;
    case 'unreachable':
      return EXIT.unreachable;
  }
}
