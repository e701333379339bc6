import type { Log } from '../../core/log';
import type { Engine, LocalImage, PullProgress } from '../../core/ports';
import type { Platform } from '../../core/platform';
import { referenceText } from '../../core/reference';
import type { ImageReference } from '../../core/reference';
import { findPullAuthentication, loginCommand } from '../registry/credentials';
import type { DockerApi } from './dockerApi';
import type { Environment } from './dockerConfig';
import { failureOf, pullProblem, PullTally } from './enginePull';

export interface EngineOptions {
  readonly docker: DockerApi;
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly log: Log;
}

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
        };
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
    const reply = await this.docker.transport.follow(
      {
        method: 'POST',
        path: '/images/create',
        query: {
          fromImage: referenceText({ host: reference.host, repository: reference.repository }),
          tag: reference.digest ?? reference.tag ?? 'latest',
          platform,
        },
        authentication: await findPullAuthentication(reference.host, this.options, signal),
      },
      (event) => {
        failure ??= failureOf(event);
        const progress = tally.add(event);
        if (progress !== undefined) {
          report(progress);
        }
      },
      signal,
    );
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
