import type { FeatureLayer } from '../buildRecipe';
import { ignoresNothing } from '../context/ignoreFile';
import { selectFiles } from '../context/selectFiles';
import { wholeContext } from '../dockerfile/reads';
import { isObject, parseJsonc } from '../devcontainer/jsonc';
import type { JsonObject, JsoncDocument } from '../devcontainer/jsonc';
import type { FileTree } from '../fileTree';
import { featureInvalid } from '../problems';
import type { InputList } from './buildInputs';
import { digestOf, frame } from './encoding';
import { digestFiles } from './filesDigest';

/**
 * Adds what the features put into the image: each with its options and its lock entry, the files of the
 * local ones, the order, and the users that their install scripts are told of.
 */
export function addFeatureInputs(
  list: InputList,
  document: JsoncDocument,
  layer: FeatureLayer,
  tree: FileTree,
): void {
  const locked = lockedFeatures(layer, tree);
  // The devcontainer CLI installs them in an order of its own, whatever theirs in devcontainer.json is
  // (spec-configuration/containerFeaturesOrder.ts).
  const features = [...layer.features].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { id, options, folder } of features) {
    const place = document.placeOf(['features', id]);
    const values = options.map(([name, value]) => frame([name, typeof value, String(value)]));
    const digest = digestOf(values);
    list.add({ kind: 'feature', name: id, digest }, { place, label: `feature ${id}` });
    const lock = locked[id];
    if (lock !== undefined) {
      const origin = { place: { file: layer.lockFile ?? '' }, label: `lock entry of ${id}` };
      list.add(
        { kind: 'feature-lock', name: id, digest: digestOf([JSON.stringify(lock)]) },
        origin,
      );
    }
    if (folder !== undefined) {
      if (tree.list(folder) === undefined) {
        throw featureInvalid(id, place, `there is no folder "${folder}"`);
      }
      const whole = wholeContext({ line: 1, label: id }, undefined);
      const { digest, selection } = digestFiles(folder, () =>
        selectFiles(tree, folder, ignoresNothing, whole),
      );
      list.add(
        { kind: 'feature-files', name: id, digest },
        { place, label: `files of feature ${id}`, selection },
      );
    }
  }
  const order = layer.overrideFeatureInstallOrder;
  if (order !== undefined) {
    const label = 'overrideFeatureInstallOrder';
    const place = document.placeOf([label]);
    list.add({ kind: 'feature-order', name: '', digest: digestOf(order) }, { place, label });
  }
  for (const name of ['containerUser', 'remoteUser'] as const) {
    const user = layer[name];
    if (user !== undefined) {
      const place = document.placeOf([name]);
      list.add({ kind: 'user', name, digest: digestOf([user]) }, { place, label: name });
    }
  }
}

function lockedFeatures({ lockFile }: FeatureLayer, tree: FileTree): JsonObject {
  const text = lockFile === undefined ? undefined : tree.readText(lockFile);
  if (lockFile === undefined || text === undefined || text.trim() === '') {
    return {};
  }
  const features = parseJsonc(text, lockFile).value['features'];
  return isObject(features) ? features : {};
}
