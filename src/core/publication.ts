import { isObject } from './devcontainer/jsonc';
import type { JsonObject, JsonValue } from './devcontainer/jsonc';
import type { Outcome } from './outcome';
import type { Problem } from './problem';
import type { Published } from './publishPrebuild';

/** Which process carries a publication out; a pid means something on its own machine alone. */
export interface PublicationProcess {
  readonly pid: number;
  readonly host: string;
}

/** What is known of a publication in the background: what its process writes, and every window reads. */
export type PublicationState =
  /** Ordered; its process has not said a word yet. */
  | { readonly status: 'queued' }
  | {
      readonly status: 'running';
      readonly process: PublicationProcess;
      /** Another number each second, as long as the process lives. */
      readonly beat: number;
      /** What it is at, in a few words. */
      readonly progress: string;
    }
  | PublicationEnding;

export type PublicationEnding =
  | { readonly status: 'done'; readonly how: Published }
  /** A person wished so. */
  | { readonly status: 'cancelled' }
  | { readonly status: 'failed'; readonly problem: ToldProblem }
  /** Its process was ended from outside, or is gone without a word. */
  | { readonly status: 'interrupted' };

/** A Problem as it is told from one process to another. */
export type ToldProblem = Pick<Problem, 'code' | 'message' | 'remedy' | 'reason'>;

/** How a publication ended. @param cancelledBy who aborted it, where somebody did. */
export function endingOf(
  outcome: Outcome<Published>,
  cancelledBy: 'person' | 'system',
): PublicationEnding {
  switch (outcome.status) {
    case 'done':
      return { status: 'done', how: outcome.value };
    case 'cancelled':
      return { status: cancelledBy === 'person' ? 'cancelled' : 'interrupted' };
    case 'failed':
      return failedBy(outcome.problem);
  }
}

export function failedBy({ code, message, remedy, reason }: Problem): PublicationEnding {
  return { status: 'failed', problem: { code, message, remedy, reason } };
}

export function hasEnded(state: PublicationState): state is PublicationEnding {
  return state.status !== 'queued' && state.status !== 'running';
}

/** Reads what a publication's process wrote. @returns undefined where the text is no state. */
export function parsePublicationState(text: string): PublicationState | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  return isObject(value) ? stateOf(value) : undefined;
}

function stateOf(value: JsonObject): PublicationState | undefined {
  const { status } = value;
  switch (status) {
    case 'queued':
    case 'cancelled':
    case 'interrupted':
      return { status };
    case 'running':
      return runningOf(value);
    case 'done': {
      const { how } = value;
      return how === 'pushed' || how === 'present' || how === 'outdated'
        ? { status, how }
        : undefined;
    }
    case 'failed': {
      const problem = problemOf(value['problem']);
      return problem === undefined ? undefined : { status, problem };
    }
    default:
      return undefined;
  }
}

function runningOf({ process, beat, progress }: JsonObject): PublicationState | undefined {
  const { pid, host } = isObject(process) ? process : {};
  return typeof pid === 'number' &&
    typeof host === 'string' &&
    typeof beat === 'number' &&
    typeof progress === 'string'
    ? { status: 'running', process: { pid, host }, beat, progress }
    : undefined;
}

function problemOf(value: JsonValue | undefined): ToldProblem | undefined {
  const { code, message, remedy, reason } = isObject(value) ? value : {};
  return typeof code === 'string' && typeof message === 'string' && typeof remedy === 'string'
    ? { code, message, remedy, reason: typeof reason === 'string' ? reason : undefined }
    : undefined;
}
