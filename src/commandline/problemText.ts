import type { Problem } from '../core/problem';

/** A Problem as JSON shows it. */
export function problemObject(problem: Problem): Readonly<Record<string, unknown>> {
  const { code, message, remedy, reason, place } = problem;
  return { code, message, remedy, cause: reason, place };
}

/** A Problem on a terminal: the sentence, what is known of the cause, the remedy. */
export function problemText({ message, reason, remedy }: Problem): string {
  const cause = reason?.split('\n').map((line) => `  ${line}`);
  return [message, ...(cause ?? []), remedy].join('\n');
}
