/**
 * Runs the test suites named as arguments, else all: `tsx test/support/runTests.ts [unit] [extension]
 * [integration] [differential] [interface]`. Sets up what each needs, and closes with `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runExtensionTests } from './runExtensionTests';
import { startTestMachine } from './testMachine';
import type { TestMachine } from './testMachine';
import { TALLY_FILE } from './tallyReporter';
import type { Tally } from './tallyReporter';

const SUITES = ['unit', 'extension', 'integration', 'differential', 'interface'] as const;
type Suite = (typeof SUITES)[number];

/** A suite that could not even begin; it counts as one failure, so that nobody overlooks it. */
interface Ending {
  readonly suite: Suite;
  readonly tallies: readonly Tally[];
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
      await check('the build', process.execPath, ['esbuild.config.mjs'], process.env);
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
  try {
    const environment =
      suite === 'unit' ? process.env : { ...process.env, ...(await machine.environment()) };
    const tallied = { ...environment, [TALLY_FILE]: tallyFile };
    const code =
      suite === 'extension'
        ? await runExtensionTests(tallied)
        : await run(process.execPath, mochaArguments(suite), tallied);
    const tallies = readTallies(tallyFile);
    const failed = tallies.some((tally) => tally.failed > 0);
    const silent = tallies.length === 0 || (code !== 0 && !failed);
    const broken = silent ? `ended with code ${code} and ${tallies.length} tallies` : undefined;
    return { suite, tallies, broken };
  } catch (error) {
    return { suite, tallies: [], broken: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mochaArguments(suite: Suite): readonly string[] {
  return [require.resolve('mocha/bin/mocha.js'), '--config', `test/${suite}/.mocharc.json`];
}

async function check(
  what: string,
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const code = await run(file, args, environment);
  if (code !== 0) {
    throw new Error(`${what} failed with code ${code}`);
  }
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
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
  for (const { suite, tallies, broken } of endings) {
    if (broken !== undefined) {
      console.log(`${suite}: COULD NOT RUN: ${broken}`);
      total.failed++;
    }
    for (const tally of tallies) {
      console.log(
        `${suite}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`,
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
