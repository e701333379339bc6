/** A place in a text file: where a person has to look. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a `Problem` carries beside its sentence. */
export interface ProblemDetails {
  /** What the person can do about it; a full sentence. */
  readonly remedy: string;
  /** The underlying reason in one line, with secrets removed; never a stack trace. */
  readonly cause?: string | undefined;
  readonly place?: Place | undefined;
}

const BRAND = Symbol.for('devcontainer-prebuild.problem');

/**
 * A failure as a person meets it: a stable code, a sentence, a remedy and a cause. Thrown anywhere below
 * the edge, shown by the edge alone. Made only by the named factories of `problems.ts`.
 */
export class Problem extends Error {
  /** The build makes several files, which may each have this class: a Problem of one is one to all. */
  static override [Symbol.hasInstance](value: unknown): value is Problem {
    return value instanceof Error && BRAND in value;
  }

  readonly [BRAND] = true;
  readonly code: string;
  readonly remedy: string;
  readonly reason: string | undefined;
  readonly place: Place | undefined;

  constructor(code: string, sentence: string, { remedy, cause, place }: ProblemDetails) {
    super(sentence);
    this.name = 'Problem';
    this.code = code;
    this.remedy = remedy;
    this.reason = cause;
    this.place = place;
  }
}

/** `file:line:column`, as editors and terminals make it clickable. */
export function placeText({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
