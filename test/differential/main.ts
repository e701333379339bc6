/**
 * A long comparison of the key with BuildKit, for the record: `tsx test/differential/main.ts [--cases N]
 * [--seed N] [--jobs N] [--minutes N] [--shrink]`. Prints what was wrong as it is found, to the standard
 * error, and a summary in Markdown. With --shrink the smallest case of each offence follows.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { machine, pruneBuildCache } from '../integration/support/docker';
import { describeJudgement, isOffence, runCampaign, shrink } from './campaign';
import { summarise } from './summary';

const SHRINK_TIME = 120_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      jobs: { type: 'string', default: '2' },
      minutes: { type: 'string', default: 'Infinity' },
      shrink: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const baseImage = machine('TEST_BUSYBOX');
  const begun = Date.now();
  console.error(`seed ${seed}`);
  const records = await runCampaign({
    cases: Number(values.cases),
    seed,
    baseImage,
    jobs: Number(values.jobs),
    timeLimit: Number(values.minutes) * 60_000,
    onJudged: (judgements, judged) => {
      for (const judgement of judgements.filter(isOffence)) {
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
    const smallest = await shrink(offence, { seed, baseImage, timeLimit: SHRINK_TIME });
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
