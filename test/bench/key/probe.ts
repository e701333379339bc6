/**
 * What is measured in one process; main.ts bundles and starts it. Prints JSON.
 * `once <folder> <case> <cache folder>`: one key. `series <folder> <case> <rounds>`: many, and the floor.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeFileTree, cachingFileTree } from '../../../src/adapters/files/nodeFileTree';
import type { FileTree } from '../../../src/core/fileTree';
import { hostPlatform } from '../../../src/core/platform';
import { preparePrebuild } from '../../../src/core/preparePrebuild';
import type { Case } from './repository';
import { configFile } from './repository';

/** So many files are hashed before anything is measured. */
const WARM = 100_000;

/** Milliseconds, by round. */
export interface Series {
  readonly wall: number[];
  readonly cpu: number[];
}

export interface SeriesReport {
  readonly files: number;
  readonly first: Series;
  readonly again: Series;
  readonly edited: Series;
  readonly floor: Series;
  readonly lstatWalk: Series;
  /** What stands beside `edited`, in the same rounds. */
  readonly editedFloor: Series;
  readonly editedWalk: Series;
  readonly wholeTree: Series;
  readonly peakMemory: number;
}

/** A tree that tells which files were asked for. */
class RecordingTree extends NodeFileTree {
  readonly asked: string[] = [];

  override files(folder: string, paths: readonly string[]): ReturnType<NodeFileTree['files']> {
    this.asked.push(...paths.map((path) => join(folder, path)));
    return super.files(folder, paths);
  }
}

const newTree = (cacheFolder: string): FileTree =>
  cachingFileTree({ cacheFolder, hashWorker: join(__dirname, 'hashWorker.js') });

function keyOf(tree: FileTree, folder: string, name: Case): string {
  return preparePrebuild(tree, {
    source: { folder, configFile: configFile(folder, name) },
    platform: hostPlatform(process.arch),
    environment: {},
    repository: undefined,
  }).key;
}

function measured(series: Series, work: () => void): void {
  const cpu = process.cpuUsage();
  const start = performance.now();
  work();
  series.wall.push(performance.now() - start);
  const { user, system } = process.cpuUsage(cpu);
  series.cpu.push((user + system) / 1000);
}

const newSeries = (): Series => ({ wall: [], cpu: [] });

/** As whoever wants the digests of some files would write it. */
function hashFiles(files: readonly string[]): void {
  for (const file of files) {
    lstatSync(file);
    createHash('sha256').update(readFileSync(file)).digest('hex');
  }
}

function walk(folder: string, visit: (file: string) => void): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.name === '.git') {
      continue;
    }
    if (entry.isDirectory()) {
      walk(path, visit);
    } else {
      visit(path);
    }
  }
}

async function series(folder: string, name: Case, rounds: number): Promise<SeriesReport> {
  const recording = new RecordingTree();
  keyOf(recording, folder, name);
  const files = [...new Set(recording.asked)];
  const report: SeriesReport = {
    files: files.length,
    first: newSeries(),
    again: newSeries(),
    edited: newSeries(),
    floor: newSeries(),
    lstatWalk: newSeries(),
    editedFloor: newSeries(),
    editedWalk: newSeries(),
    wholeTree: newSeries(),
    peakMemory: 0,
  };
  const edited = files.at(-1) ?? '';
  const inRounds = async (
    count: number,
    work: (tree: FileTree, round: number) => void,
  ): Promise<void> => {
    for (let round = 0; round < count; round++) {
      const cacheFolder = mkdtempSync(join(tmpdir(), 'bench-key-'));
      work(newTree(cacheFolder), round);
      // The cache is written when the key is known.
      await new Promise((resolve) => setImmediate(resolve));
      rmSync(cacheFolder, { recursive: true });
    }
  };
  // A process that runs has compiled what it runs.
  await inRounds(WARM / files.length, (tree) => {
    keyOf(tree, folder, name);
    keyOf(tree, folder, name);
    hashFiles(files);
  });
  await inRounds(rounds, (tree, round) => {
    const both = [
      (): void => {
        measured(report.first, () => keyOf(tree, folder, name));
      },
      (): void => {
        measured(report.floor, () => {
          hashFiles(files);
        });
      },
    ];
    // Whoever comes second finds the files in the processor's cache: each does every other time.
    for (const each of round % 2 === 0 ? both : both.reverse()) {
      each();
    }
    measured(report.again, () => keyOf(tree, folder, name));
    if (name === 'c') {
      measured(report.lstatWalk, () => {
        walk(folder, lstatSync);
      });
      measured(report.wholeTree, () => {
        walk(folder, (each) => {
          hashFiles([each]);
        });
      });
    }
  });
  // Apart, and always the same one: a file that was written to a moment ago is hashed whenever it is asked for.
  const before = readFileSync(edited);
  await inRounds(rounds, (tree, round) => {
    keyOf(tree, folder, name);
    writeFileSync(edited, `${round}`);
    measured(report.edited, () => keyOf(tree, folder, name));
    measured(report.editedFloor, () => {
      hashFiles(files);
    });
    if (name === 'c') {
      measured(report.editedWalk, () => {
        walk(folder, lstatSync);
      });
    }
  });
  writeFileSync(edited, before);
  return { ...report, peakMemory: process.resourceUsage().maxRSS / 1024 };
}

async function main(): Promise<unknown> {
  const [verb, folder = '', name = 'a', last = ''] = process.argv.slice(2);
  if (verb === 'series') {
    return series(folder, name as Case, Number(last));
  }
  const tree = newTree(last);
  return {
    key: keyOf(tree, folder, name as Case),
    peakMemory: process.resourceUsage().maxRSS / 1024,
  };
}

void main().then((report) => {
  console.log(JSON.stringify(report));
});
