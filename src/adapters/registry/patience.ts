import type { Problem } from '../../core/problem';
import { TimeBound } from '../timeBound';

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
    const bound = new TimeBound(Math.max(0, Math.ceil(this.left)), signal);
    const began = performance.now();
    try {
      return await work(bound.signal);
    } catch (error) {
      signal.throwIfAborted();
      throw bound.isOver ? exhausted() : error;
    } finally {
      bound.end();
      this.left -= performance.now() - began;
    }
  }
}
