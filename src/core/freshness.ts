import type { CacheState } from './cacheState';
import { isObject } from './devcontainer/jsonc';
import type { JsonValue } from './devcontainer/jsonc';
import { digestOfName } from './digestOfName';
import { RESOLVED_LABEL } from './labels';
import type { Log } from './log';
import type { Engine, Registry, RegistryImage } from './ports';
import type { PreparedPrebuild } from './preparePrebuild';

export interface FreshnessPorts {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly log: Log;
}

/** A name that meant something else when the prebuild was made. */
export interface MovedName {
  readonly kind: 'base image' | 'feature';
  readonly name: string;
  readonly then: string;
  readonly now: string;
}

export type Freshness =
  /** Every moving name means what it meant. */
  | { readonly state: 'current' }
  | Behind
  /** The image does not say what its names meant, or a registry does not say what they mean now. */
  | { readonly state: 'unknown' };

/** A newer base image or feature is to be had; the prebuild is still a hit. */
export interface Behind {
  readonly state: 'behind';
  readonly moved: readonly MovedName[];
  /** When the prebuild was made, in milliseconds since 1970; undefined where the image does not say. */
  readonly created: number | undefined;
}

/**
 * Compares what the base images and features of a prebuild were when it was made with what they are now.
 * Asks a registry for each of them.
 * @returns undefined where there is no prebuilt image.
 */
export async function findFreshness(
  ports: FreshnessPorts,
  prebuild: PreparedPrebuild,
  state: CacheState,
  signal: AbortSignal,
): Promise<Freshness | undefined> {
  if (state.kind !== 'running' && state.kind !== 'local' && state.kind !== 'registry') {
    return undefined;
  }
  const image =
    state.kind === 'registry'
      ? await inspectPublished(ports, prebuild, signal)
      : await ports.engine.findImage(state.image, signal);
  const resolved = parseResolved(image?.labels[RESOLVED_LABEL]);
  if (image === undefined || resolved === undefined) {
    return { state: 'unknown' };
  }
  const names = await Promise.all(
    resolved.map(async ([name, then]) => ({
      name,
      then,
      now: await digestOfName(ports, name, signal),
    })),
  );
  const moved = names.flatMap(({ name, then, now }): readonly MovedName[] =>
    now === undefined || now === then ? [] : [{ kind: kindOf(name, prebuild), name, then, now }],
  );
  if (moved.length > 0) {
    return { state: 'behind', moved, created: image.created };
  }
  return { state: names.some(({ now }) => now === undefined) ? 'unknown' : 'current' };
}

/**
 * Such as `base image debian:bookworm has moved, prebuild of 12 days ago`.
 * @param now in milliseconds since 1970.
 */
export function behindText({ moved, created }: Behind, now: number): string {
  const what = moved.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  const days = created === undefined ? -1 : Math.floor((now - created) / 86_400_000);
  // SOURCE_DATE_EPOCH may set any time, such as 0.
  const isKnown = created !== undefined && created > 0 && days >= 0;
  const age = isKnown ? `, prebuild of ${agoText(days)}` : '';
  return `${what} ${moved.length === 1 ? 'has' : 'have'} moved${age}`;
}

function agoText(days: number): string {
  return days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
}

async function inspectPublished(
  { registry, log }: FreshnessPorts,
  { image, request }: PreparedPrebuild,
  signal: AbortSignal,
): Promise<RegistryImage | undefined> {
  const answer = await registry.inspect(image, request.platform, signal);
  if (answer.state === 'unreachable') {
    log.debug(`The freshness cannot be told: ${answer.problem.message}`);
  }
  return answer.state === 'found' ? answer : undefined;
}

function kindOf(name: string, { config }: PreparedPrebuild): MovedName['kind'] {
  const features = config.recipe.layer?.features ?? [];
  return features.some(({ id }) => id === name) ? 'feature' : 'base image';
}

/** @returns undefined where the label is missing or damaged. */
function parseResolved(
  label: string | undefined,
): readonly (readonly [string, string])[] | undefined {
  try {
    const value = JSON.parse(label ?? '') as JsonValue;
    return isObject(value)
      ? Object.entries(value).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        )
      : undefined;
  } catch {
    return undefined;
  }
}
