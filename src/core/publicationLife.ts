import { hasEnded } from './publication';
import type { PublicationProcess, PublicationState } from './publication';
import type { Clock } from './ports';

/** So long a publication may be silent while it is watched, in milliseconds. */
const SILENCE = 30_000;
/** So much of it one look counts for at most, in milliseconds. */
const LOOK = 2000;

interface Sign {
  readonly text: string;
  readonly seenAt: number;
  readonly silence: number;
}

/**
 * Tells publications that go on from those whose process is gone. Only the time in which somebody watched
 * counts, look by look: after a machine slept, or its clock was set, everything is given time to show that it
 * lives.
 */
export class PublicationLife {
  private readonly signs = new Map<string, Sign>();

  /** @param isGone whether there certainly is no such process any more. */
  constructor(
    private readonly clock: Clock,
    private readonly isGone: (process: PublicationProcess) => boolean,
  ) {}

  /** What a publication is, when its state is looked at now; `interrupted` where it does not live. */
  judge(id: string, state: PublicationState): PublicationState {
    if (hasEnded(state)) {
      this.signs.delete(id);
      return state;
    }
    if (state.status === 'running' && this.isGone(state.process)) {
      return { status: 'interrupted' };
    }
    const text = JSON.stringify(state);
    const seenAt = this.clock.now();
    const last = this.signs.get(id);
    const silence = last?.text === text ? last.silence + Math.min(seenAt - last.seenAt, LOOK) : 0;
    this.signs.set(id, { text, seenAt, silence });
    return silence > SILENCE ? { status: 'interrupted' } : state;
  }
}
