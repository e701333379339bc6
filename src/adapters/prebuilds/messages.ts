import type {
  ExplainedPrebuild,
  PrebuildRequest,
  PreparedPrebuild,
} from '../../core/preparePrebuild';
import { Problem } from '../../core/problem';
import type { ProblemDetails } from '../../core/problem';

/** What is asked of the thread, one at a time. */
export interface Question {
  readonly verb: 'prepare' | 'explain';
  readonly request: PrebuildRequest;
}

/** What it answers: a thrown error would lose all but its sentence on the way. */
export type Answer =
  | { readonly kind: 'prepared'; readonly prebuild: PreparedPrebuild | ExplainedPrebuild }
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
export function errorIn(answer: Exclude<Answer, { kind: 'prepared' }>): Error {
  return answer.kind === 'defect'
    ? new Error(answer.text)
    : new Problem(answer.problem.code, answer.problem.sentence, answer.problem);
}
