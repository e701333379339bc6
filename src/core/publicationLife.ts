import type { PublicationProcess, PublicationState } from './publication';
import { hasEnded } from './publication';
import type { Clock } from './ports';

/** So long a publication may be silent while it is watched, in milliseconds. */
const SILENCE = 30_000;

/**
 * Tells publications that go on from those whose process is gone. Only the time in which somebody watched
 * counts, by the watcher's own clock: after a machine slept, or its clock was set, everything is given time
 * to show that it lives.
 */
export class PublicationLife {
  private readonly signs = new Map<string, { readonly text: string; readonly since: number }>();

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
    const now = this.clock.now();
    const last = this.signs.get(id);
    if (last?.text !== text) {
      this.signs.set(id, { text, since: now });
      return state;
    }
    return now - last.since > SILENCE ? { status: 'interrupted' } : state;
  }
}
