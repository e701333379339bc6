import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Engine } from './buildOnce';
import { EXPECTED_MISSES } from './expectedMisses';
import { batches } from './generate';
import type { Batch } from './generate';
import { judgeBatch } from './judge';
import type { Court, Judgement } from './judge';
import type { MutationKind } from './mutations';
import { describeCase } from './writeCase';

export interface CampaignRequest {
  /** How many mutations are to be judged, at least; those that do not build are none. */
  readonly cases: number;
  readonly seed: number;
  /** What may be done to a case. */
  readonly kinds: readonly MutationKind[];
  readonly baseImage: string;
  /** How many cases are built at a time. */
  readonly jobs: number;
  /** Begin nothing more after so many milliseconds. */
  readonly timeLimit: number;
  readonly onJudged: (judgements: readonly Judgement[], judged: number) => void;
}

/** A judgement, and where fast-check finds it again. */
export interface Recorded {
  readonly index: number;
  readonly judgement: Judgement;
}

/** So many are drawn for a case: about half of them find nothing to change. */
const MUTATIONS = 14;

/** Judges cases until there are enough. */
export async function runCampaign(request: CampaignRequest): Promise<readonly Recorded[]> {
  const { cases, seed, kinds, baseImage, jobs, timeLimit, onJudged } = request;
  const drawn = drawBatches(seed, cases, kinds);
  const end = Date.now() + timeLimit;
  const records: Recorded[] = [];
  const engine = new Engine();
  let next = 0;
  let judged = 0;
  const work = async (): Promise<void> => {
    await inFolder(async (folder) => {
      while (judged < cases && Date.now() < end && next < drawn.length) {
        const index = next++;
        const batch = drawn[index];
        const judgements =
          batch === undefined ? [] : await judgeBatch(batch, { engine, baseImage, folder });
        records.push(...judgements.map((judgement) => ({ index, judgement })));
        judged += judgements.filter(({ verdict }) => verdict.kind !== 'failed').length;
        onJudged(judgements, judged);
      }
    });
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return records;
}

/** Some six mutations of a case change something, but of one kind alone most change nothing. */
function drawBatches(
  seed: number,
  cases: number,
  kinds: readonly MutationKind[],
): readonly Batch[] {
  const numRuns = Math.ceil(kinds.length < 10 ? cases * 8 : cases / 3) + 1;
  // As a property, and not by itself, so that `shrink` finds the same cases by their indices.
  const property = fc.property(batches(MUTATIONS, kinds), () => true);
  const drawn = fc.sample(property as unknown as fc.IRawProperty<[Batch], false>, {
    seed,
    numRuns,
  });
  return drawn.map(([batch]) => batch);
}

/** Looks for the smallest case that is judged alike, for as long as it may take. */
export async function shrink(
  { index, judgement }: Recorded,
  request: Pick<CampaignRequest, 'seed' | 'kinds' | 'baseImage' | 'timeLimit'>,
): Promise<Judgement> {
  const { verdict, mutation } = judgement;
  const engine = new Engine();
  let smallest = judgement;
  const isAlike = (each: Judgement): boolean =>
    each.verdict.kind === verdict.kind && each.mutation.kind === mutation.kind;
  await inFolder(async (folder) => {
    const court: Court = { engine, baseImage: request.baseImage, folder };
    const property = fc.asyncProperty(
      batches(MUTATIONS, request.kinds),
      async ({ base, mutations }) => {
        const alike = mutations.filter(({ kind }) => kind === mutation.kind);
        const found = (await judgeBatch({ base, mutations: alike }, court)).find(isAlike);
        // fast-check goes on from whatever fails, so that the last to fail is the smallest.
        smallest = found ?? smallest;
        return found === undefined;
      },
    );
    await fc.check(property, {
      seed: request.seed,
      path: String(index),
      numRuns: 1,
      interruptAfterTimeLimit: request.timeLimit,
    });
  });
  return smallest;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'prebuild-differential-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a judgement is one that must not be: it says what is wrong with the key. */
export function isOffence({ verdict }: Judgement): boolean {
  switch (verdict.kind) {
    case 'false hit':
    case 'refused':
      return true;
    case 'false miss':
      return EXPECTED_MISSES[verdict.miss] === undefined;
    default:
      return false;
  }
}

/** The whole case, before and after, as one needs it to see what is wrong. */
export function describeJudgement({ base, after, mutation, verdict }: Judgement): string {
  const detail = 'detail' in verdict ? verdict.detail : '';
  const [old, young] = [describeCase(base).split('\n'), describeCase(after).split('\n')];
  const gone = old.filter((line) => !young.includes(line)).map((line) => `- ${line}`);
  const come = young.filter((line) => !old.includes(line)).map((line) => `+ ${line}`);
  return [
    `${verdict.kind} by "${mutation.kind}": ${detail}`,
    ...old,
    '=== changed:',
    ...gone,
    ...come,
  ].join('\n');
}
