/**
 * What it costs to look up a prebuild that is in the registry: `npm run bench:check [-- --rounds N]`. Uses a
 * real engine and registry. Exits with 1 where the bar is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFiles } from '../support/temporaryFolder';
import { startTestMachine } from '../support/testMachine';
import { median, time } from './timedProcess';
import type { Timed } from './timedProcess';

const ROOT = resolve(__dirname, '../..');
const CLI = join(ROOT, 'dist', 'cli.js');
/** Milliseconds of CPU, Node's own start and end included. */
const MOST = 150;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string' } } });
  execFileSync(process.execPath, ['esbuild.config.mjs', '--minify'], { cwd: ROOT });
  const machine = await startTestMachine(console.error);
  const folder = mkdtempSync(join(tmpdir(), 'bench-check-'));
  try {
    measure(folder, machine.environment, Number(values.rounds ?? 31));
  } finally {
    rmSync(folder, { recursive: true });
    await machine.stop();
  }
}

function measure(folder: string, environment: NodeJS.ProcessEnv, rounds: number): void {
  writeFiles(folder, {
    '.devcontainer.json': '{ "build": { "dockerfile": "Dockerfile" } }',
    Dockerfile: `FROM ${environment['TEST_BUSYBOX'] ?? ''}\nCOPY app /app\n`,
    'app/main': `${Date.now()}`,
  });
  const where = [
    ...['--json', '--workspace-folder', folder],
    ...['--registry', `${environment['TEST_REGISTRY'] ?? ''}/bench/check`],
  ];
  const run = (...args: readonly string[]): Timed =>
    time([process.execPath, ...args], { ...environment, XDG_CACHE_HOME: join(folder, '.cache') });
  const { image } = JSON.parse(run(CLI, 'build', '--push', ...where).output) as { image: string };
  time(['docker', 'rmi', '--force', image], environment);

  const kinds = {
    'Node alone, started and ended': () => run('-e', '0'),
    'the whole command line, `hash`': () => run(CLI, 'hash', ...where),
    'the whole command line, `check`': () => run(CLI, 'check', ...where),
  };
  const runs = Object.entries(kinds).map(([name, once]) => ({ name, once, all: [] as Timed[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { once, all } of runs) {
      all.push(once());
    }
  }
  const last = JSON.parse(runs.at(-1)?.all.at(-1)?.output ?? '{}') as { state?: string };
  if (last.state !== 'registry') {
    throw new Error(`check says ${String(last.state)}, so that this measures something else`);
  }
  console.log('| run | wall, ms | CPU, ms |\n|---|---:|---:|');
  for (const { name, all } of runs) {
    const [wall, cpu] = [median(all.map((each) => each.wall)), median(all.map((each) => each.cpu))];
    console.log(`| ${name} | ${wall.toFixed(0)} | ${cpu.toFixed(0)} |`);
  }
  const cpu = median(runs.at(-1)?.all.map((each) => each.cpu) ?? []);
  const isMet = cpu <= MOST;
  console.log(`\n${isMet ? 'met' : 'MISSED'}: check takes ${cpu.toFixed(0)} ms of ${MOST}`);
  process.exitCode = isMet ? 0 : 1;
}

void main();
