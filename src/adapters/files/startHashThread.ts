import { Worker } from 'node:worker_threads';

/** Starts a thread that runs the bundle of hashWorker.ts: it prints nothing, and needs nothing of this process. */
export function startHashThread(script: string): Worker {
  const thread = new Worker(script, { execArgv: [], env: {}, stdout: true, stderr: true });
  thread.unref();
  return thread;
}
