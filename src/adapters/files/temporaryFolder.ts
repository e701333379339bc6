import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryFolderFull, temporaryFolderUnusable } from '../../core/problems';

const PREFIX = 'devcontainer-prebuild-';
/** After so long a folder is taken for one that a killed process left, in milliseconds. */
const FORGOTTEN = 24 * 60 * 60 * 1000;

/**
 * Gives work a folder of its own, which only this user can read and which is gone afterwards.
 * @throws Problem where there is no space for it.
 */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const top = tmpdir();
  await removeForgotten(top);
  const folder = await mkdtemp(join(top, PREFIX)).catch((error: unknown) => {
    throw isFull(error)
      ? temporaryFolderFull(top, error.message)
      : temporaryFolderUnusable(top, String(error));
  });
  try {
    return await work(folder);
  } catch (error) {
    throw isFull(error) ? temporaryFolderFull(top, error.message) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isFull(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))
  );
}

/** Somebody else's, or one that another process removes just now, stays without a word. */
async function removeForgotten(top: string): Promise<void> {
  const names = await readdir(top).catch(() => []);
  for (const name of names) {
    if (name.startsWith(PREFIX) && /^\w{6}$/.test(name.slice(PREFIX.length))) {
      const folder = join(top, name);
      const known = await stat(folder).catch(() => undefined);
      if (known?.isDirectory() === true && Date.now() - known.mtimeMs > FORGOTTEN) {
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      }
    }
  }
}
