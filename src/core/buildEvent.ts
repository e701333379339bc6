import type { Problem } from './problem';

/** What a build under way tells. Step numbers are BuildKit's, stable within one build. */
export type BuildEvent =
  | { readonly kind: 'step'; readonly step: number; readonly name: string }
  | { readonly kind: 'cached'; readonly step: number }
  | { readonly kind: 'done'; readonly step: number; readonly seconds: number }
  | { readonly kind: 'failed'; readonly step: number; readonly reason: string }
  /** A line that a step printed. */
  | { readonly kind: 'output'; readonly step: number; readonly text: string }
  /** A line of the builder that belongs to no step. */
  | { readonly kind: 'line'; readonly text: string }
  /** The build goes on, but not as asked: a cache that could not be written, say. */
  | { readonly kind: 'warning'; readonly problem: Problem };
