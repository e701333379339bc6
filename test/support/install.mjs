/**
 * Installs the npm packages where they are missing or older than package-lock.json, so that the first
 * command in a fresh clone needs no earlier step: `node test/support/install.mjs && tsx …`.
 * It has no dependencies, because it is what brings them.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const stampFile = path.join(repository, 'node_modules/.installed-lock');
const lock = readFileSync(path.join(repository, 'package-lock.json'));
const wanted = createHash('sha256').update(lock).digest('hex');

if (installedLock() !== wanted) {
  const status = await npmCi();
  if (status !== 0) {
    console.error(`npm ci failed with exit code ${status}. Mend what it says above and try again.`);
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
}

/** The digest of the lock file that node_modules was made from, undefined where none was completed. */
function installedLock() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}

function npmCi() {
  // npm is a .cmd file on Windows, which Node starts only through a shell; the arguments are constants.
  const options = { cwd: repository, stdio: 'inherit', shell: process.platform === 'win32' };
  return new Promise((resolve, reject) => {
    spawn('npm', ['ci'], options).on('error', reject).on('close', resolve);
  });
}
