import type { CacheState } from '../core/cacheState';
import type { Problem } from '../core/problem';

/** What the status bar shows of the workspace's prebuild. */
export type PrebuildView =
  /** There is no devcontainer.json. */
  | { readonly kind: 'hidden' }
  /** Restricted Mode: nothing is asked of Docker or a registry. */
  | { readonly kind: 'untrusted' }
  | { readonly kind: 'checking' }
  /** A command is under way. */
  | { readonly kind: 'working'; readonly step: string }
  | {
      readonly kind: 'known';
      readonly state: CacheState;
      readonly key: string;
      /** In a sentence, where base images or features have moved since. */
      readonly behind: string | undefined;
    }
  /** The key cannot be computed: a config or Dockerfile is malformed. */
  | { readonly kind: 'failed'; readonly problem: Problem };
