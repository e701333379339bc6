import { readFileSync } from 'node:fs';
import type { Log } from '../../core/log';
import { parsePlatform } from '../../core/platform';
import type { Platform } from '../../core/platform';
import { engineRefused, imageInUse } from '../../core/problems';
import { imageTime } from '../imageTime';
import type { Environment } from './dockerConfig';
import { resolveEndpoint } from './endpoint';
import type { Endpoint } from './endpoint';
import { EngineTransport, escapeName, parseJson } from './engineTransport';
import type { EngineReply, EngineRequest } from './engineTransport';

export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  /** It runs no more, or never did; paused and restarting ones are neither. */
  readonly stopped: boolean;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerDetails extends ListedContainer {
  /** The reference that it was made from. */
  readonly image: string;
  /** When it was made, began and ended, as far as it did, in milliseconds since 1970. */
  readonly times: readonly number[];
  /** Milliseconds since 1970. */
  readonly created: number;
  /** As the image or whoever made the container says; empty for root. */
  readonly user: string;
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
}

export interface ListedImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly created: number;
  readonly size: number;
  /** Bytes that other images have, too. */
  readonly sharedSize: number;
}

export interface ImageDetails {
  readonly id: string;
  /** When it last got a name on this machine, in milliseconds since 1970; undefined where nobody knows. */
  readonly tagged: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly triggers: readonly string[];
  /** Such as `localhost:5000/a@sha256:…`: under which digests registries know it. */
  readonly digests: readonly string[];
  /** In milliseconds since 1970. */
  readonly created: number | undefined;
  readonly platform: Platform | undefined;
}

export interface EngineInfo {
  readonly version: string;
  readonly operatingSystem: string;
  /** `containerd` can keep images of several platforms and export a build cache. */
  readonly imageStore: 'containerd' | 'classic';
}

/** The states of a container in which it neither runs nor is about to. */
const STOPPED: ReadonlySet<string> = new Set(['created', 'exited', 'dead']);

/** Seconds that a container has to end by itself. */
const STOP_GRACE = 10;

export interface DockerApiOptions {
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly log: Log;
}

/** The API of the Docker engine that the docker command would use; nothing is asked before the first call. */
export function createDockerApi({ environment, homeFolder, log }: DockerApiOptions): DockerApi {
  const { platform } = process;
  const findEndpoint = (): Endpoint =>
    resolveEndpoint({ environment, homeFolder, platform, readText });
  return new DockerApi(new EngineTransport({ findEndpoint, environment, log }));
}

/** The calls of the engine's API that we make, each with what we read of its answer. */
export class DockerApi {
  constructor(readonly transport: EngineTransport) {}

  async info(signal: AbortSignal): Promise<EngineInfo> {
    const { ServerVersion, OperatingSystem, DriverStatus } = (await this.read(
      { method: 'GET', path: '/info' },
      'describe itself',
      signal,
    )) as InfoRecord;
    const containerd = (DriverStatus ?? []).flat().includes('io.containerd.snapshotter.v1');
    return {
      version: ServerVersion ?? '',
      operatingSystem: OperatingSystem ?? '',
      imageStore: containerd ? 'containerd' : 'classic',
    };
  }

