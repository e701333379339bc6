import type { Log } from '../../core/log';
import type { Engine, LocalImage, PullProgress } from '../../core/ports';
import type { Platform } from '../../core/platform';
import type { Problem } from '../../core/problem';
import { pullStalled } from '../../core/problems';
import { referenceText } from '../../core/reference';
import type { ImageReference } from '../../core/reference';
import { findPullAuthentication, loginCommand } from '../registry/credentials';
import type { DockerApi } from './dockerApi';
import type { Environment } from './dockerConfig';
import { failureOf, PullMovement, pullProblem, PullTally } from './enginePull';
import type { EngineEvent } from './engineTransport';

export interface EngineOptions {
  readonly docker: DockerApi;
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly log: Log;
  /** How long a pull may stand still while it waits for the registry, in milliseconds. */
  readonly pullPatience?: number;
}

const PULL_PATIENCE = 60_000;

/** The image store of a Docker engine, which pulls with the logins that Docker keeps. */
export function createEngine(options: EngineOptions): Engine {
  return new DockerEngine(options);
}

class DockerEngine implements Engine {
  private readonly docker: DockerApi;

  constructor(private readonly options: EngineOptions) {
    this.docker = options.docker;
  }

  ping(signal: AbortSignal): Promise<void> {
    return this.docker.transport.ping(signal);
  }

  async findImage(reference: string, signal: AbortSignal): Promise<LocalImage | undefined> {
    const image = await this.docker.inspectImage(reference, signal);
    return image === undefined
      ? undefined
      : {
          reference,
          labels: image.labels,
          triggers: image.triggers,
          digests: image.digests,
          created: image.created,
          platform: image.platform,
        };
  }

  removeImage(reference: string, signal: AbortSignal): Promise<void> {
    return this.docker.removeImage(reference, signal);
  }

  /** An abort closes the connection, upon which the engine ends the pull. */
  async pullImage(
    reference: ImageReference,
    platform: Platform,
    report: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<LocalImage> {
    const name = referenceText(reference);
    const pulled = { name, platform, login: loginCommand(reference.host) };
    const tally = new PullTally();
    let failure: string | undefined;
    const standstill = new Standstill(this.options.pullPatience ?? PULL_PATIENCE, (seconds) =>
      pullStalled(name, seconds),
    );
    const bound = AbortSignal.any([signal, standstill.signal]);
    const authentication = await findPullAuthentication(reference.host, this.options, signal);
    standstill.begin();
    const reply = await this.docker.transport
      .follow(
        {
          method: 'POST',
          path: '/images/create',
          query: {
            fromImage: referenceText({ host: reference.host, repository: reference.repository }),
            tag: reference.digest ?? reference.tag ?? 'latest',
            platform,
          },
          authentication,
        },
        (event) => {
          standstill.follow(event);
          failure ??= failureOf(event);
          const progress = tally.add(event);
          if (progress !== undefined) {
            report(progress);
          }
        },
        bound,
      )
      .finally(() => {
        standstill.end();
      });
    if (reply.kind === 'refusal') {
      throw pullProblem(pulled, reply.message);
    }
    if (failure !== undefined) {
      throw pullProblem(pulled, failure);
    }
    const image = await this.findImage(name, signal);
    if (image === undefined) {
      throw pullProblem(pulled, 'the engine ended the pull without a word, and has no such image');
    }
    return image;
  }
}

/** Ends a pull that waits for the registry and gets nothing. */
class Standstill {
  private readonly controller = new AbortController();
  private readonly movement = new PullMovement();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly patience: number,
    private readonly problem: (seconds: number) => Problem,
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.movement.awaitsRegistry) {
        this.controller.abort(this.problem(this.patience / 1000));
      } else {
        this.begin();
      }
    }, this.patience);
  }

  follow(event: EngineEvent): void {
    if (this.movement.add(event)) {
      this.begin();
    }
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
