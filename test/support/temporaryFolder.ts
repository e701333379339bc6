import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A folder for the tests of a suite, written from `{ 'a/b.txt': 'text' }`, removed after each test.
 * @returns a function that makes it and gives its absolute path.
 */
export function temporaryFolders(): (files?: Readonly<Record<string, string>>) => string {
  const made: string[] = [];
  afterEach(() => {
    made.splice(0).forEach((folder) => {
      rmSync(folder, { recursive: true, force: true });
    });
  });
  return (files = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'prebuild-test-'));
    made.push(folder);
    writeFiles(folder, files);
    return folder;
  };
}

/** Writes files below a folder, with the folders that they need. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
