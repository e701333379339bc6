import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file that only this user can read, with the folder that it needs: beside it first, then renamed,
 * so that who reads sees all or nothing, and of two writers the last one wins.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}
