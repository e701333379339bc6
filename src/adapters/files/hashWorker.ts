import { parentPort } from 'node:worker_threads';
import { sharedTaskOf, takeChunks } from './sharedTask';
import type { SharedTaskMessage } from './sharedTask';

/** How long a thread stays for the next task, in milliseconds. */
const IDLE = 30_000;

const port = parentPort;
const leave = setTimeout(() => port?.close(), IDLE);
let paths: readonly string[] = [];
port?.on('message', (message: SharedTaskMessage) => {
  const shared = sharedTaskOf(message, paths);
  ({ paths } = shared.task);
  takeChunks(shared);
  leave.refresh();
});
