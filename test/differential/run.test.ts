import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { machine, pruneBuildCache } from '../integration/support/docker';
import { describeJudgement, isOffence, runCampaign } from './campaign';
import { MUTATION_KINDS } from './mutations';
import { summarise } from './summary';

const CASES = Number(process.env['PREBUILD_DIFF_CASES'] ?? 25);
const SEED = Number(process.env['PREBUILD_DIFF_SEED'] ?? randomInt(2 ** 31));

describe('the key against BuildKit', () => {
  after(pruneBuildCache);

  it(`has no false hit and no unexplained miss in ${CASES} cases of seed ${SEED}`, async () => {
    const records = await runCampaign({
      cases: CASES,
      seed: SEED,
      kinds: MUTATION_KINDS,
      baseImage: machine('TEST_BUSYBOX'),
      jobs: 2,
      timeLimit: Infinity,
      onJudged: () => undefined,
    });
    console.log(summarise(records, SEED));
    const offences = records.filter(({ judgement }) => isOffence(judgement));
    const texts = offences.map(({ judgement }) => describeJudgement(judgement));
    assert.equal(offences.length, 0, `PREBUILD_DIFF_SEED=${SEED}\n${texts.join('\n\n')}`);
  });
});
