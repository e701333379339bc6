import type { PrebuildKey } from '../key/prebuildKey';

/** Which prebuilds a clean-up keeps, whatever their age and use allow. */
export interface PruneRules {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds: what was made or used since is kept. */
  readonly olderThan: number;
  /** So many are kept of each repository: the latest. */
  readonly keep: number;
  /** Of the workspaces that are open. */
  readonly current: ReadonlySet<PrebuildKey>;
}

export type KeptReason =
  /** It is the prebuild of a workspace that is open. */
  | 'current'
  /** It is among the latest of its repository. */
  | 'latest'
  /** It was made or used a short time ago. */
  | 'recent'
  /** A container that is no stopped dev container has it. */
  | 'in-use'
  /** Another tag names the same image. */
  | 'named'
  /** Its tag is ours, but its labels are not those of a prebuild of that key. */
  | 'not-ours'
  /** Nothing tells when it was made. */
  | 'undated';

/** A prebuild that stays, by its reference. */
export interface Kept {
  readonly image: string;
  readonly why: KeptReason;
}

export const DEFAULT_KEEP = 1;
export const DEFAULT_OLDER_THAN = 30 * 24 * 3_600_000;

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Parses an age such as `30d`, `12h` or `2w`. @returns milliseconds; undefined where the text is none. */
export function parseAge(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit ?? ''];
  return count === undefined || milliseconds === undefined
    ? undefined
    : Number(count) * milliseconds;
}

/** What of both kinds of stores is told the same way. */
export interface DatedPrebuild {
  readonly key: PrebuildKey;
  readonly repository: string;
  /** Milliseconds since 1970; undefined where nobody knows. */
  readonly since: number | undefined;
}

/** Why a prebuild stays that nothing else holds; undefined where it may go. */
export function reasonToKeep(
  { key, since }: DatedPrebuild,
  latest: ReadonlySet<PrebuildKey>,
  { now, olderThan, current }: PruneRules,
): KeptReason | undefined {
  if (current.has(key)) {
    return 'current';
  }
  if (latest.has(key)) {
    return 'latest';
  }
  if (since === undefined) {
    return 'undated';
  }
  return now - since < olderThan ? 'recent' : undefined;
}

/** The keys that are among the `keep` latest of some repository; what is not dated counts as oldest. */
export function latestKeys(
  prebuilds: readonly DatedPrebuild[],
  keep: number,
): ReadonlySet<PrebuildKey> {
  const repositories = new Map<string, Map<PrebuildKey, number>>();
  for (const { key, repository, since = 0 } of prebuilds) {
    const keys = repositories.get(repository) ?? new Map<PrebuildKey, number>();
    keys.set(key, Math.max(since, keys.get(key) ?? 0));
    repositories.set(repository, keys);
  }
  return new Set(
    [...repositories.values()].flatMap((keys) =>
      [...keys]
        .sort(([, one], [, other]) => other - one)
        .slice(0, keep)
        .map(([key]) => key),
    ),
  );
}
