import { explainKey } from './explainKey';
import type { KeyReason } from './explainKey';
import type { FileTree } from './fileTree';
import type { PrebuildKey } from './key/prebuildKey';
import { obtainImage } from './obtainImage';
import type { ImageOrigin, ObtainEvent, ObtainPorts } from './obtainImage';
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
import { preparePrebuild, recordOfPrebuild } from './preparePrebuild';
import type { PrebuildRequest, PreparedPrebuild } from './preparePrebuild';
import { composeUnsupported, containerOfAnotherKey } from './problems';
import { StepTimer } from './stepTimer';
import type { StepTime } from './stepTimer';

export type OpenStep = 'key' | 'look-up' | 'wait' | 'pull' | 'build' | 'start';

export type OpenEvent =
  | Exclude<ObtainEvent, { kind: 'step' }>
  | { readonly kind: 'step'; readonly step: OpenStep }
  /** There is no prebuilt image: why the key is another than the one this workspace had last. */
  | { readonly kind: 'missed'; readonly reasons: readonly KeyReason[] }
  /** A line of the log while the container starts. */
  | { readonly kind: 'start'; readonly line: string };

export interface OpenPorts extends ObtainPorts {
  readonly tree: FileTree;
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
    const { engine, lock, tree } = this.ports;
    const { configFile, folder } = this.request.source;
    this.step('key');
    const prebuild = preparePrebuild(tree, this.request);
    if (prebuild.config.kind === 'compose') {
      throw composeUnsupported(prebuild.config.document.placeOf(['dockerComposeFile']));
    }
    this.step('look-up');
    await engine.ping(this.signal);
    const running = runningOf(prebuild, await this.find());
    if (running !== undefined) {
      return this.opened(prebuild, running, 'running');
    }
    return lock.hold(
      JSON.stringify([folder, configFile]),
      () => {
        this.step('wait');
      },
      () => this.openAlone(prebuild),
      this.signal,
    );
  }

  /** Holding the lock: whoever held it before may have made the very container that is wanted. */
  private async openAlone(prebuild: PreparedPrebuild): Promise<OpenedWorkspace> {
    this.step('look-up');
    const containers = await this.find();
    const running = runningOf(prebuild, containers);
    if (running !== undefined) {
      return this.opened(prebuild, running, 'running');
    }
    const outdated = containers.find(({ key }) => key !== prebuild.key);
    if (outdated !== undefined) {
      switch (await this.request.onOutdated(outdated)) {
        case 'cancel':
          throw new Cancelled();
        case 'keep':
          return this.opened(prebuild, await this.start(outdated.image, 'start'), 'kept');
        case 'replace':
      }
    }
    const { image, origin } = await obtainImage(
      this.ports,
      prebuild,
      (event) => {
        if (event.kind === 'step') {
          this.step(event.step);
          if (event.step === 'build') {
            this.explainMiss(prebuild);
          }
        } else {
          this.report(event);
        }
      },
      this.signal,
    );
    const started = await this.start(image, outdated === undefined ? 'start' : 'replace');
    if (started.key !== prebuild.key) {
      throw containerOfAnotherKey(started.id);
    }
    return this.opened(prebuild, started, origin);
  }

  private explainMiss(prebuild: PreparedPrebuild): void {
    const last = this.ports.records.last(this.request.source);
    if (last !== undefined) {
      this.report({ kind: 'missed', reasons: explainKey(last, recordOfPrebuild(prebuild)) });
    }
  }

  private find(): Promise<readonly WorkspaceContainer[]> {
    return this.ports.workspaces.find(this.request.source, this.signal);
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
    prebuild: PreparedPrebuild,
    container: StartedContainer,
    how: OpenedWorkspace['how'],
  ): OpenedWorkspace {
    if (how !== 'kept') {
      this.ports.records.remember(this.request.source, recordOfPrebuild(prebuild));
    }
    return { key: prebuild.key, container, how, steps: this.timer.end() };
  }

  private step(step: OpenStep): void {
    if (this.timer.begin(step)) {
      this.report({ kind: 'step', step });
    }
  }
}

/** The container of the key that runs already, if one is known well enough to attach to. */
function runningOf(
  { config, key }: PreparedPrebuild,
  containers: readonly WorkspaceContainer[],
): StartedContainer | undefined {
  const found = containers.find((container) => container.running && container.key === key);
  const workspaceFolder = config.workspaceFolder ?? found?.workspaceFolder;
  return found === undefined || workspaceFolder === undefined
    ? undefined
    : { ...found, workspaceFolder };
}
