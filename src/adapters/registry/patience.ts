import type { Problem } from '../../core/problem';

/**
 * The time that others may take over one question, all their answers together. What is done between the
 * answers, such as asking a credential helper, does not count.
 */
export class Patience {
  private left: number;

  constructor(milliseconds: number) {
    this.left = milliseconds;
  }

  /**
   * Does a piece of work in the time that is left.
   * @throws what `exhausted` gives where the time ran out.
   */
  async spend<T>(
    work: (signal: AbortSignal) => Promise<T>,
    exhausted: () => Problem,
    signal: AbortSignal,
  ): Promise<T> {
    const bound = AbortSignal.timeout(Math.max(0, Math.ceil(this.left)));
    const began = performance.now();
    try {
      return await work(AbortSignal.any([signal, bound]));
    } catch (error) {
      signal.throwIfAborted();
      throw bound.aborted ? exhausted() : error;
    } finally {
      this.left -= performance.now() - began;
    }
  }
}
