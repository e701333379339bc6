import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { temporaryFolders } from '../support/temporaryFolder';
import { COMPOSE_CASES } from '../support/compose/cases';
import { inKeyWords, resolvedByCompose, resolvedByKey } from '../support/compose/project';
import type { ComposeCase, Images, Resolution } from '../support/compose/project';
import { randomProject } from '../support/compose/randomProject';
import { withoutFolder, writeRecordings } from '../support/compose/recording';
import type { Recording } from '../support/compose/recording';

const RANDOM_CASES = Number(process.env['PREBUILD_COMPOSE_CASES'] ?? 25);
const SEED = Number(process.env['PREBUILD_COMPOSE_SEED'] ?? randomInt(2 ** 31));

describe("the key's own resolution of compose files, against docker compose config", () => {
  const makeFolder = temporaryFolders();
  const recordings: Recording[] = [];

  before(function () {
    const { status } = spawnSync('docker', ['compose', 'version']);
    if (status !== 0) {
      console.log('SKIPPED: "docker compose version" does not answer, so NOTHING WAS COMPARED.');
      this.skip();
    }
  });

  after(() => {
    if (process.env['UPDATE_GOLDEN'] === '1' && recordings.length > 0) {
      writeRecordings(recordings);
    }
  });

  /** @returns what Compose makes of it, in the key's words; undefined where it refuses the project. */
  function compare(
    folder: string,
    project: ComposeCase,
    strictness: 'every refusal' | 'of what counts',
  ): Images | undefined {
    const theirs = resolvedByCompose(folder, project);
    if (
      theirs.kind === 'refused' &&
      strictness === 'of what counts' &&
      mayBeOfWhatDoesNotCount(theirs.reason)
    ) {
      // A value that a later file replaces may be malformed here, and a first file alone break the schema.
      return undefined;
    }
    if (theirs.kind === 'refused') {
      const ours = resolvedByKey(folder, project, ['app']);
      assert.equal(ours.kind, 'refused', `Compose refuses it: ${theirs.reason}`);
      return undefined;
    }
    const services = Object.entries(theirs.images).map(
      ([name, service]) => [name, inKeyWords(service)] as const,
    );
    const names = services.map(([name]) => name);
    const expected: Resolution = { kind: 'images', images: Object.fromEntries(services) };
    assert.deepEqual(resolvedByKey(folder, project, names), expected);
    return Object.fromEntries(services);
  }

  function mayBeOfWhatDoesNotCount(reason: string): boolean {
    return /validating |invalid interpolation format|error while interpolating/.test(reason);
  }

  for (const [name, project] of Object.entries(COMPOSE_CASES)) {
    it(name, () => {
      const folder = makeFolder(project.files);
      const images = compare(folder, project, 'every refusal');
      recordings.push(
        images === undefined ? { name } : { name, images: withoutFolder(images, folder) },
      );
    });
  }

  it(`${RANDOM_CASES} projects made at random, of seed ${SEED}`, function () {
    this.timeout(RANDOM_CASES * 10_000);
    const property = fc.property(randomProject, (project) => {
      compare(makeFolder(project.files), project, 'of what counts');
    });
    fc.assert(property, {
      seed: SEED,
      numRuns: RANDOM_CASES,
      interruptAfterTimeLimit: RANDOM_CASES * 8000,
    });
  });
});
