import { EventEmitter, workspace } from 'vscode';
import type { Disposable, Event } from 'vscode';
import type { CacheState } from '../core/cacheState';
import { checkPrebuild } from '../core/checkPrebuild';
import { behindText, findFreshness } from '../core/freshness';
import type { Freshness } from '../core/freshness';
import type { OpenPorts } from '../core/openInWorkspace';
import { settle } from '../core/outcome';
import type { PreparedPrebuild } from '../core/preparePrebuild';
import type { FileTrace } from '../core/tracedFileTree';
import type { Session } from './session';
import type { PrebuildView } from './prebuildView';

/** How long an answer of the registry holds for an unchanged key, in milliseconds. */
const KEPT = 60_000;
/** How long after the last of several hints the state is looked at again, in milliseconds. */
const SETTLED = 100;

/** What was looked at to tell the state; a part of it, where something then failed that an edit may mend. */
export type Looked =
  | { readonly kind: 'all'; readonly trace: FileTrace }
  | { readonly kind: 'part'; readonly folder: string };

/** Follows what is known of the current workspace's prebuild, and says when that changes. */
export class PrebuildState implements Disposable {
  private readonly changed = new EventEmitter<void>();
  private readonly looked = new EventEmitter<Looked>();
  private current: PrebuildView = { kind: 'hidden' };
  private last: { readonly prebuild: PreparedPrebuild; readonly at: number } | undefined;
  private under: AbortController | undefined;
  private hinted: NodeJS.Timeout | undefined;
  private working = 0;

  readonly onDidChange: Event<void> = this.changed.event;
  readonly onDidLook: Event<Looked> = this.looked.event;

  constructor(private readonly session: Session) {}

  get view(): PrebuildView {
    return this.current;
  }

  /** Something may have changed: an edit, the window's focus. Cheap to call often. */
  hint(): void {
    clearTimeout(this.hinted);
    this.hinted = setTimeout(() => {
      void this.look('changed');
    }, SETTLED);
  }

  /** A person asks: the registry is asked afresh. */
  async refresh(): Promise<void> {
    if (this.last !== undefined) {
      await this.session.freshness.forget(this.last.prebuild.key);
    }
    await this.look('always');
  }

  /** Shows a command's steps until the returned function is called. */
  beginWork(): { readonly step: (title: string) => void; readonly end: () => void } {
    this.under?.abort();
    this.working++;
    return {
      step: (title) => {
        this.show({ kind: 'working', step: title });
      },
      end: () => {
        this.working--;
        void this.look('always');
      },
    };
  }

  dispose(): void {
    clearTimeout(this.hinted);
    this.under?.abort();
    this.changed.dispose();
    this.looked.dispose();
  }

  private async look(when: 'always' | 'changed'): Promise<void> {
    if (this.working > 0) {
      return;
    }
    const source = this.session.sources.current();
    if (source === undefined) {
      this.show({ kind: 'hidden' });
      return;
    }
    if (!workspace.isTrusted) {
      this.show({ kind: 'untrusted' });
      return;
    }
    this.under?.abort();
    const controller = new AbortController();
    this.under = controller;
    const { signal } = controller;
    const outcome = await settle(async () => {
      const ports = await this.session.ports();
      const prebuild = await ports.prebuilds.prepare(this.session.request(source), signal);
      this.looked.fire({ kind: 'all', trace: prebuild.trace });
      if (when === 'changed' && this.isFresh(prebuild)) {
        return undefined;
      }
      if (this.current.kind !== 'known') {
        this.show({ kind: 'checking' });
      }
      const state: CacheState = await checkPrebuild(ports, prebuild, signal);
      signal.throwIfAborted();
      this.last = { prebuild, at: performance.now() };
      return { ports, prebuild, state };
    }, signal);
    if (outcome.status === 'failed') {
      this.session.log.debug(`The prebuild cannot be told: ${outcome.problem.message}`);
      this.last = undefined;
      this.looked.fire({ kind: 'part', folder: source.folder });
      this.show({ kind: 'failed', problem: outcome.problem });
    } else if (outcome.status === 'done' && outcome.value !== undefined) {
      const { ports, prebuild, state } = outcome.value;
      this.showKnown(prebuild, state, this.session.freshness.recall(state, prebuild.key));
      void this.lookBehind(ports, prebuild, state, signal);
    }
  }

  /** Seldom, and after the state is shown: asks what base images and features are now. */
  private async lookBehind(
    ports: OpenPorts,
    prebuild: PreparedPrebuild,
    state: CacheState,
    signal: AbortSignal,
  ): Promise<void> {
    const { freshness, log } = this.session;
    if (freshness.recall(state, prebuild.key) !== undefined) {
      return;
    }
    const outcome = await settle(() => findFreshness(ports, prebuild, state, signal), signal);
    if (outcome.status === 'failed') {
      log.debug(`The freshness cannot be told: ${outcome.problem.message}`);
    } else if (outcome.status === 'done' && outcome.value !== undefined) {
      await freshness.remember(state, prebuild.key, outcome.value);
      if (!signal.aborted && this.working === 0) {
        this.showKnown(prebuild, state, outcome.value);
      }
    }
  }

  private showKnown(
    { key }: PreparedPrebuild,
    state: CacheState,
    freshness: Freshness | undefined,
  ): void {
    const behind = freshness?.state === 'behind' ? behindText(freshness, Date.now()) : undefined;
    this.show({ kind: 'known', state, key, behind });
  }

  private isFresh({ key, image }: PreparedPrebuild): boolean {
    return (
      this.current.kind === 'known' &&
      this.last?.prebuild.key === key &&
      this.last.prebuild.image.repository === image.repository &&
      this.last.prebuild.image.host === image.host &&
      performance.now() - this.last.at < KEPT
    );
  }

  private show(view: PrebuildView): void {
    this.current = view;
    this.changed.fire();
  }
}
