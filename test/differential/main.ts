/**
 * A long comparison of the key with BuildKit, for the record: `tsx test/differential/main.ts [--cases N]
 * [--seed N] [--jobs N] [--minutes N] [--kind MUTATION …] [--misses] [--shrink]`. Prints what was wrong as
 * it is found, to the standard error, with --misses every false miss too, and a summary in Markdown. With
 * --kind nothing else is done to the cases. With --shrink the smallest case of each offence follows.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { machine, pruneBuildCache } from '../integration/support/docker';
import { describeJudgement, isOffence, runCampaign, shrink } from './campaign';
import type { Judgement } from './judge';
import { MUTATION_KINDS } from './mutations';
import { summarise } from './summary';

const SHRINK_TIME = 120_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      jobs: { type: 'string', default: '2' },
      minutes: { type: 'string', default: 'Infinity' },
      kind: { type: 'string', multiple: true },
      misses: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const baseImage = machine('TEST_BUSYBOX');
  const begun = Date.now();
  console.error(`seed ${seed}`);
  const asked = values.kind ?? MUTATION_KINDS;
  const kinds = MUTATION_KINDS.filter((kind) => asked.includes(kind));
  const isShown = (judgement: Judgement): boolean =>
    isOffence(judgement) || (values.misses && judgement.verdict.kind === 'false miss');
  const records = await runCampaign({
    cases: Number(values.cases),
    seed,
    kinds,
    baseImage,
    jobs: Number(values.jobs),
    timeLimit: Number(values.minutes) * 60_000,
    onJudged: (judgements, judged) => {
      for (const judgement of judgements.filter(isShown)) {
        console.error(`${describeJudgement(judgement)}\n`);
      }
      console.error(`${judged} cases, ${Math.round((Date.now() - begun) / 1000)} s`);
    },
  });
  console.log(summarise(records, seed));
  const seconds = (Date.now() - begun) / 1000;
  console.log(`\n${(seconds / Math.max(1, records.length)).toFixed(2)} s a case.`);
  const offences = records.filter(({ judgement }) => isOffence(judgement));
  for (const offence of values.shrink ? offences : []) {
    const smallest = await shrink(offence, { seed, kinds, baseImage, timeLimit: SHRINK_TIME });
    console.log(`\n${describeJudgement(smallest)}`);
  }
  await pruneBuildCache();
  return offences.length === 0 ? 0 : 1;
}

void main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
