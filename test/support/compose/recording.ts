import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Images } from './project';

const FILE = join(__dirname, '../../fixtures/compose.jsonl');

/** What Compose made of a project, once; the project's folder is `/top/w`. Without images: it refused it. */
export interface Recording {
  readonly name: string;
  readonly images?: Images;
}

export function readRecordings(): readonly Recording[] {
  return readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recording);
}

export function writeRecordings(recordings: readonly Recording[]): void {
  writeFileSync(FILE, recordings.map((each) => `${JSON.stringify(each)}\n`).join(''));
}

/** The same words whatever folder a project lay in. */
export function withoutFolder<T>(value: T, folder: string): T {
  const name = folder.split('/').at(-1)?.toLowerCase() ?? '';
  const text = JSON.stringify(value)
    .replaceAll(folder, '/top/w')
    .replaceAll(`"${dirname(folder)}/`, '"/top/')
    .replaceAll(name, 'w');
  return JSON.parse(text) as T;
}
