/**
 * `npm run demo` opens examples/build in VS Code and says what to click. `npm run demo -- --headless`
 * clicks it itself, and measures the steps of the README's table.
 */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { setInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { Endings } from './endings';
import { clickThrough } from './headless';
import { showInteractively } from './interactive';
import { prepare } from './prepare';
import { createPruning } from './pruning';
import { Steps } from './steps';
import { pullBars, ratioBars, secondOpenBar, stepsTable } from './table';
import type { Bar } from './table';
import { STEP_COUNT, ThreeSteps } from './threeSteps';

const REPOSITORY = path.resolve(__dirname, '../..');
const ARTIFACTS = path.join(REPOSITORY, '.artifacts');
const PICTURES = path.join(ARTIFACTS, 'screenshots');

const USAGE = `npm run demo [-- options]

  --headless        clicks by itself in a browser, measures, and ends; exit code 1 where a column did not
                    do what its time stands for
  --steps N         with --headless: only the first N of the table's three steps, as its columns without a
                    cache take minutes each
  --hold-bars       with --headless: exit code 1 where a ratio is below its bar, too; for a quiet machine
  --save-pictures   with --headless: copies the screenshots to media/screenshots, for the README
  --empty-docker    with --headless: this machine's own Docker may be emptied, as on a CI runner.
                    Without it only an engine that was unpacked for the demo is.
`;

interface DemoOptions {
  readonly headless: boolean;
  readonly steps: number;
  readonly holdBars: boolean;
  readonly savePictures: boolean;
  readonly mayEmpty: boolean;
}

async function main(options: DemoOptions): Promise<number> {
  const steps = new Steps();
  const endings = new Endings();
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = new Promise<number>((resolve) => {
    signal.addEventListener('abort', () => {
      // Without --headless Ctrl-C is how it ends.
      resolve(options.headless ? 130 : 0);
    });
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      console.log('\nEnding what was started …');
      controller.abort();
    });
  }
  // Where nothing else is awaited, as for Ctrl-C, Node would end by itself.
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await Promise.race([perform(options, steps, endings, signal), aborted]);
  } finally {
    clearInterval(alive);
    await endings.endAll();
  }
}

async function perform(
  { headless, steps: count, holdBars, savePictures, mayEmpty }: DemoOptions,
  steps: Steps,
  endings: Endings,
  signal: AbortSignal,
): Promise<number> {
  const stage = await prepare(steps, endings);
  const keys = new Set<string>();
  const pruning = createPruning(stage.engine, stage.workspace.folder, keys, mayEmpty);
  endings.add(async () => pruning.prune());
  if (!headless) {
    await showInteractively(stage, steps, endings, signal);
    return 0;
  }
  let secondOpenMs = Number.POSITIVE_INFINITY;
  const threeSteps = new ThreeSteps(stage, pruning, keys, steps, signal);
  const meanwhile = async () => {
    ({ secondOpenMs } = await clickThrough(stage, PICTURES, steps, endings));
  };
  const measured = await threeSteps.measure(count, meanwhile);

  const table = stepsTable(measured);
  console.log(`\n${table}`);
  const { scope } = pruning;
  const bars = [
    ...(scope === 'everything' ? [...ratioBars(measured), ...pullBars(measured)] : []),
    secondOpenBar(secondOpenMs),
  ];
  report({ table, bars, faults: threeSteps.faults, scope });
  mkdirSync(ARTIFACTS, { recursive: true });
  writeFileSync(path.join(ARTIFACTS, 'demo.md'), table);
  const record = { cores: cpus().length, scope, measured, bars, steps: steps.times };
  writeFileSync(path.join(ARTIFACTS, 'demo.json'), JSON.stringify(record, undefined, 2));
  if (savePictures) {
    saveScreenshots();
  }
  const held = !holdBars || bars.every(({ met }) => met);
  return held && threeSteps.faults.length === 0 ? 0 : 1;
}

function report(outcome: {
  readonly table: string;
  readonly bars: readonly Bar[];
  readonly faults: readonly string[];
  readonly scope: 'everything' | 'own';
}): void {
  for (const { name, measured, wanted, met } of outcome.bars) {
    console.log(`${met ? 'met   ' : 'MISSED'}  ${name}: ${measured}, wanted ${wanted}`);
  }
  for (const fault of outcome.faults) {
    console.log(`FAULT   ${fault}`);
  }
  if (outcome.scope === 'own') {
    console.log(
      'This Docker is yours, so that nothing of it was pruned but what is the demo’s: its own cache served ' +
        'every column, and the table compares nothing. On a machine that may be emptied say --empty-docker.',
    );
  }
}

function saveScreenshots(): void {
  const folder = path.join(REPOSITORY, 'media/screenshots');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(PICTURES)) {
    copyFileSync(path.join(PICTURES, name), path.join(folder, name));
  }
}

function parseOptions(words: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      headless: { type: 'boolean' },
      steps: { type: 'string', default: String(STEP_COUNT) },
      'hold-bars': { type: 'boolean' },
      'save-pictures': { type: 'boolean' },
      'empty-docker': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    process.exit(0);
  }
  const steps = Number(values.steps);
  if (!Number.isInteger(steps) || steps < 1 || steps > STEP_COUNT) {
    throw new Error(`--steps takes a number from 1 to ${STEP_COUNT}, and not ${values.steps}.`);
  }
  return {
    headless: values.headless === true,
    steps,
    holdBars: values['hold-bars'] === true,
    savePictures: values['save-pictures'] === true,
    mayEmpty: values['empty-docker'] === true,
  };
}

Promise.resolve()
  .then(async () => main(parseOptions(process.argv.slice(2))))
  .then(
    // What was started and abandoned by Ctrl-C may still hold the process.
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exit(1);
    },
  );
