import type { JsonObject } from './jsonc';

/** What a prebuilt image has in it already, and `up` must not do again. */
const BUILT_IN = [
  'build',
  'dockerFile',
  'context',
  'image',
  'features',
  'overrideFeatureInstallOrder',
] as const;

/**
 * The config with which a container is started from a prebuilt image: the user's own, unsubstituted, with
 * the image in place of the build. Hooks, mounts, users and customizations stay.
 */
export function overrideConfig(config: JsonObject, image: string): JsonObject {
  const kept = Object.entries(config).filter(
    ([name]) => !(BUILT_IN as readonly string[]).includes(name),
  );
  return { ...Object.fromEntries(kept), image };
}
