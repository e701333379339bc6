import { Worker } from 'node:worker_threads';
import type { Prebuilds } from '../../core/ports';
import type {
  ExplainedPrebuild,
  PrebuildRequest,
  PreparedPrebuild,
} from '../../core/preparePrebuild';
import type { CachingFileTreeSettings } from '../files/nodeFileTree';
import { errorIn } from './messages';
import type { Answer, Question, Results } from './messages';

/**
 * Computes keys on a thread of its own, so that a window of VS Code answers while a large tree is read. The
 * thread begins with the first question and leaves when idle. Questions wait for one another; one that is
 * given up before its turn is never asked.
 */
export class OtherThreadPrebuilds implements Prebuilds {
  private thread: Worker | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param script the bundle of prebuildWorker.ts. */
  constructor(
    private readonly script: string,
    private readonly settings: CachingFileTreeSettings,
  ) {}

  prepare(request: PrebuildRequest, signal: AbortSignal): Promise<PreparedPrebuild> {
    return this.inTurn('prepare', request, signal);
  }

  explain(request: PrebuildRequest, signal: AbortSignal): Promise<ExplainedPrebuild> {
    return this.inTurn('explain', request, signal);
  }

  contextDigest(request: PrebuildRequest, signal: AbortSignal): Promise<string> {
    return this.inTurn('contextDigest', request, signal);
  }

  private inTurn<V extends keyof Results>(
    verb: V,
    request: PrebuildRequest,
    signal: AbortSignal,
  ): Promise<Results[V]> {
    const result = this.turn.then(() => {
      signal.throwIfAborted();
      return this.ask({ verb, request: plain(request) });
    });
    this.turn = result.catch(() => undefined);
    // The thread answers the verb that it was asked.
    return untilAborted(result, signal) as Promise<Results[V]>;
  }

  private async ask(question: Question): Promise<Results[keyof Results]> {
    // It may have left in this very moment.
    const answer =
      (await answerFrom(this.thread ?? this.start(), question)) ??
      (await answerFrom(this.start(), question));
    if (answer === undefined) {
      throw new Error('The thread that computes keys ended before its answer');
    }
    if (answer.kind === 'done') {
      return answer.result;
    }
    throw errorIn(answer);
  }

  private start(): Worker {
    // It prints nothing, and needs nothing of this process.
    const thread = new Worker(this.script, {
      workerData: this.settings,
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
    });
    thread.unref();
    thread.once('exit', () => {
      if (this.thread === thread) {
        this.thread = undefined;
      }
    });
    this.thread = thread;
    return thread;
  }
}

/** What can be sent: callers' requests hold more, such as functions; and the process's environment is no plain object. */
function plain(request: PrebuildRequest): PrebuildRequest {
  const { source, platform, environment, repository, branch, defaultBranch } = request;
  return {
    source,
    platform,
    environment: { ...environment },
    repository,
    branch,
    defaultBranch,
  };
}

/** @returns undefined where the thread ended without an answer. */
function answerFrom(thread: Worker, question: Question): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const listeners = {
      message: (answer: Answer): void => {
        settled();
        resolve(answer);
      },
      error: (error: unknown): void => {
        settled();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
      exit: (): void => {
        settled();
        resolve(undefined);
      },
    };
    const settled = (): void => {
      for (const [event, listener] of Object.entries(listeners)) {
        thread.off(event, listener);
      }
    };
    for (const [event, listener] of Object.entries(listeners)) {
      thread.on(event, listener);
    }
    thread.postMessage(question);
  });
}

/** Rejects with the signal's reason once it is aborted, whatever becomes of the promise. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    promise
      .finally(() => {
        signal.removeEventListener('abort', onAbort);
      })
      .then(resolve, reject);
  });
}
