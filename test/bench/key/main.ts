/**
 * What a key costs, beside the least that it could cost: `npm run bench:key [-- --files N --rounds N]`.
 * Generates a repository below .machine/bench-key once. Exits with 1 where a bar is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { median, time as timeProcess } from '../timedProcess';
import type { Timed } from '../timedProcess';
import type { Series, SeriesReport } from './probe';
import { CASES, configFile, ensureLargeFile, ensureRepository } from './repository';
import type { Case } from './repository';

const ROOT = resolve(__dirname, '../../..');
const FOLDER = join(ROOT, '.machine', 'bench-key');
const DIST = join(FOLDER, 'dist');
/** How many rounds of a case stand against one of the whole tree. */
const SHARE: Readonly<Record<Case, number>> = { a: 100, b: 4, c: 1 };

interface Row {
  readonly case: Case | '';
  readonly run: string;
  readonly wall: number;
  readonly cpu: number;
  readonly rounds: number;
}

interface Bar {
  readonly text: string;
  readonly value: number;
  readonly most: number;
  readonly unit: string;
}

function main(): void {
  const { values } = parseArgs({
    options: { files: { type: 'string' }, rounds: { type: 'string' } },
  });
  const count = Number(values.files ?? 100_000);
  const rounds = Number(values.rounds ?? 9);
  mkdirSync(FOLDER, { recursive: true });
  const repository = ensureRepository(FOLDER, count);
  bundle();

  const rows: Row[] = [];
  const reports = new Map<Case, SeriesReport>();
  for (const name of Object.keys(CASES) as Case[]) {
    const times = rounds * SHARE[name];
    const report = JSON.parse(
      run(['series', repository, name, String(times)]).output,
    ) as SeriesReport;
    reports.set(name, report);
    const { first, again, edited, floor } = report;
    const inNew = newProcesses(name, repository, times);
    rows.push(
      inNew.first,
      inNew.kept,
      rowOf(name, 'first key in a running process', first),
      rowOf(name, 'again, unchanged', again),
      rowOf(name, 'again, after one edit', edited),
      rowOf(name, `floor: stat, read, sha256 of the ${report.files} files`, floor),
    );
  }
  const whole = reports.get('c');
  if (whole !== undefined) {
    rows.push(
      rowOf('', 'a bare lstat walk of the tree', whole.lstatWalk),
      rowOf('', 'the whole tree hashed', whole.wholeTree),
    );
  }
  const commandLine = medianRow(
    'a',
    'the whole command line, `hash`',
    Array.from({ length: rounds * 3 }, () =>
      run(hashArguments(repository), join(ROOT, 'dist', 'cli.js')),
    ),
  );
  rows.push(commandLine);
  const bare = Array.from({ length: rounds * 3 }, () => time([process.execPath, '-e', '0']));
  rows.push(medianRow('', 'Node alone, started and ended', bare));
  rows.push(
    medianRow(
      '',
      '`git status`',
      Array.from({ length: rounds }, () =>
        time(['git', '-C', repository, 'status', '--porcelain']),
      ),
    ),
  );

  console.log(`${count} files, ${availableParallelism()} cores, Node ${process.versions.node}\n`);
  printRows(rows);
  const bars = barsOf(reports, commandLine, memoryGrowth(repository));
  printBars(bars);
  process.exitCode = bars.every(isMet) ? 0 : 1;
}

/** The command line as it is shipped, and what measures in one process, bundled alike. */
function bundle(): void {
  execFileSync(process.execPath, ['esbuild.config.mjs', '--minify'], { cwd: ROOT });
  buildSync({
    entryPoints: {
      probe: join(__dirname, 'probe.ts'),
      hashWorker: join(ROOT, 'src/adapters/files/hashWorker.ts'),
    },
    bundle: true,
    minify: true,
    outdir: DIST,
    format: 'cjs',
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node20',
  });
}

function run(args: readonly string[], script = join(DIST, 'probe.js')): Timed {
  return time([process.execPath, script, ...args]);
}

function time(command: readonly string[]): Timed {
  return timeProcess(command, { XDG_CACHE_HOME: join(FOLDER, 'cache') });
}

