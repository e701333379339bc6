import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What each Dockerfile reads. */
export const CASES = {
  a: 'COPY of three paths, 22 files',
  b: 'bind mount of a folder of 5,000 files',
  c: 'COPY . .',
} as const;

export type Case = keyof typeof CASES;

const DOCKERFILES: Readonly<Record<Case, string>> = {
  a: 'COPY package.json package-lock.json /app/\nCOPY scripts /app/scripts',
  b: 'RUN --mount=type=bind,source=vendor,target=/vendor true',
  c: 'COPY . .',
};

const SCRIPTS = 20;
const VENDOR = 5000;
const MEAN_SIZE = (600 * 1024 * 1024) / 100_000;

/** Generates a repository once, with an index of git; the same for the same count. */
export function ensureRepository(folder: string, count: number): string {
  const repository = join(folder, `repository-${count}`);
  const ready = join(folder, `ready-${count}`);
  if (!existsSync(ready)) {
    rmSync(repository, { recursive: true, force: true });
    writeRepository(repository, count);
    const git = (...args: readonly string[]): void => {
      execFileSync('git', ['-C', repository, '-c', 'core.compression=0', ...args]);
    };
    git('init', '--quiet');
    git('add', '.');
    writeFileSync(ready, '');
  }
  return repository;
}

/** A folder whose only file is of a gibibyte. */
export function ensureLargeFile(folder: string): string {
  const repository = join(folder, 'large');
  writeConfig(repository, 'c');
  writeFileSync(join(repository, 'large'), '');
  truncateSync(join(repository, 'large'), 1024 ** 3);
  return repository;
}

export function configFile(repository: string, name: Case): string {
  return join(repository, '.devcontainer', name, 'devcontainer.json');
}

function writeRepository(repository: string, count: number): void {
  const text = sourceText();
  let state = 1;
  /** Marsaglia's xorshift: the same files on every machine. */
  const random = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const folders = new Set<string>();
  const write = (path: string): void => {
    const file = join(repository, path);
    if (!folders.has(dirname(file))) {
      mkdirSync(dirname(file), { recursive: true });
      folders.add(dirname(file));
    }
    // As sources are: many small ones, few large ones.
    const size = Math.min(Math.ceil(-Math.log(1 - random()) * MEAN_SIZE), text.length / 2);
    const start = Math.floor(random() * (text.length / 2));
    writeFileSync(file, text.subarray(start, start + size));
  };
  for (const name of Object.keys(CASES) as Case[]) {
    writeConfig(repository, name);
  }
  writeFileSync(join(repository, '.dockerignore'), '.git\n**/node_modules\n*.log\n');
  const fixed = 2 * Object.keys(CASES).length + 1;
  write('package.json');
  write('package-lock.json');
  for (let index = 0; index < SCRIPTS; index++) {
    write(`scripts/step-${index}.sh`);
  }
  const vendor = Math.min(VENDOR, Math.floor(count / 2));
  for (let index = 0; index < vendor; index++) {
    write(`vendor/package-${Math.floor(index / 50)}/lib/module-${index}.js`);
  }
  for (let index = 0; index < count - fixed - 2 - SCRIPTS - vendor; index++) {
    const part = Math.floor(index / 20);
    write(`packages/package-${Math.floor(part / 30)}/src/part-${part % 30}/source-${index}.ts`);
  }
}

function writeConfig(repository: string, name: Case): void {
  const config = configFile(repository, name);
  mkdirSync(dirname(config), { recursive: true });
  writeFileSync(config, '{ "build": { "dockerfile": "Dockerfile", "context": "../.." } }\n');
  writeFileSync(join(dirname(config), 'Dockerfile'), `FROM debian:12\n${DOCKERFILES[name]}\n`);
}

function sourceText(): Buffer {
  const lines = Array.from(
    { length: 8000 },
    (_, index) => `export const value${index} = compute(${index * 7919}, 'name-${index ** 2}');\n`,
  );
  return Buffer.from(lines.join(''));
}
