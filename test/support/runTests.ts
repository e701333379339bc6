/**
 * Runs the test suites named as arguments, else all: `tsx test/support/runTests.ts [unit] [extension]
 * [integration] [differential] [interface]`. Sets up what each needs, and closes with `N passed, N failed`.
 * It ends, whatever hangs: each suite is a process of its own that may take the minutes below.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBounded } from './boundedProcess';
import { run } from './machine/command';
import { startTestMachine } from './testMachine';
import type { TestMachine } from './testMachine';
import { TALLY_FILE } from './tallyReporter';
import type { Tally } from './tallyReporter';

/**
 * The suites, in the order in which they run, and how many minutes each may take: about twice what it
 * takes on 2 cores.
 */
const MINUTES = { unit: 3, extension: 4, integration: 30, differential: 4, interface: 6 } as const;
type Suite = keyof typeof MINUTES;
const SUITES = Object.keys(MINUTES) as readonly Suite[];

interface Ending {
  readonly suite: Suite;
  readonly seconds: number;
  readonly tallies: readonly Tally[];
  /** Why it did not run to its end; it counts as one failure, so that nobody overlooks it. */
  readonly broken: string | undefined;
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !isSuite(name));
  if (unknown.length > 0) {
    console.error(`There is no suite ${unknown.join(', ')}. There are: ${SUITES.join(', ')}.`);
    return 2;
  }
  const suites = SUITES.filter((suite) => names.length === 0 || names.includes(suite));
  const machine = new LazyMachine();
  const endings: Ending[] = [];
  try {
    if (suites.some((suite) => suite !== 'unit')) {
      await run(process.execPath, ['esbuild.config.mjs'], { log: console.log });
    }
    for (const suite of suites) {
      console.log(`\n=== ${suite} ===`);
      endings.push(await runSuite(suite, machine));
    }
  } finally {
    await machine.stop();
  }
  return close(endings);
}

/** The engine, the registry and the base images: set up by the first suite that needs them. */
class LazyMachine {
  private started: Promise<TestMachine> | undefined;

  environment(): Promise<NodeJS.ProcessEnv> {
    this.started ??= startTestMachine(console.log);
    return this.started.then(({ environment }) => environment);
  }

  async stop(): Promise<void> {
    await this.started?.then(
      (machine) => machine.stop(),
      () => undefined,
    );
  }
}

async function runSuite(suite: Suite, machine: LazyMachine): Promise<Ending> {
  const folder = mkdtempSync(join(tmpdir(), 'prebuild-tally-'));
  const tallyFile = join(folder, 'tally');
  const began = Date.now();
  const ending = (tallies: readonly Tally[], broken: string | undefined): Ending => ({
    suite,
    seconds: Math.round((Date.now() - began) / 1_000),
    tallies,
    broken,
  });
  try {
    const environment =
      suite === 'unit' ? process.env : { ...process.env, ...(await machine.environment()) };
    const { how, left } = await runBounded({
      file: process.execPath,
      args: programOf(suite),
      environment: { ...environment, [TALLY_FILE]: tallyFile },
      mark: TALLY_FILE,
      bound: AbortSignal.timeout(MINUTES[suite] * 60_000),
    });
    const tallies = readTallies(tallyFile);
    if (how.kind === 'out of time') {
      return ending(tallies, `took more than ${MINUTES[suite]} minutes, and was ended`);
    }
    if (left > 0) {
      console.log(`${suite}: ${left} processes that it had left running were ended.`);
    }
    const failed = tallies.some((tally) => tally.failed > 0);
    const silent = tallies.length === 0 || (how.code !== 0 && !failed);
    const why = `ended with code ${how.code} and ${tallies.length} tallies`;
    return ending(tallies, silent ? why : undefined);
  } catch (error) {
    return ending([], error instanceof Error ? error.message : String(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Node is to run. */
function programOf(suite: Suite): readonly string[] {
  return suite === 'extension'
    ? ['--require', require.resolve('tsx/cjs'), join(__dirname, 'runExtensionTests.ts')]
    : [require.resolve('mocha/bin/mocha.js'), '--config', `test/${suite}/.mocharc.json`];
}

function readTallies(file: string): readonly Tally[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Tally)
    : [];
}

/** Prints what each suite came to. @returns the exit code. */
function close(endings: readonly Ending[]): number {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log('');
  for (const { suite, seconds, tallies, broken } of endings) {
    if (broken !== undefined) {
      console.log(`${suite}: DID NOT RUN TO ITS END: ${broken}`);
      total.failed++;
    }
    for (const tally of tallies) {
      console.log(
        `${suite}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped in ${seconds} s`,
      );
      total.passed += tally.passed;
      total.failed += tally.failed;
      total.skipped += tally.skipped;
    }
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed > 0 ? 1 : 0;
}

function isSuite(name: string): name is Suite {
  return (SUITES as readonly string[]).includes(name);
}

void main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
