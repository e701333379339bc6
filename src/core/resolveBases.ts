import type { BaseImages, Engine, Registry } from './ports';
import type { DevContainerConfig } from './devcontainer/parseConfig';
import { failWhereBuildsHang } from './failWhereBuildsHang';
import { digestOfName } from './digestOfName';
import type { Log } from './log';
import type { Platform } from './platform';
import type { PreparedPrebuild } from './preparePrebuild';
import { parseImageReference } from './reference';

export interface ResolvePorts {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly log: Log;
}

/** What the moving names of a build are just now. */
export interface ResolvedBases {
  /**
   * From the names of base images and features, as the Dockerfile and devcontainer.json have them, to
   * digests; without those that nobody could tell.
   */
  readonly digests: Readonly<Record<string, string>>;
  /** Whether a stage may start with ONBUILD instructions that its Dockerfile does not show. */
  readonly triggers: 'none' | 'some' | 'unknown';
}

/**
 * Asks the engine, which builds from its own images where it has them, and the registries what the base
 * images and features of a build are. What cannot be told is left out: the build itself will say what is
 * wrong with it.
 */
export async function resolveBases(
  ports: ResolvePorts,
  { bases, config, request }: PreparedPrebuild,
  taken: BaseImages,
  signal: AbortSignal,
): Promise<ResolvedBases> {
  const names = [...new Set(bases.map(({ reference }) => reference))];
  const [found, features] = await Promise.all([
    eachNamed(names, (name) => resolve(ports, name, request.platform, taken, signal)),
    eachNamed(remoteFeatures(config), (name) => digestOfName(ports, name, signal)),
  ]);
  const digests = [
    ...[...found].map(([name, base]) => [name, base?.digest] as const),
    ...features,
  ].filter((named): named is [string, string] => named[1] !== undefined);
  const roots = bases.filter(({ role }) => role === 'from').map(({ reference }) => reference);
  return {
    digests: Object.fromEntries(digests.sort(([a], [b]) => (a < b ? -1 : 1))),
    triggers: roots.some((name) => found.get(name)?.hasTriggers === true)
      ? 'some'
      : roots.some((name) => found.get(name) === undefined)
        ? 'unknown'
        : 'none',
  };
}

/** Those that a registry has: neither of this folder nor a tarball of the web. */
function remoteFeatures({ recipe: { layer } }: DevContainerConfig): readonly string[] {
  return (layer?.features ?? [])
    .filter(({ id, folder }) => folder === undefined && !/^https?:/i.test(id))
    .map(({ id }) => id);
}

async function eachNamed<T>(
  names: readonly string[],
  ask: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await ask(name)] as const)));
}

interface Base {
  readonly digest: string | undefined;
  readonly hasTriggers: boolean;
}

async function resolve(
  { engine, registry, log }: ResolvePorts,
  name: string,
  platform: Platform,
  taken: BaseImages,
  signal: AbortSignal,
): Promise<Base | undefined> {
  const reference = parseImageReference(name);
  const [local, answer] = await Promise.all([
    engine.findImage(name, signal),
    reference === undefined ? undefined : registry.inspect(reference, platform, signal),
  ]);
  if (answer?.state === 'unreachable') {
    failWhereBuildsHang(answer.problem);
    log.debug(`What ${name} is cannot be told: ${answer.problem.message}`);
  }
  const remote = answer?.state === 'found' ? answer : undefined;
  if (local === undefined && remote === undefined) {
    return undefined;
  }
  const [, localDigest] = local?.digests[0]?.split('@') ?? [];
  return {
    digest: taken === 'fetched' ? (remote?.digest ?? localDigest) : (localDigest ?? remote?.digest),
    // Which of the two a builder takes is its own affair.
    hasTriggers: [local, remote].some((image) => (image?.triggers.length ?? 0) > 0),
  };
}
