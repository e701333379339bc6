import type { PrebuildKey } from '../key/prebuildKey';
import { parsePrebuildKey } from '../key/prebuildKey';
import { KEY_LABEL } from '../labels';
import type { TaggedImages } from '../ports';
import { referenceText } from '../reference';
import type { ImageReference } from '../reference';
import { latestKeys, reasonToKeep } from './pruneRules';
import type { Kept, KeptReason, PruneRules } from './pruneRules';

export type TagReference = ImageReference & { readonly tag: string };

/** A tag of ours in a registry, with what it names. */
export interface PrebuildTag {
  readonly reference: TagReference;
  readonly key: PrebuildKey;
  readonly content: TaggedImages;
}

export interface RemovableTag {
  readonly reference: TagReference;
  readonly digest: string;
  readonly key: PrebuildKey;
}

export interface RegistryPlan {
  readonly tags: readonly RemovableTag[];
  readonly kept: readonly Kept[];
}

/** Chooses which tags of one repository may go, as far as the prebuilds themselves tell. */
export function planRegistry(prebuilds: readonly PrebuildTag[], rules: PruneRules): RegistryPlan {
  const dated = prebuilds.filter(isOurs).map((prebuild) => ({
    ...prebuild,
    repository: '',
    since: sinceOf(prebuild),
  }));
  const latest = latestKeys(dated, rules.keep);
  const foreign = prebuilds.filter((prebuild) => !isOurs(prebuild));
  const judged = dated.map((prebuild) => ({
    prebuild,
    why: reasonToKeep(prebuild, latest, rules),
  }));
  return {
    tags: judged.flatMap(({ prebuild: { reference, key, content }, why }) =>
      why === undefined ? [{ reference, key, digest: content.digest }] : [],
    ),
    kept: [
      ...judged.flatMap(({ prebuild: { reference }, why }) =>
        why === undefined ? [] : [{ image: referenceText(reference), why }],
      ),
      ...foreign.map(({ reference }) => ({
        image: referenceText(reference),
        why: 'not-ours' as const,
      })),
    ],
  };
}

/**
 * Takes out of a plan what other tags lead to: a manifest is deleted with all its tags, and out of the indexes
 * that name it.
 * @param reached the digests that each tag of the repository leads to, itself or through an index.
 */
export function withoutNamedElsewhere(
  plan: RegistryPlan,
  reached: ReadonlyMap<string, readonly string[]>,
): RegistryPlan {
  let { tags } = plan;
  const kept: Kept[] = [];
  for (;;) {
    const going = new Set(tags.map(({ reference }) => reference.tag));
    const held = new Set([...reached].flatMap(([tag, digests]) => (going.has(tag) ? [] : digests)));
    const stays = tags.filter(({ digest }) => held.has(digest));
    if (stays.length === 0) {
      return { tags, kept: [...plan.kept, ...kept] };
    }
    const why: KeptReason = 'named';
    kept.push(...stays.map(({ reference }) => ({ image: referenceText(reference), why })));
    tags = tags.filter(({ digest }) => !held.has(digest));
  }
}

/** A tag is ours where every image that it names says so: anyone can push under any tag. */
function isOurs({ key, content: { images } }: PrebuildTag): boolean {
  return (
    images.length > 0 &&
    images.every(({ labels }) => parsePrebuildKey(labels[KEY_LABEL]?.split('+', 1)[0]) === key)
  );
}

/** 2013 began: a time before there were containers is what reproducible builds write in place of one. */
const EARLIEST = 1_356_998_400_000;

function sinceOf({ content: { images } }: PrebuildTag): number | undefined {
  const times = images.flatMap(({ created }) => (created === undefined ? [] : [created]));
  const latest = Math.max(...times);
  return times.length < images.length || latest < EARLIEST ? undefined : latest;
}
