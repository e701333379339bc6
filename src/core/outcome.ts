import { Problem } from './problem';
import { unexpected } from './problems';

/** How an operation that a person can cancel ended. Cancelling is an ending, not an error. */
export type Outcome<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'cancelled' }
  | { readonly status: 'failed'; readonly problem: Problem };

/** Thrown where a person said no to a question: as good as pressing Cancel. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/**
 * Runs an operation and turns its three endings into a value. Below this, cancelling travels as the
 * signal's abort reason and a failure as a thrown Problem; above it neither is thrown.
 */
export async function settle<T>(
  operation: () => Promise<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  try {
    signal.throwIfAborted();
    return { status: 'done', value: await operation() };
  } catch (error) {
    if (signal.aborted || error instanceof Cancelled) {
      return { status: 'cancelled' };
    }
    return { status: 'failed', problem: error instanceof Problem ? error : unexpected(error) };
  }
}
