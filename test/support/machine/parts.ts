import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { lock } from 'proper-lockfile';

const REPOSITORY = path.resolve(__dirname, '../../..');

/** The one folder of all that is downloaded, unpacked or run for the tests; git ignores it. */
export function machineFolder(...inside: readonly string[]): string {
  const folder = process.env['DEVCONTAINER_PREBUILD_MACHINE'] ?? path.join(REPOSITORY, '.machine');
  return path.join(path.resolve(folder), ...inside);
}

/** Tells machine folders apart where a name must be short, as under /run. */
export function machineHash(): string {
  return createHash('sha256').update(machineFolder()).digest('hex').slice(0, 8);
}

interface Stamp {
  /** What the part was asked to be: another recipe makes it anew. */
  readonly recipe: string;
  /** What it turned out to hold, to read when something fails. */
  readonly versions: Readonly<Record<string, string>>;
}

const STAMP_FILE = 'complete.json';

/** The folder of a part that is complete and made by this recipe, or undefined. */
export function findPart(name: string, recipe: string): string | undefined {
  const folder = machineFolder('parts', name);
  try {
    const stamp = JSON.parse(readFileSync(path.join(folder, STAMP_FILE), 'utf8')) as Stamp;
    return stamp.recipe === recipe ? folder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The folder of a part, made where it is missing or of another recipe. It is made under another name
 * and renamed when it is complete, so that one killed half-way leaves nothing that looks like a part.
 * `make` gets that other folder, and must put no absolute path of it into the part.
 */
export async function ensurePart(
  name: string,
  recipe: string,
  make: (folder: string) => Promise<Readonly<Record<string, string>>>,
): Promise<string> {
  const found = findPart(name, recipe);
  if (found !== undefined) {
    return found;
  }
  return withMachineLock(`part-${name}`, async () => {
    // Another process may have made it while this one waited for the lock.
    const madeMeanwhile = findPart(name, recipe);
    if (madeMeanwhile !== undefined) {
      return madeMeanwhile;
    }
    const parts = machineFolder('parts');
    mkdirSync(parts, { recursive: true });
    for (const entry of readdirSync(parts)) {
      if (entry.startsWith(`${name}.new-`) || entry.startsWith(`${name}.old-`)) {
        rmSync(path.join(parts, entry), { recursive: true, force: true });
      }
    }
    const making = path.join(parts, `${name}.new-${process.pid}`);
    mkdirSync(making);
    const stamp: Stamp = { recipe, versions: await make(making) };
    writeFileSync(path.join(making, STAMP_FILE), JSON.stringify(stamp, undefined, 2));
    const folder = path.join(parts, name);
    if (existsSync(folder)) {
      renameSync(folder, path.join(parts, `${name}.old-${process.pid}`));
    }
    renameSync(making, folder);
    rmSync(path.join(parts, `${name}.old-${process.pid}`), { recursive: true, force: true });
    return folder;
  });
}

/** Runs the work while no other process of this machine folder does the work of the same name. */
export async function withMachineLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(machineFolder('locks'), { recursive: true });
  const release = await lock(machineFolder('locks', name), {
    realpath: false,
    stale: 20_000,
    retries: { retries: 1_200, factor: 1, minTimeout: 500, maxTimeout: 500 },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
