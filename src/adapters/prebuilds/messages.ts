import type { PrebuildRequest, PreparedPrebuild } from '../../core/preparePrebuild';
import { Problem } from '../../core/problem';
import type { ProblemDetails } from '../../core/problem';

/** What is asked of the thread, one at a time. */
export type Question = PrebuildRequest;

/** What it answers: a thrown error would lose all but its sentence on the way. */
export type Answer =
  | { readonly kind: 'prepared'; readonly prebuild: PreparedPrebuild }
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

/** @throws what the thread could not do. */
export function prebuildIn(answer: Answer): PreparedPrebuild {
  switch (answer.kind) {
    case 'prepared':
      return answer.prebuild;
    case 'problem':
      throw new Problem(answer.problem.code, answer.problem.sentence, answer.problem);
    case 'defect':
      throw new Error(answer.text);
  }
}