  /** The containers that have all the labels, stopped ones too. */
  async listContainers(
    { labels }: { readonly labels: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<readonly ListedContainer[]> {
    const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const query = { all: 'true', filters: { label } };
    const records = (await this.read(
      { method: 'GET', path: '/containers/json', query },
      'list its containers',
      signal,
    )) as readonly ContainerRecord[];
    return records.map(({ Id, Names, State, ImageID, Labels }) => ({
      id: Id,
      name: withoutSlash(Names?.[0] ?? Id),
      running: State === 'running',
      stopped: STOPPED.has(State),
      imageId: ImageID,
      labels: Labels ?? {},
    }));
  }

  /** @returns undefined where there is no such container. */
  async inspectContainer(id: string, signal: AbortSignal): Promise<ContainerDetails | undefined> {
    const record = (await this.readIfThere(
      { method: 'GET', path: `/containers/${escapeName(id)}/json` },
      `inspect the container ${id}`,
      signal,
    )) as ContainerInspection | undefined;
    return record === undefined
      ? undefined
      : {
          id: record.Id,
          name: withoutSlash(record.Name),
          running: record.State.Running,
          stopped: STOPPED.has(record.State.Status),
          times: [record.Created, record.State.StartedAt, record.State.FinishedAt]
            .map(timeOf)
            .filter((time) => time !== undefined),
          labels: record.Config.Labels ?? {},
          image: record.Config.Image,
          imageId: record.Image,
          created: Date.parse(record.Created ?? ''),
          user: record.Config.User ?? '',
          mounts: (record.Mounts ?? []).map(({ Source = '', Destination = '' }) => ({
            source: Source,
            target: Destination,
          })),
        };
  }

  /** Asks a container to end, and after ten seconds has it ended by force. */
  async stopContainer(id: string, signal: AbortSignal): Promise<void> {
    const path = `/containers/${escapeName(id)}/stop`;
    const request: EngineRequest = { method: 'POST', path, query: { t: String(STOP_GRACE) } };
    const reply = await this.transport.send(request, signal, STOP_GRACE * 1000);
    accept(reply, `stop the container ${id}`);
  }

  /** Removes a container, running or not, with its anonymous volumes; one that is gone is no failure. */
  async removeContainer(id: string, signal: AbortSignal): Promise<void> {
    const path = `/containers/${escapeName(id)}`;
    const query = { force: 'true', v: 'true' };
    const reply = await this.transport.send({ method: 'DELETE', path, query }, signal);
    // 409 where somebody else is at removing it.
    if (!isRefused(reply, 404) && !isRefused(reply, 409)) {
      accept(reply, `remove the container ${id}`);
    }
  }

  /** Removes a container that does not run. @returns whether it is gone, as opposed to in use. */
  async removeStoppedContainer(id: string, signal: AbortSignal): Promise<boolean> {
    const path = `/containers/${escapeName(id)}`;
    const request: EngineRequest = { method: 'DELETE', path, query: { v: 'true' } };
    const reply = await this.transport.send(request, signal);
    if (isRefused(reply, 409)) {
      return false;
    }
    if (!isRefused(reply, 404)) {
      accept(reply, `remove the container ${id}`);
    }
    return true;
  }

  /** The images that have the label, whatever its value. */
  async listImages(
    { label }: { readonly label: string },
    signal: AbortSignal,
  ): Promise<readonly ListedImage[]> {
    const query = { filters: { label: [label] }, 'shared-size': 'true' };
    const records = (await this.read(
      { method: 'GET', path: '/images/json', query },
      'list its images',
      signal,
    )) as readonly ImageRecord[];
    return records.map(({ Id, RepoTags, Labels, Created, Size, SharedSize }) => ({
      id: Id,
      tags: RepoTags ?? [],
      labels: Labels ?? {},
      created: Created,
      size: Size,
      // -1 where the engine did not reckon it.
      sharedSize: Math.max(0, SharedSize ?? 0),
    }));
  }

  /** @returns undefined where the engine has no such image. */
  async inspectImage(reference: string, signal: AbortSignal): Promise<ImageDetails | undefined> {
    const record = (await this.readIfThere(
      { method: 'GET', path: `/images/${escapeName(reference)}/json` },
      `inspect the image ${reference}`,
      signal,
    )) as ImageInspection | undefined;
    return record === undefined
      ? undefined
      : {
          id: record.Id,
          tagged: timeOf(record.Metadata?.LastTagTime),
          labels: record.Config?.Labels ?? {},
          triggers: record.Config?.OnBuild ?? [],
          digests: record.RepoDigests ?? [],
          created: imageTime(record.Created),
          platform: platformOf(record),
        };
  }

  /** Gives an image a further name. @param repository a reference without a tag. */
  async tagImage(
    reference: string,
    repository: string,
    tag: string,
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/images/${escapeName(reference)}/tag`;
    const query = { repo: repository, tag };
    const reply = await this.transport.send({ method: 'POST', path, query }, signal);
    accept(reply, `give the image ${reference} the name ${repository}:${tag}`);
  }

  /** Removes a name of an image, and the image with its last name; one that is gone is no failure. */
  async removeImage(reference: string, signal: AbortSignal): Promise<void> {
    const path = `/images/${escapeName(reference)}`;
    const reply = await this.transport.send({ method: 'DELETE', path }, signal);
    if (isRefused(reply, 409)) {
      throw imageInUse(reference, reply.message);
    }
    if (!isRefused(reply, 404)) {
      accept(reply, `remove the image ${reference}`);
    }
  }

  private async read(
    request: EngineRequest,
    purpose: string,
    signal: AbortSignal,
  ): Promise<unknown> {
    const text = accept(await this.transport.send(request, signal), purpose);
    return parseAnswer(text, purpose);
  }

  private async readIfThere(
    request: EngineRequest,
    purpose: string,
    signal: AbortSignal,
  ): Promise<unknown> {
    const reply = await this.transport.send(request, signal);
    return isRefused(reply, 404) ? undefined : parseAnswer(accept(reply, purpose), purpose);
  }
}

/*
 * What we read of the engine's answers: api/swagger.yaml of moby. Go writes an empty list or map as null.
 */

interface InfoRecord {
  readonly ServerVersion?: string;
  readonly OperatingSystem?: string;
  readonly DriverStatus?: readonly (readonly string[])[] | null;
}

type Labels = Readonly<Record<string, string>> | null;

interface ContainerRecord {
  readonly Id: string;
  readonly Names?: readonly string[] | null;
  readonly State: string;
  readonly ImageID: string;
  readonly Labels?: Labels;
}

interface ContainerInspection {
  readonly Id: string;
  readonly Name: string;
  readonly Created?: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
  };
  /** The id of the image. */
  readonly Image: string;
  readonly Config: { readonly Image: string; readonly User?: string; readonly Labels?: Labels };
  readonly Mounts?: readonly { readonly Source?: string; readonly Destination?: string }[] | null;
}

interface ImageRecord {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Labels?: Labels;
  readonly Created: number;
  readonly Size: number;
  readonly SharedSize?: number;
}

interface ImageInspection {
  readonly Id: string;
  readonly Created?: string;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Variant?: string;
  readonly RepoDigests?: readonly string[] | null;
  readonly Metadata?: { readonly LastTagTime?: string } | null;
  readonly Config?: {
    readonly Labels?: Labels;
    readonly OnBuild?: readonly string[] | null;
  } | null;
}

function isRefused(
  reply: EngineReply,
  status: number,
): reply is EngineReply & { readonly kind: 'refusal' } {
  return reply.kind === 'refusal' && reply.status === status;
}

/** @throws a Problem with the engine's own words where it refused. */
function accept(reply: EngineReply, purpose: string): string {
  if (reply.kind === 'refusal') {
    throw engineRefused(purpose, reply.message);
  }
  return reply.text;
}

/** An engine answers with a JSON list or object; anything else may be a proxy's page. */
function parseAnswer(text: string, purpose: string): object {
  const answer = parseJson(text);
  if (typeof answer !== 'object' || answer === null) {
    throw engineRefused(purpose, 'what answered is no Docker engine');
  }
  return answer;
}

/** @returns undefined for Go's zero time, which means that it never was, and for what is no time. */
function timeOf(text: string | undefined): number | undefined {
  const time = imageTime(text) ?? 0;
  return time > 0 ? time : undefined;
}

function platformOf({ Os, Architecture, Variant }: ImageInspection): Platform | undefined {
  const parts = [Os, Architecture, Variant].filter((part) => part !== undefined && part !== '');
  return parsePlatform(parts.join('/'));
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, '');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
