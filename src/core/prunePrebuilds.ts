import { settle } from './outcome';
import type { Outcome } from './outcome';
import type { Engine, ImageStore, RegistryStore } from './ports';
import { Problem } from './problem';
import { planMachine } from './prune/machinePlan';
import type { MachinePlan, RemovableContainer, RemovableImage } from './prune/machinePlan';
import { planRegistry, withoutNamedElsewhere } from './prune/registryPlan';
import type { PrebuildTag, RegistryPlan, RemovableTag } from './prune/registryPlan';
import type { Kept, PruneRules } from './prune/pruneRules';
import { parsePrebuildTag, referenceText } from './reference';
import type { Repository } from './reference';

export interface PrunePorts {
  readonly engine: Pick<Engine, 'ping'>;
  readonly imageStore: ImageStore;
  readonly registryStore: RegistryStore;
}

export interface PruneRequest {
  readonly rules: PruneRules;
  /** The repository to clean up beside this machine. */
  readonly repository: Repository | undefined;
}

/** What could not be looked at or removed. */
export interface PruneProblem {
  readonly where: 'machine' | 'registry';
  /** `limit`: so it is, and nobody here can change it; `failure`: it should have gone well. */
  readonly kind: 'limit' | 'failure';
  readonly problem: Problem;
}

/** What is to go, or has gone. */
export interface Pruning {
  readonly containers: readonly RemovableContainer[];
  readonly images: readonly RemovableImage[];
  readonly tags: readonly RemovableTag[];
  readonly kept: readonly Kept[];
  readonly problems: readonly PruneProblem[];
}

export type PruneStep = 'machine' | 'registry' | 'remove';

export interface PruneEvent {
  readonly step: PruneStep;
  /** How far it came; undefined where nobody can tell. */
  readonly done?: { readonly count: number; readonly total: number };
}

const NO_IMAGES: MachinePlan = { containers: [], images: [], kept: [] };
const NO_TAGS: RegistryPlan = { tags: [], kept: [] };

/** So many questions are put to a registry at once. */
const AT_ONCE = 8;

