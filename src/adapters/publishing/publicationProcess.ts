import { hostname } from 'node:os';
import type { PublicationProcess } from '../../core/publication';

/** This process, as it tells of itself. */
export const thisProcess = (): PublicationProcess => ({ pid: process.pid, host: hostname() });

/** Whether there certainly is no such process; of another machine, which shares the files, nobody knows. */
export function isGone({ pid, host }: PublicationProcess): boolean {
  if (host !== hostname()) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
