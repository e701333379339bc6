import { withRestingFiles } from './buildImage';
import { findContainers, runningOf } from './findContainers';
import { isLabelOf } from './keyLabel';
import type { PrebuildKey } from './key/prebuildKey';
import { reportMiss } from './nearestPrebuild';
import type { MissedEvent } from './nearestPrebuild';
import { obtainImage } from './obtainImage';
import type { ImageOrigin, ObtainEvent, ObtainPorts, ObtainedImage } from './obtainImage';
import { Cancelled, settle } from './outcome';
import type { Outcome } from './outcome';
import type {
  Clock,
  Lock,
  Records,
  StartedContainer,
  WorkspaceContainer,
  Workspaces,
} from './ports';
import type { ExplainedPrebuild, PrebuildRequest, PreparedPrebuild } from './preparePrebuild';
import { composeUnsupported, containerOfAnotherKey } from './problems';
import { StepTimer } from './stepTimer';
import type { StepTime } from './stepTimer';
import { sourceIdentity } from './workspaceSource';

export type OpenStep = 'key' | 'look-up' | 'wait' | 'pull' | 'build' | 'start';

export type OpenEvent =
  | Exclude<ObtainEvent, { kind: 'step' }>
  | { readonly kind: 'step'; readonly step: OpenStep }
  | MissedEvent
  /** A line of the log while the container starts. */
  | { readonly kind: 'start'; readonly line: string };

export interface OpenPorts extends ObtainPorts {
  readonly workspaces: Workspaces;
  readonly lock: Lock;
  readonly records: Records;
  readonly clock: Clock;
}

/** What to do with a container of this workspace that was made from something else than its prebuild. */
export type OutdatedChoice = 'replace' | 'keep' | 'cancel';

export interface OpenRequest extends PrebuildRequest {
  readonly onOutdated: (container: WorkspaceContainer) => Promise<OutdatedChoice>;
}

export interface OpenedWorkspace {
  readonly key: PrebuildKey;
  readonly container: StartedContainer;
  /** How it came to be; `kept`: an earlier container, used as it is because the person chose so. */
  readonly how: 'running' | ImageOrigin | 'kept';
  readonly steps: readonly StepTime<OpenStep>[];
}

/**
 * The use case: config → key → look-up → pull or build → start. The caller attaches.
 * An earlier container is removed only once its successor's image is there.
 */
export function openInWorkspace(
  ports: OpenPorts,
  request: OpenRequest,
  report: (event: OpenEvent) => void,
  signal: AbortSignal,
): Promise<Outcome<OpenedWorkspace>> {
  return settle(() => new Opening(ports, request, report, signal).open(), signal);
}

interface Explained {
  readonly prebuild: ExplainedPrebuild;
}

class Opening {
  private readonly timer: StepTimer<OpenStep>;

  constructor(
    private readonly ports: OpenPorts,
    private readonly request: OpenRequest,
    private readonly report: (event: OpenEvent) => void,
    private readonly signal: AbortSignal,
  ) {
    this.timer = new StepTimer(ports.clock);
  }

  async open(): Promise<OpenedWorkspace> {
    const { engine, lock } = this.ports;
    const { configFile } = this.request.source;
    this.step('key');
    const prebuild = await this.explain();
    if (prebuild.config.kind === 'compose') {
      throw composeUnsupported({ file: configFile });
    }
    this.step('look-up');
    await engine.ping(this.signal);
    const running = runningOf(prebuild, await findContainers(this.ports, prebuild, this.signal));
    if (running !== undefined) {
      return this.opened(prebuild, running, 'running');
    }
    let hasWaited = false;
    return lock.hold(
      sourceIdentity(this.request.source),
      () => {
        hasWaited = true;
        this.step('wait');
      },
      async () => this.openAlone(hasWaited ? await this.explain() : prebuild),
      this.signal,
    );
  }

  private explain(): Promise<ExplainedPrebuild> {
    return this.ports.prebuilds.explain(this.request, this.signal);
  }

  /** Holding the lock: whoever held it before may have made the very container that is wanted. */
  private async openAlone(prebuild: ExplainedPrebuild): Promise<OpenedWorkspace> {
    this.step('look-up');
    const containers = await findContainers(this.ports, prebuild, this.signal);
    const running = runningOf(prebuild, containers);
    if (running !== undefined) {
      return this.opened(prebuild, running, 'running');
    }
    const outdated = containers.find(({ isOfKey }) => !isOfKey);
    if (outdated !== undefined) {
      switch (await this.request.onOutdated(outdated)) {
        case 'cancel':
          throw new Cancelled();
        case 'keep':
          return this.opened(prebuild, await this.start(outdated.image, 'start'), 'kept');
        case 'replace':
      }
    }
    const obtained = await withRestingFiles(
      prebuild,
      () => this.explain(),
      (current) => this.obtain(current),
    );
    const existing = outdated === undefined ? 'start' : 'replace';
    const started = await this.start(obtained.image, existing);
    if (!(await this.isOfKey(started, obtained.prebuild))) {
      throw containerOfAnotherKey(started.id);
    }
    return this.opened(obtained.prebuild, started, obtained.origin);
  }

  private async obtain(prebuild: ExplainedPrebuild): Promise<ObtainedImage & Explained> {
    let explained = Promise.resolve();
    const onEvent = (event: ObtainEvent): void => {
      if (event.kind !== 'step') {
        this.report(event);
        return;
      }
      this.step(event.step);
      if (event.step === 'build') {
        explained = reportMiss(this.ports, prebuild, this.report, this.signal);
      }
    };
    try {
      return { prebuild, ...(await obtainImage(this.ports, prebuild, onEvent, this.signal)) };
    } finally {
      await explained;
    }
  }

  private isOfKey(
    { keyLabel }: Pick<StartedContainer, 'keyLabel'>,
    prebuild: PreparedPrebuild,
  ): Promise<boolean> {
    return isLabelOf(keyLabel, prebuild, this.ports.prebuilds, this.signal);
  }

  private start(image: string, existing: 'start' | 'replace'): Promise<StartedContainer> {
    this.step('start');
    return this.ports.workspaces.start(
      { source: this.request.source, image, existing },
      (line) => {
        this.report({ kind: 'start', line });
      },
      this.signal,
    );
  }

  private opened(
    prebuild: ExplainedPrebuild,
    container: StartedContainer,
    how: OpenedWorkspace['how'],
  ): OpenedWorkspace {
    if (how !== 'kept') {
      this.ports.records.remember(this.request.source, prebuild.record);
    }
    return { key: prebuild.key, container, how, steps: this.timer.end() };
  }

  private step(step: OpenStep): void {
    if (this.timer.begin(step)) {
      this.report({ kind: 'step', step });
    }
  }
}
