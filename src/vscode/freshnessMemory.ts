import type { Memento } from 'vscode';
import type { Freshness } from '../core/freshness';
import type { CacheState } from '../core/cacheState';

/** How long an answer holds, in milliseconds: registries of base images count their questions. */
const KEPT = 6 * 60 * 60_000;
const MOST = 50;
const NAME = 'freshness';

interface Remembered {
  readonly at: number;
  readonly freshness: Freshness;
}

/**
 * Which prebuilds are behind their base images, over all windows. What is remembered is our own and may be of
 * another version of it: what does not fit counts as unknown.
 */
export class FreshnessMemory {
  constructor(private readonly memory: Memento) {}

  /** @returns undefined where nobody has asked for a while. */
  recall(state: CacheState, key: string): Freshness | undefined {
    const found = this.all()[nameOf(state, key)];
    return found !== undefined && Date.now() - found.at < KEPT ? found.freshness : undefined;
  }

  async remember(state: CacheState, key: string, freshness: Freshness): Promise<void> {
    const others = Object.entries(this.all()).filter(([name]) => name !== nameOf(state, key));
    const entries = [[nameOf(state, key), { at: Date.now(), freshness }], ...others];
    await this.memory.update(NAME, Object.fromEntries(entries.slice(0, MOST)));
  }

  /** The prebuild of a key was made anew, or a person wants to know. */
  async forget(key: string): Promise<void> {
    const others = Object.entries(this.all()).filter(([name]) => !name.startsWith(key));
    await this.memory.update(NAME, Object.fromEntries(others));
  }

  private all(): Readonly<Record<string, Remembered>> {
    return this.memory.get<Readonly<Record<string, Remembered>>>(NAME, {});
  }
}

/** The registry's image may be another than the one that is here. */
const nameOf = ({ kind }: CacheState, key: string): string => `${key} ${kind}`;
