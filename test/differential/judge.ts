import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BuildCase } from './buildCase';
import type { Build, Engine } from './buildOnce';
import { UNSEEN_CHANGES } from './expectedMisses';
import type { MissKind } from './expectedMisses';
import type { Batch } from './generate';
import { changedInputs, keyOf } from './keyOf';
import type { KeyResult } from './keyOf';
import { mutate } from './mutations';
import type { Mutation } from './mutations';
import { describeCase, writeCase } from './writeCase';

/** What one mutation of one case came to. */
export type Verdict =
  /** Key and build agree that nothing changed. */
  | { readonly kind: 'same' }
  /** Key and build agree that something changed. */
  | { readonly kind: 'changed' }
  /** The key is the same and the build is not: never allowed. */
  | { readonly kind: 'false hit'; readonly detail: string }
  /** The key is another and the build is the same: a build for nothing. */
  | { readonly kind: 'false miss'; readonly miss: MissKind; readonly detail: string }
  /** A false hit by one of UNSEEN_CHANGES. */
  | { readonly kind: 'unseen' }
  /** The build works, and there is no key: a person would be refused. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** The build fails: any answer about a key is right. */
  | { readonly kind: 'failed'; readonly when: 'before' | 'after'; readonly detail: string }
  /** The build does not even agree with itself. */
  | { readonly kind: 'unsteady'; readonly detail: string };

export interface Judgement {
  readonly base: BuildCase;
  readonly after: BuildCase;
  readonly mutation: Mutation;
  readonly verdict: Verdict;
}

export interface Court {
  readonly engine: Engine;
  /** The reference of an image with a shell. */
  readonly baseImage: string;
  /** A folder of its own, to write cases into. */
  readonly folder: string;
}

interface Trial {
  readonly key: KeyResult;
  readonly build: Build;
}

/**
 * Builds a case, then each of its mutations, and compares. The mutations share the cache, so that one may
 * find CACHED what another ran: whatever looks wrong is tried again alone.
 */
export async function judgeBatch(batch: Batch, court: Court): Promise<readonly Judgement[]> {
  const variants = variantsOf(batch);
  if (variants.length === 0) {
    return [];
  }
  const bench = new Bench(court);
  const judgements: Judgement[] = [];
  try {
    const before = await bench.tryOut(batch.base);
    for (const { mutation, after } of variants) {
      const verdict =
        before.build.kind === 'failed'
          ? bench.skip(after, before.build.reason)
          : await judge(before, await bench.tryOut(after), mutation, court.engine);
      const isDoubtful = ['false hit', 'false miss', 'refused'].includes(verdict.kind);
      const final = isDoubtful ? await judgeAlone(batch.base, after, mutation, court) : verdict;
      judgements.push({ base: batch.base, after, mutation, verdict: final });
    }
  } finally {
    await bench.leave();
  }
  return judgements;
}

/** So many mutations at most share the first build of a case: then it is time for another. */
const SHARERS = 8;

/** The mutations that change anything, each change once. */
function variantsOf({
  base,
  mutations,
}: Batch): readonly { mutation: Mutation; after: BuildCase }[] {
  const seen = new Set([describeCase(base)]);
  const variants = mutations.flatMap((mutation) => {
    const after = mutate(base, mutation);
    const text = after === undefined ? undefined : describeCase(after);
    if (after === undefined || text === undefined || seen.has(text)) {
      return [];
    }
    seen.add(text);
    return [{ mutation, after }];
  });
  return variants.slice(0, SHARERS);
}

/** The case, the case again, and the mutation, with a cache that nothing else has touched. */
async function judgeAlone(
  base: BuildCase,
  after: BuildCase,
  mutation: Mutation,
  court: Court,
): Promise<Verdict> {
  const bench = new Bench(court);
  try {
    const before = await bench.tryOut(base);
    const again = await bench.tryOut(base);
    const control = await judge(before, again, mutation, court.engine);
    if (before.key.kind === 'key' && control.kind !== 'same') {
      return { kind: 'unsteady', detail: `${control.kind}: ${detailOf(control)}` };
    }
    return await judge(before, await bench.tryOut(after), mutation, court.engine);
  } finally {
    await bench.leave();
  }
}

async function judge(
  before: Trial,
  after: Trial,
  mutation: Mutation,
  engine: Engine,
): Promise<Verdict> {
  if (before.build.kind === 'failed') {
    return { kind: 'failed', when: 'before', detail: before.build.reason };
  }
  const { key, build } = after;
  if (before.key.kind === 'problem') {
    return { kind: 'refused', detail: `before: ${before.key.code}: ${before.key.text}` };
  }
  const isSameKey = key.kind === 'key' && key.key === before.key.key;
  if (build.kind === 'failed') {
    return isSameKey
      ? { kind: 'false hit', detail: `the build fails now: ${build.reason}` }
      : { kind: 'failed', when: 'after', detail: build.reason };
  }
  if (key.kind === 'problem') {
    return { kind: 'refused', detail: `${key.code}: ${key.text}` };
  }
  const difference = await differenceOf(before.build, build, engine);
  if (isSameKey) {
    if (difference === undefined) {
      return { kind: 'same' };
    }
    return UNSEEN_CHANGES[mutation.kind] === undefined
      ? { kind: 'false hit', detail: difference }
      : { kind: 'unseen' };
  }
  if (difference !== undefined) {
    return { kind: 'changed' };
  }
  const changed = changedInputs(before.key.inputs, key.inputs);
  const isWidened = changed.join() === 'files' && key.notes.length > 0;
  const miss = isWidened ? 'whole context' : mutation.kind;
  return { kind: 'false miss', miss, detail: `${mutation.kind}, in ${changed.join(', ')}` };
}

type Built = Build & { readonly kind: 'built' };

/** Steps that ran again tell what BuildKit saw; the image's config, what makes no step. */
async function differenceOf(
  before: Built,
  after: Built,
  engine: Engine,
): Promise<string | undefined> {
  if (after.ran.length > 0) {
    return `ran again: ${after.ran.join('; ')}`;
  }
  if (before.config === after.config) {
    return undefined;
  }
  const [old, young] = [await engine.contentOf(before.image), await engine.contentOf(after.image)];
  return old === young ? undefined : `another image: ${old} and ${young}`;
}

function detailOf(verdict: Verdict): string {
  return 'detail' in verdict ? verdict.detail : '';
}

/** Tries cases that share one nonce, and so BuildKit's cache. */
class Bench {
  readonly #nonce = randomBytes(6).toString('hex');
  readonly #builds: Build[] = [];

  constructor(private readonly court: Court) {}

  async tryOut(written: BuildCase): Promise<Trial> {
    const files = this.#write(written);
    const key = keyOf(files);
    const build = await this.court.engine.build(files, this.#nonce);
    this.#builds.push(build);
    return { key, build };
  }

  /** Where the case does not build, only that the key breaks on nothing is seen. */
  skip(after: BuildCase, reason: string): Verdict {
    keyOf(this.#write(after));
    return { kind: 'failed', when: 'before', detail: reason };
  }

  async leave(): Promise<void> {
    await this.court.engine.forget(this.#builds);
  }

  #write(written: BuildCase): ReturnType<typeof writeCase> {
    const meaning = { nonce: this.#nonce, base: this.court.baseImage };
    return writeCase(join(this.court.folder, 'case'), written, meaning);
  }
}
