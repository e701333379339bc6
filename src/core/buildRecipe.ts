import type { FeatureSetting } from './devcontainer/features';
import type { Place } from './problem';

/** From what an image is built. Paths are absolute, variables substituted. */
export interface DockerfileRecipe {
  readonly kind: 'dockerfile';
  /** The file that holds it: a Dockerfile, or the compose file of an inline one. */
  readonly dockerfile: string;
  readonly inline: InlineDockerfile | undefined;
  readonly context: string;
  readonly target: string | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Further options of `docker buildx build`, as devcontainer.json has them. */
  readonly options: readonly string[];
  /** Builds whose results are named contexts of this one, by the name. */
  readonly linked: ReadonlyMap<string, DockerfileRecipe>;
}

/** A Dockerfile that stands inside another file. */
export interface InlineDockerfile {
  readonly text: string;
  /** The line of the other file at which it begins. */
  readonly line: number;
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

/** Where a recipe's parts are said, for people; it identifies nothing, and rides beside the recipe. */
export interface RecipePlaces {
  /** The name of the image or of the Dockerfile. */
  readonly base: Place;
  readonly context: Place;
  readonly options: Place | undefined;
  readonly buildArgs: ReadonlyMap<string, Place>;
  readonly linked: ReadonlyMap<string, RecipePlaces>;
}
