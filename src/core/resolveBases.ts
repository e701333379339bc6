import { failWhereBuildsHang } from './failWhereBuildsHang';
import type { Engine, Registry } from './ports';
import type { Log } from './log';
import type { Platform } from './platform';
import type { PreparedPrebuild } from './preparePrebuild';
import { parseImageReference } from './reference';

export interface ResolvePorts {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly log: Log;
}

/** What the base images of a build are just now. */
export interface ResolvedBases {
  /** From the names, as the Dockerfile has them, to digests; without those that nobody could tell. */
  readonly digests: Readonly<Record<string, string>>;
  /** Whether a stage may start with ONBUILD instructions that its Dockerfile does not show. */
  readonly triggers: 'none' | 'some' | 'unknown';
}

/**
 * Asks the engine, which builds from its own images where it has them, and the registries what the base
 * images of a build are. What cannot be told is left out: the build itself will say what is wrong with it.
 */
export async function resolveBases(
  ports: ResolvePorts,
  { bases, request }: PreparedPrebuild,
  signal: AbortSignal,
): Promise<ResolvedBases> {
  const names = [...new Set(bases.map(({ reference }) => reference))];
  const found = new Map(
    await Promise.all(
      names.map(
        async (name) => [name, await resolve(ports, name, request.platform, signal)] as const,
      ),
    ),
  );
  const digests = [...found].flatMap(([name, base]) =>
    base?.digest === undefined ? [] : [[name, base.digest] as const],
  );
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

interface Base {
  readonly digest: string | undefined;
  readonly hasTriggers: boolean;
}

async function resolve(
  { engine, registry, log }: ResolvePorts,
  name: string,
  platform: Platform,
  signal: AbortSignal,
): Promise<Base | undefined> {
  const reference = parseImageReference(name);
  const local = await engine.findImage(name, signal);
  const answer =
    reference === undefined ? undefined : await registry.inspect(reference, platform, signal);
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
    digest: localDigest ?? remote?.digest,
    // Which of the two a builder takes is its own affair.
    hasTriggers: [local, remote].some((image) => (image?.triggers.length ?? 0) > 0),
  };
}
