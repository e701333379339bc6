import type { FeatureSetting } from './devcontainer/features';

/** From what an image is built. Paths are absolute, variables substituted. */
export interface DockerfileRecipe {
  readonly kind: 'dockerfile';
  readonly dockerfile: string;
  readonly context: string;
  readonly target: string | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Further options of `docker buildx build`, as devcontainer.json has them. */
  readonly options: readonly string[];
}

/** A config that names an image: built as `FROM image`, so that it is labelled and kept like any other. */
export interface ImageRecipe {
  readonly kind: 'image';
  readonly image: string;
}

/** What the features add on top of a base. */
export interface FeatureLayer {
  readonly features: readonly FeatureSetting[];
  readonly overrideFeatureInstallOrder: readonly string[] | undefined;
  readonly containerUser: string | undefined;
  readonly remoteUser: string | undefined;
  /** The folder that local features and the lock file are relative to. */
  readonly configFolder: string;
  readonly lockFile: string | undefined;
}

export interface BuildRecipe {
  readonly base: DockerfileRecipe | ImageRecipe;
  /** Undefined where the config has no features. */
  readonly layer: FeatureLayer | undefined;
}
