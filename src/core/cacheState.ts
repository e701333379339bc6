import type { Problem } from './problem';

/** What is known of a workspace's prebuild. */
export type CacheState =
  /** A container of this workspace, made from the prebuilt image, runs: opening attaches to it. */
  { readonly kind: 'running'; readonly container: string; readonly image: string } | ImageState;

/** Where a workspace's prebuilt image is. */
export type ImageState =
  /** In the engine's image store; opening builds and pulls nothing. */
  | { readonly kind: 'local'; readonly image: string }
  /** In the registry; opening pulls it. */
  | { readonly kind: 'registry'; readonly image: string; readonly digest: string }
  /** No image, but a layer cache of this branch or the default one: opening builds what changed. */
  | { readonly kind: 'cache'; readonly cache: string }
  /** Nothing: opening builds. */
  | { readonly kind: 'miss' }
  /** The registry did not answer, so nobody knows: never taken for a miss. */
  | { readonly kind: 'unreachable'; readonly problem: Problem };
