import type { DockerfileRecipe } from '../buildRecipe';
import type { DevContainerConfig, ReadConfig } from '../devcontainer/parseConfig';
import type { FileTree } from '../fileTree';
import type { Platform } from '../platform';
import { InputList } from './buildInputs';
import type { CollectedInputs } from './buildInputs';
import { addDockerfileInputs, wholeContextDigest } from './dockerfileInputs';
import type { DockerfileInputsRequest } from './dockerfileInputs';
import { digestOf } from './encoding';
import { addFeatureInputs } from './featureInputs';

/** A change of what enters the key, or how, is another version: keys of two versions never meet. */
export const KEY_SCHEMA = '1';

/**
 * Collects everything that the build of a config would read, in canonical order.
 * @throws Problem where the build would fail before it starts: a missing file, a malformed pattern.
 */
export function collectInputs(
  { config, document }: ReadConfig,
  platform: Platform,
  environment: Readonly<Record<string, string | undefined>>,
  tree: FileTree,
): CollectedInputs {
  const list = new InputList();
  const { base, layer } = config.recipe;
  list.add(
    { kind: 'schema', name: '', digest: digestOf([KEY_SCHEMA]) },
    { place: undefined, label: `key schema ${KEY_SCHEMA}` },
  );
  list.add(
    { kind: 'platform', name: '', digest: digestOf([platform]) },
    { place: undefined, label: platform },
  );
  if (base.kind === 'image') {
    list.base({ reference: base.image, role: 'from', platform: undefined });
    list.add(
      { kind: 'image', name: '', digest: digestOf([base.image]) },
      { place: config.places.base, label: `image ${base.image}` },
    );
  } else {
    addDockerfileInputs(list, dockerfileRequest(base, config, platform, environment, tree));
  }
  if (layer !== undefined) {
    addFeatureInputs(list, document, layer, tree);
  }
  return list.collected();
}

/** The digest of all that the build of a config could read; of nothing where it names an image. */
export function digestWholeContext(
  config: DevContainerConfig,
  platform: Platform,
  environment: Readonly<Record<string, string | undefined>>,
  tree: FileTree,
): string {
  const { base } = config.recipe;
  return base.kind === 'image'
    ? digestOf([])
    : wholeContextDigest(dockerfileRequest(base, config, platform, environment, tree));
}

function dockerfileRequest(
  recipe: DockerfileRecipe,
  { places, recipe: { layer } }: DevContainerConfig,
  platform: Platform,
  environment: Readonly<Record<string, string | undefined>>,
  tree: FileTree,
): DockerfileInputsRequest {
  const ignoreFiles = layer === undefined ? 'own first' : "the context's";
  return { recipe, places, ignoreFiles, platform, environment, tree };
}
