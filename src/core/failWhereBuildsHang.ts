import type { Problem } from './problem';

/** Docker asks a credential helper itself in a build, and would wait for a silent one without end. */
export function failWhereBuildsHang(problem: Problem): void {
  if (problem.code === 'credential-helper-silent') {
    throw problem;
  }
}
