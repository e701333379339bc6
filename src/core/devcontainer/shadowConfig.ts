import type { BuildRecipe, FeatureLayer } from '../buildRecipe';
import type { JsonObject } from './jsonc';

/** A folder to be copied into the shadow folder: links are not followed by the CLI. */
export interface FolderCopy {
  readonly from: string;
  /** Relative to the shadow's `.devcontainer`. */
  readonly to: string;
}

/** What a shadow folder holds: a devcontainer.json with nothing but what shapes the image. */
export interface ShadowConfig {
  readonly config: JsonObject;
  readonly localFeatures: readonly FolderCopy[];
  readonly lockFile: string | undefined;
}

/**
 * The shadow of a config with features. The devcontainer CLI builds from it, so that the image holds what
 * the key covers and no hooks, mounts or customizations, and the user's tree is not written to.
 * @param options further options of the build; the CLI's own flags for labels, say, do nothing here.
 * @param imageDockerfile the path of a Dockerfile that is `FROM` the image, for a recipe that names one.
 */
export function shadowConfig(
  { base }: BuildRecipe,
  layer: FeatureLayer,
  options: readonly string[],
  imageDockerfile: string,
): ShadowConfig {
  const features = layer.features.map(
    ({ id, options }) => [id, Object.fromEntries(options)] as const,
  );
  const build =
    base.kind === 'dockerfile'
      ? {
          dockerfile: base.dockerfile,
          context: base.context,
          args: Object.fromEntries(base.buildArgs),
          ...(base.target === undefined ? {} : { target: base.target }),
          options: [...base.options, ...options],
        }
      : { dockerfile: imageDockerfile, options };
  return {
    config: {
      build,
      features: Object.fromEntries(features),
      ...defined('overrideFeatureInstallOrder', layer.overrideFeatureInstallOrder),
      ...defined('containerUser', layer.containerUser),
      ...defined('remoteUser', layer.remoteUser),
    },
    // The same path below the shadow's .devcontainer, so that its id stays what the user wrote.
    localFeatures: layer.features.flatMap(({ id, folder }) =>
      folder === undefined ? [] : [{ from: folder, to: id }],
    ),
    lockFile: layer.lockFile,
  };
}

function defined<T>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}