/** First keys of new processes: without a cache, then with what the one before kept. */
function newProcesses(name: Case, repository: string, times: number): { first: Row; kept: Row } {
  const first: Timed[] = [];
  const kept: Timed[] = [];
  for (let round = 0; round < Math.min(times, 15); round++) {
    const cacheFolder = mkdtempSync(join(tmpdir(), 'bench-key-'));
    first.push(run(['once', repository, name, cacheFolder]));
    kept.push(run(['once', repository, name, cacheFolder]));
    rmSync(cacheFolder, { recursive: true });
  }
  return {
    first: medianRow(name, 'first key in a new process, its start included', first),
    kept: medianRow(name, 'the same, with the cache of the one before', kept),
  };
}

function hashArguments(repository: string): readonly string[] {
  return ['hash', '--workspace-folder', repository, '--config', configFile(repository, 'a')];
}

function medianRow(name: Case | '', label: string, runs: readonly Timed[]): Row {
  return rowOf(name, label, {
    wall: runs.map(({ wall }) => wall),
    cpu: runs.map(({ cpu }) => cpu),
  });
}

function rowOf(name: Case | '', label: string, { wall, cpu }: Series): Row {
  return { case: name, run: label, wall: median(wall), cpu: median(cpu), rounds: wall.length };
}

/** The median of what each round took against its floor: both met the same load. */
function ratio(series: Series, floor: Series, of: keyof Series): number {
  return median(series[of].map((value, round) => value / (floor[of][round] ?? NaN)));
}

function barsOf(
  reports: ReadonlyMap<Case, SeriesReport>,
  commandLine: Row,
  growth: number,
): readonly Bar[] {
  const a = reports.get('a');
  const c = reports.get('c');
  if (a === undefined || c === undefined) {
    return [];
  }
  return [
    ...(['first', 'again', 'edited'] as const).flatMap((which) =>
      (['wall', 'cpu'] as const).map((of) => ({
        text: `(a) ${which}, running process: times the floor's ${of}`,
        value: ratio(a[which], which === 'edited' ? a.editedFloor : a.floor, of),
        most: 1.5,
        unit: '×',
      })),
    ),
    { text: '(a) the whole command line: CPU', value: commandLine.cpu, most: 150, unit: ' ms' },
    {
      text: "(c) first: times the floor's wall",
      value: ratio(c.first, c.floor, 'wall'),
      most: 0.7,
      unit: '×',
    },
    {
      text: "(c) unchanged: times a lstat walk's wall",
      value: ratio(c.again, c.lstatWalk, 'wall'),
      most: 1.2,
      unit: '×',
    },
    {
      text: "(c) after one edit: times a lstat walk's wall",
      value: ratio(c.edited, c.editedWalk, 'wall'),
      most: 1.2,
      unit: '×',
    },
    {
      text: 'memory for a file of 1 GiB, above that of 22 small ones',
      value: growth,
      most: 32,
      unit: ' MiB',
    },
  ];
}

/** By how many mebibytes a gibibyte of content raises the peak of a process's memory. */
function memoryGrowth(repository: string): number {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'bench-key-'));
  const peak = (folder: string, name: Case): number => {
    const { output } = run(['once', folder, name, cacheFolder]);
    return (JSON.parse(output) as { readonly peakMemory: number }).peakMemory;
  };
  const growth = peak(ensureLargeFile(FOLDER), 'c') - peak(repository, 'a');
  rmSync(cacheFolder, { recursive: true });
  return growth;
}

function isMet({ value, most }: Bar): boolean {
  return value <= most;
}

function printRows(rows: readonly Row[]): void {
  console.log('| case | run | wall, ms | CPU, ms | rounds |\n|---|---|---:|---:|---:|');
  for (const { case: name, run: label, wall, cpu, rounds } of rows) {
    console.log(`| ${name} | ${label} | ${short(wall)} | ${short(cpu)} | ${rounds} |`);
  }
}

function printBars(bars: readonly Bar[]): void {
  console.log('\n| bar | measured | at most | |\n|---|---:|---:|---|');
  for (const bar of bars) {
    const { text, value, most, unit } = bar;
    console.log(
      `| ${text} | ${short(value)}${unit} | ${most}${unit} | ${isMet(bar) ? 'met' : 'MISSED'} |`,
    );
  }
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

main();