/** The bytes that images free on this machine: at least, as they may share layers with each other alone. */
export function freedBytes({ images }: Pick<Pruning, 'images'>): number {
  return images.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Finds what this tool made and nothing uses, on this machine and in the registry. Removes nothing. Where one
 * of them does not answer, that is said, and the other is looked at all the same.
 */
export function planPruning(
  ports: PrunePorts,
  { rules, repository }: PruneRequest,
  report: (event: PruneEvent) => void,
  signal: AbortSignal,
): Promise<Outcome<Pruning>> {
  return settle(async () => {
    report({ step: 'machine' });
    const down = await attempt(() => ports.engine.ping(signal));
    if (down instanceof Problem && repository === undefined) {
      throw down;
    }
    const machine =
      down instanceof Problem
        ? { found: NO_IMAGES, problems: [problemOf('machine', 'limit', down)] }
        : await part('machine', NO_IMAGES, () => lookAtMachine(ports.imageStore, rules, signal));
    const registry = await part('registry', NO_TAGS, async () => {
      if (repository === undefined) {
        return NO_TAGS;
      }
      report({ step: 'registry' });
      return lookAtRegistry(ports.registryStore, repository, rules, report, signal);
    });
    return {
      ...machine.found,
      ...registry.found,
      kept: [...machine.found.kept, ...registry.found.kept],
      problems: [...machine.problems, ...registry.problems],
    };
  }, signal);
}

/**
 * Removes what a plan says, less what came into use since. @returns what has gone; what fails is said, and
 * ends its own part alone.
 */
export function carryOutPruning(
  ports: PrunePorts,
  plan: Pruning,
  report: (event: PruneEvent) => void,
  signal: AbortSignal,
): Promise<Outcome<Pruning>> {
  return settle(async () => {
    const removal = new Removal(ports, plan, report, signal);
    await removal.cleanMachine();
    await removal.cleanRegistry();
    return removal.result();
  }, signal);
}

class Removal {
  private readonly containers: RemovableContainer[] = [];
  private readonly images: RemovableImage[] = [];
  private readonly tags: RemovableTag[] = [];
  private readonly kept: Kept[];
  private readonly problems: PruneProblem[];

  constructor(
    private readonly ports: PrunePorts,
    private readonly plan: Pruning,
    private readonly report: (event: PruneEvent) => void,
    private readonly signal: AbortSignal,
  ) {
    this.kept = [...plan.kept];
    this.problems = [...plan.problems];
  }

  result(): Pruning {
    const { containers, images, tags, kept, problems } = this;
    return { containers, images, tags, kept, problems };
  }

  async cleanMachine(): Promise<void> {
    const { imageStore } = this.ports;
    const used = new Set<string>();
    await this.part('machine', async () => {
      for (const container of this.plan.containers) {
        this.step();
        if ((await imageStore.removeContainer(container.id, this.signal)) === 'removed') {
          this.containers.push(container);
        } else {
          used.add(container.key);
        }
      }
      for (const image of this.plan.images) {
        this.step();
        const { reference, id, key } = image;
        const gone =
          !used.has(key) &&
          (await imageStore.removeImage(reference, id, this.signal)) === 'removed';
        if (gone) {
          this.images.push(image);
        } else {
          this.kept.push({ image: reference, why: 'in-use' });
        }
      }
    });
  }

  async cleanRegistry(): Promise<void> {
    await this.part('registry', async () => {
      for (const tag of this.plan.tags) {
        this.step();
        const { reference, digest } = tag;
        await this.ports.registryStore.remove({ ...reference, digest }, this.signal);
        this.tags.push(tag);
      }
    });
  }

  private step(): void {
    const all = (of: Pruning): number => of.containers.length + of.images.length + of.tags.length;
    this.report({ step: 'remove', done: { count: all(this.result()), total: all(this.plan) } });
  }

  private async part(where: PruneProblem['where'], work: () => Promise<void>): Promise<void> {
    this.problems.push(...(await part(where, undefined, work)).problems);
  }
}

async function lookAtMachine(
  imageStore: ImageStore,
  rules: PruneRules,
  signal: AbortSignal,
): Promise<MachinePlan> {
  const images = await imageStore.images(signal);
  const containers = images.length === 0 ? [] : await imageStore.containersOf(images, signal);
  return planMachine(images, containers, rules);
}

/** Asks for each prebuild, and for every other tag only where there is something that could go. */
async function lookAtRegistry(
  registryStore: RegistryStore,
  repository: Repository,
  rules: PruneRules,
  report: (event: PruneEvent) => void,
  signal: AbortSignal,
): Promise<RegistryPlan> {
  const names = await registryStore.tags(repository, signal);
  const references = names.map((tag) => ({ ...repository, tag, digest: undefined }));
  const ours = references.flatMap((reference) => {
    const key = parsePrebuildTag(referenceText(reference))?.key;
    return key === undefined ? [] : [{ reference, key }];
  });
  const onDone = (count: number): void => {
    report({ step: 'registry', done: { count, total: ours.length } });
  };
  const prebuilds = await eachAtOnce(ours, onDone, async ({ reference, key }) => {
    const content = await registryStore.images(reference, signal);
    return content === undefined ? [] : [{ reference, key, content } satisfies PrebuildTag];
  });
  const plan = planRegistry(prebuilds.flat(), rules);
  if (plan.tags.length === 0) {
    return plan;
  }
  const reached = await eachAtOnce(references, undefined, async (reference) => {
    return [reference.tag, await registryStore.digests(reference, signal)] as const;
  });
  return withoutNamedElsewhere(plan, new Map(reached));
}

/** Does a piece of work for each item, several at once, in their order. The first failure ends it. */
async function eachAtOnce<T, U>(
  items: readonly T[],
  onDone: ((count: number) => void) | undefined,
  work: (item: T) => Promise<U>,
): Promise<readonly U[]> {
  const results: U[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
    onDone?.(results.length);
  }
  return results;
}

/** One of the two parts: its failure is a value, so that the other is done all the same. */
async function part<T>(
  where: PruneProblem['where'],
  nothing: T,
  work: () => Promise<T>,
): Promise<{ readonly found: T; readonly problems: readonly PruneProblem[] }> {
  const found = await attempt(work);
  if (!(found instanceof Problem)) {
    return { found, problems: [] };
  }
  const kind = found.code === 'registry-removal-unsupported' ? 'limit' : 'failure';
  return { found: nothing, problems: [problemOf(where, kind, found)] };
}

function problemOf(
  where: PruneProblem['where'],
  kind: PruneProblem['kind'],
  problem: Problem,
): PruneProblem {
  return { where, kind, problem };
}

async function attempt<T>(work: () => Promise<T>): Promise<T | Problem> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) {
      return error;
    }
    throw error;
  }
}
