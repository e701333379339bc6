import type {
  ExplainedPrebuild,
  PrebuildRequest,
  PreparedPrebuild,
} from '../../core/preparePrebuild';
import { Problem } from '../../core/problem';
import type { ProblemDetails } from '../../core/problem';

/** What comes of each question. */
export interface Results {
  readonly prepare: PreparedPrebuild;
  readonly explain: ExplainedPrebuild;
  readonly contextDigest: string;
}

/** What is asked of the thread, one at a time. */
export interface Question {
  readonly verb: keyof Results;
  readonly request: PrebuildRequest;
}

/** What it answers: a thrown error would lose all but its sentence on the way. */
export type Answer =
  | { readonly kind: 'done'; readonly result: Results[keyof Results] }
  | { readonly kind: 'problem'; readonly problem: ProblemMessage }
  | { readonly kind: 'defect'; readonly text: string };

interface ProblemMessage extends ProblemDetails {
  readonly code: string;
  readonly sentence: string;
}

export function answerOf(error: unknown): Answer {
  if (!(error instanceof Problem)) {
    return { kind: 'defect', text: String(error) };
  }
  const { code, message, remedy, reason, place } = error;
  return { kind: 'problem', problem: { code, sentence: message, remedy, cause: reason, place } };
}

/** What the thread could not do, as this one would have thrown it. */
export function errorIn(answer: Exclude<Answer, { kind: 'done' }>): Error {
  return answer.kind === 'defect'
    ? new Error(answer.text)
    : new Problem(answer.problem.code, answer.problem.sentence, answer.problem);
}
