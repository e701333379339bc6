import { writeSync } from 'node:fs';

const STDOUT = 1;
/** Between two tries to write to a pipe that is full, in milliseconds. */
const PAUSE = 2;

/**
 * Prints a text and a line end. Node's own stream would first load all that it has of networks, which takes
 * longer than to compute a key.
 */
export function printLine(text: string): void {
  let rest = Buffer.from(`${text}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STDOUT, rest));
    } catch (error) {
      switch ((error as NodeJS.ErrnoException).code) {
        case 'EAGAIN':
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
          break;
        case 'EPIPE':
          // Whoever asked reads no more.
          return;
        default:
          throw error;
      }
    }
  }
}
