import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../core/log';
import type { Lock } from '../../core/ports';
import { hashedName } from './hashedName';

/** How long a holder that crashed keeps others waiting, in milliseconds; a live one renews in half of it. */
const STALE = 10_000;
/** How often a waiting one asks again, in milliseconds. */
const RETRY = 250;

/**
 * Without a place for locks two windows may do the same work twice; better than neither doing it. Node.js says
 * ENOENT where a folder within a full one cannot be made.
 */
const UNWRITABLE: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'ENOTDIR',
  'ENOENT',
]);

/** A lock between processes: a folder per name below `folder`, renewed while it is held. */
export class FileLock implements Lock {
  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

  async hold<T>(
    name: string,
    waiting: () => void,
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const file = join(this.folder, hashedName(name));
    const release = await this.acquire(file, waiting, signal);
    try {
      return await work();
    } finally {
      await release().catch((error: unknown) => {
        this.log.warn(`The lock was lost while it was held: ${String(error)}`);
      });
    }
  }

  private async acquire(
    file: string,
    waiting: () => void,
    signal: AbortSignal,
  ): Promise<() => Promise<void>> {
    // Loaded here, as it takes longer than what needs no lock.
    const { lock } = await import('proper-lockfile');
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      try {
        await mkdir(this.folder, { recursive: true });
        return await lock(file, {
          realpath: false,
          stale: STALE,
          update: STALE / 2,
          // A machine that slept: another may have taken over; the work goes on, and loses no data.
          onCompromised: (error) => {
            this.log.warn(`The lock was taken over meanwhile: ${error.message}`);
          },
        });
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        if (UNWRITABLE.has(code)) {
          this.log.warn(`Others are not waited for, as nothing can be written: ${String(error)}`);
          return () => Promise.resolve();
        }
        if (code !== 'ELOCKED') {
          throw error;
        }
        if (attempt === 0) {
          waiting();
        }
        await sleep(RETRY, undefined, { signal });
      }
    }
  }
}
