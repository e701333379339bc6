import type { Clock } from '../core/ports';

/** The process's own clock: milliseconds, unmoved by a change of the time of day. */
export const monotonicClock: Clock = { now: () => performance.now() };
