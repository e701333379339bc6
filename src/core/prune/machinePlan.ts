import { parsePrebuildKey } from '../key/prebuildKey';
import type { PrebuildKey } from '../key/prebuildKey';
import type { StoredContainer, StoredImage } from '../ports';
import { parsePrebuildTag } from '../reference';
import { latestKeys, reasonToKeep } from './pruneRules';
import type { DatedPrebuild, Kept, KeptReason, PruneRules } from './pruneRules';

export interface RemovableContainer {
  readonly id: string;
  readonly name: string;
  /** The workspace that it was made for. */
  readonly folder: string;
  readonly key: PrebuildKey;
}

/** A name of an image; the image goes with its last one. */
export interface RemovableImage {
  readonly reference: string;
  readonly id: string;
  readonly key: PrebuildKey;
  /** What no other image shares; 0 where the image has a name that is not ours. */
  readonly bytes: number;
}

export interface MachinePlan {
  readonly containers: readonly RemovableContainer[];
  readonly images: readonly RemovableImage[];
  readonly kept: readonly Kept[];
}

/**
 * Chooses what goes of an engine's store. All that belongs to one key goes or stays together: the images that
 * have a tag of ours for it, those that `devcontainer up` derived from them for the user's id, and the
 * stopped dev containers of both.
 */
export function planMachine(
  images: readonly StoredImage[],
  containers: readonly StoredContainer[],
  rules: PruneRules,
): MachinePlan {
  const owned = images.flatMap(ownedImage);
  const keys = new Set(owned.map(({ key }) => key));
  const prebuilds = [...keys].map((key) => {
    const ofKey = owned.filter((image) => image.key === key);
    const ids = new Set(ofKey.map(({ image }) => image.id));
    return { key, images: ofKey, containers: containers.filter(({ imageId }) => ids.has(imageId)) };
  });
  const latest = latestKeys(prebuilds.flatMap(datedTags), rules.keep);
  const plan = { containers: [], images: [], kept: [] } as {
    containers: RemovableContainer[];
    images: RemovableImage[];
    kept: Kept[];
  };
  for (const prebuild of prebuilds) {
    const why = reasonOf(prebuild, latest, rules);
    if (why === undefined) {
      plan.containers.push(...prebuild.containers.flatMap(removable(prebuild.key)));
      plan.images.push(...prebuild.images.flatMap(removableTags));
    } else {
      plan.kept.push(
        ...prebuild.images.flatMap(({ tags }) => tags.map((image) => ({ image, why }))),
      );
    }
  }
  return plan;
}

interface OwnedImage {
  readonly key: PrebuildKey;
  readonly image: StoredImage;
  /** Its tags that are ours. */
  readonly tags: readonly string[];
}

interface MachinePrebuild {
  readonly key: PrebuildKey;
  readonly images: readonly OwnedImage[];
  readonly containers: readonly StoredContainer[];
}

/** The label alone proves nothing: an image that somebody made `FROM` a prebuild inherits it. */
function ownedImage(image: StoredImage): readonly OwnedImage[] {
  const key = parsePrebuildKey(image.keyLabel.split('+', 1)[0]);
  if (key === undefined) {
    return [];
  }
  const tags = image.tags.filter((tag) => parsePrebuildTag(tag)?.key === key || isUserIdImage(tag));
  return tags.length === 0 ? [] : [{ key, image, tags }];
}

/** As the devcontainer CLI names the image in which it gives the remote user the id of the person. */
function isUserIdImage(tag: string): boolean {
  return /^vsc-[^/]+-[0-9a-f]{64}(?:-features)?-uid(?::latest)?$/.test(tag);
}

function datedTags({ key, images }: MachinePrebuild): readonly DatedPrebuild[] {
  return images.flatMap(({ image, tags }) =>
    tags.flatMap((tag) => {
      const repository = parsePrebuildTag(tag)?.repository;
      return repository === undefined ? [] : [{ key, repository, since: image.since }];
    }),
  );
}

function reasonOf(
  { key, images, containers }: MachinePrebuild,
  latest: ReadonlySet<PrebuildKey>,
  rules: PruneRules,
): KeptReason | undefined {
  if (containers.some(({ stopped, folder }) => !stopped || folder === undefined)) {
    return 'in-use';
  }
  const used = [...images.map(({ image }) => image.since), ...containers.map(({ used }) => used)];
  return reasonToKeep({ key, repository: '', since: Math.max(...used) }, latest, rules);
}

const removable =
  (key: PrebuildKey) =>
  ({ id, name, folder }: StoredContainer): readonly RemovableContainer[] =>
    folder === undefined ? [] : [{ id, name, folder, key }];

function removableTags({ key, image, tags }: OwnedImage): readonly RemovableImage[] {
  const goes = tags.length === image.tags.length;
  return tags.map((reference, index) => ({
    reference,
    id: image.id,
    key,
    bytes: goes && index === tags.length - 1 ? image.ownSize : 0,
  }));
}
