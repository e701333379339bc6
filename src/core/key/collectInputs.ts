import type { DevContainerConfig } from '../devcontainer/parseConfig';
import type { FileTree } from '../fileTree';
import type { Platform } from '../platform';
import { InputList } from './buildInputs';
import type { CollectedInputs } from './buildInputs';
import { addDockerfileInputs } from './dockerfileInputs';
import { digestOf } from './encoding';
import { addFeatureInputs } from './featureInputs';

/** A change of what enters the key, or how, is another version: keys of two versions never meet. */
export const KEY_SCHEMA = '1';

/**
 * Collects everything that the build of a config would read, in canonical order.
 * @throws Problem where the build would fail before it starts: a missing file, a malformed pattern.
 */
export function collectInputs(
  config: DevContainerConfig,
  platform: Platform,
  environment: Readonly<Record<string, string | undefined>>,
  tree: FileTree,
): CollectedInputs {
  const list = new InputList();
  const { recipe, places } = config;
  const { base, layer } = recipe;
  list.add(
    { kind: 'schema', name: '', digest: digestOf([KEY_SCHEMA]) },
    { place: undefined, label: `key schema ${KEY_SCHEMA}` },
  );
  list.add(
    { kind: 'platform', name: '', digest: digestOf([platform]) },
    { place: undefined, label: platform },
  );
  if (base.kind === 'image') {
    list.add(
      { kind: 'image', name: '', digest: digestOf([base.image]) },
      { place: places.base, label: `image ${base.image}` },
    );
  } else {
    const ignoreFiles = layer === undefined ? 'own first' : "the context's";
    const request = { recipe: base, places, ignoreFiles, platform, environment, tree } as const;
    addDockerfileInputs(list, request);
  }
  if (layer !== undefined) {
    addFeatureInputs(list, config, layer, tree);
  }
  return list.collected();
}
