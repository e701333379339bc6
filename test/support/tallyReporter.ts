import { appendFileSync } from 'node:fs';
import { reporters } from 'mocha';
import type { MochaOptions, Runner } from 'mocha';

/** The environment variable that names the file to which each run adds its counts, a line of JSON. */
export const TALLY_FILE = 'PREBUILD_TEST_TALLY';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** mocha's spec reporter, which also leaves its counts to whoever started several runs. */
class TallyReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      const tally: Tally = { passed, failed, skipped };
      const file = process.env[TALLY_FILE];
      if (file !== undefined) {
        appendFileSync(file, `${JSON.stringify(tally)}\n`);
      }
    });
  }
}

// By a default export mocha finds the reporter of a module.
export default TallyReporter;
