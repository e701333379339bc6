import type { Log } from '../../core/log';
import type { Platform } from '../../core/platform';
import type {
  Registry,
  RegistryAnswer,
  RegistryImage,
  RegistryStore,
  TaggedImages,
} from '../../core/ports';
import { Problem } from '../../core/problem';
import { registryAnswerInvalid, unexpected } from '../../core/problems';
import type { ImageReference, Repository } from '../../core/reference';
import type { Environment } from '../docker/dockerConfig';
import { authenticate, forbidden, unauthorized } from './authenticate';
import type { Authorization, RegistryRight } from './authenticate';
import { silenceProblem } from './connectionProblem';
import { findCredentials, loginCommand } from './credentials';
import {
  digestOfBytes,
  isDigest,
  manifestFor,
  parseImageConfig,
  parseManifest,
  verifyDigest,
} from './manifest';
import { Patience } from './patience';
import { refusalText, statusProblem } from './refusal';
import { RegistryClient } from './registryClient';
import type { RegistryRequest, RegistryResponse } from './registryClient';
import { listTags, readDigests, readImages, removeManifest } from './registryStore';
import type { RepositoryClient } from './registryStore';
import { registryUrl } from './registryUrl';

export interface RegistryOptions {
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly log: Log;
  /** Hosts (`name[:port]`) that may be asked without verified TLS, as Docker's setting of that name. */
  readonly insecureRegistries: readonly string[];
  /** How long a registry and its token server may take over one question, in milliseconds. */
  readonly timeout?: number;
}

const DEFAULT_TIMEOUT = 5000;

/** A registry that does not find a type here may answer 404 for a tag that exists. */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Looks tags up by the OCI distribution protocol, with the logins that Docker keeps. */
export function createRegistry(options: RegistryOptions): Registry & RegistryStore {
  return new RegistryLookup(options);
}

class RegistryLookup implements Registry, RegistryStore {
  private readonly client: RegistryClient;
  /** Authorizations that were accepted, by repository and access, with the time until which they are good. */
  private readonly accepted = new Map<
    string,
    { readonly header: string; readonly until: number }
  >();

  constructor(private readonly options: RegistryOptions) {
    this.client = new RegistryClient(options);
  }

  find(reference: ImageReference, signal: AbortSignal): Promise<RegistryAnswer> {
    return this.answer(() => this.ask(reference, signal), signal);
  }

  inspect(
    reference: ImageReference,
    platform: Platform,
    signal: AbortSignal,
  ): Promise<RegistryAnswer<RegistryImage>> {
    return this.answer(() => this.read(reference, platform, signal), signal);
  }

  async tag(
    image: Repository & { readonly digest: string },
    tag: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { host, repository, digest } = image;
    const reference = { host, repository, tag, digest };
    const send = this.sender(reference, signal);
    const found = await send({ method: 'GET', url: registryUrl(reference, 'manifests', digest) });
    if (!this.isThere(reference, found)) {
      throw registryAnswerInvalid(host, `it has no ${digest.slice(0, 19)}…`);
    }
    const { body, headers } = found.response;
    verifyDigest(body, digest, host);
    const put = await send({
      method: 'PUT',
      url: registryUrl(reference, 'manifests', tag),
      headers: { 'content-type': headers['content-type'] ?? '' },
      body,
    });
    if (put.response.status !== 201) {
      this.isThere(reference, put);
      throw statusProblem(host, put.response, loginCommand(host), []);
    }
  }

  tags(repository: Repository, signal: AbortSignal): Promise<readonly string[]> {
    return listTags(repository, this.clientFor(repository, signal));
  }

  digests(reference: ImageReference, signal: AbortSignal): Promise<readonly string[]> {
    return readDigests(reference, this.clientFor(reference, signal));
  }

  images(reference: ImageReference, signal: AbortSignal): Promise<TaggedImages | undefined> {
    return readImages(reference, this.clientFor(reference, signal));
  }

  remove(manifest: ImageReference, signal: AbortSignal): Promise<void> {
    return removeManifest(manifest, this.clientFor(manifest, signal));
  }

  /** One whose questions have their time each. */
  private clientFor(repository: Repository, signal: AbortSignal): RepositoryClient {
    return {
      get: async (url) => {
        const answer = await this.sender(repository, signal)({ method: 'GET', url });
        return this.isThere(repository, answer) ? answer.response : undefined;
      },
      delete: async (url) => {
        const answer = await this.sender(repository, signal)({ method: 'DELETE', url });
        if ([401, 403].includes(answer.response.status)) {
          this.isThere(repository, answer);
        }
        return answer.response;
      },
    };
  }

  private async answer<T>(
    work: () => Promise<RegistryAnswer<T>>,
    signal: AbortSignal,
  ): Promise<RegistryAnswer<T>> {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const problem = error instanceof Problem ? error : unexpected(error);
      this.options.log.debug(`${problem.message} ${problem.reason ?? ''}`);
      return { state: 'unreachable', problem };
    }
  }

  private async ask(reference: ImageReference, signal: AbortSignal): Promise<RegistryAnswer> {
    const url = registryUrl(reference, 'manifests', reference.digest ?? reference.tag ?? 'latest');
    const send = this.sender(reference, signal);

    const head = await send({ method: 'HEAD', url });
    const digest = digestOf(head.response);
    if (head.response.status === 200 && digest !== undefined) {
      return { state: 'found', digest };
    }
    // Some registries know no HEAD of a manifest, or leave the digest out.
    const answer = [200, 405, 501].includes(head.response.status)
      ? await send({ method: 'GET', url })
      : head;
    return this.isThere(reference, answer)
      ? { state: 'found', digest: digestOf(answer.response) ?? digestOfBytes(answer.response.body) }
      : { state: 'absent' };
  }

  /** Reads a manifest, of an index the one for a platform, and the image's configuration. */
  private async read(
    reference: ImageReference,
    platform: Platform,
    signal: AbortSignal,
  ): Promise<RegistryAnswer<RegistryImage>> {
    const { host } = reference;
    const send = this.sender(reference, signal);
    const get = async (kind: 'manifests' | 'blobs', name: string): Promise<Buffer | undefined> => {
      const answer = await send({ method: 'GET', url: registryUrl(reference, kind, name) });
      if (!this.isThere(reference, answer)) {
        return undefined;
      }
      if (isDigest(name)) {
        verifyDigest(answer.response.body, name, host);
      }
      return answer.response.body;
    };
    const top = await get('manifests', reference.digest ?? reference.tag ?? 'latest');
    if (top === undefined) {
      return { state: 'absent' };
    }
    let manifest = parseManifest(top, host);
    if (manifest.kind === 'index') {
      const digest = manifestFor(platform, manifest);
      const below = digest === undefined ? undefined : await get('manifests', digest);
      if (below === undefined) {
        return { state: 'absent' };
      }
      manifest = parseManifest(below, host);
    }
    const config = manifest.kind === 'image' ? await get('blobs', manifest.config) : undefined;
    return config === undefined
      ? { state: 'absent' }
      : { state: 'found', digest: digestOfBytes(top), ...parseImageConfig(config, host) };
  }

  /** @throws Problem where the answer is neither that something is there nor that it is not. */
  private isThere(reference: Repository, { response, origin }: AuthorizedResponse): boolean {
    const { host, repository } = reference;
    switch (response.status) {
      case 200:
        return true;
      case 404:
        return false;
      case 401:
        throw unauthorized(reference, `${origin}; ${refusalText(host, response, [])}`);
      case 403:
        throw forbidden(reference, `${origin}; ${refusalText(host, response, [])}`);
      default:
        this.options.log.debug(`${host}/${repository}: status ${response.status}`);
        throw statusProblem(host, response, loginCommand(host), []);
    }
  }

  /** Sends requests that belong to one question, and so share its time. */
  private sender(reference: Repository, signal: AbortSignal): Send {
    const patience = new Patience(this.options.timeout ?? DEFAULT_TIMEOUT);
    return (question) => this.authorized(reference, question, patience, signal);
  }

  /** Sends a request, and where it is answered with 401 a second time with what that asks for. */
  private async authorized(
    reference: Repository,
    question: RegistryQuestion,
    patience: Patience,
    signal: AbortSignal,
  ): Promise<AuthorizedResponse> {
    const timeout = this.options.timeout ?? DEFAULT_TIMEOUT;
    const within = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
      patience.spend(work, () => silenceProblem(question.url.host, timeout), signal);
    const send = (authorization: string | undefined): Promise<RegistryResponse> =>
      within((bounded) =>
        this.client.send(
          {
            ...question,
            headers: {
              accept: MANIFEST_TYPES,
              ...question.headers,
              ...(authorization !== undefined && { authorization }),
            },
          },
          bounded,
        ),
      );

    // A token to read neither writes nor removes.
    const right = RIGHTS[question.method];
    const name = `${reference.host}/${reference.repository} ${right}`;
    const first = await send(this.acceptedFor(name));
    if (first.status !== 401) {
      return { response: first, origin: 'no login was asked for' };
    }
    this.accepted.delete(name);
    const answer = await findCredentials(reference.host, this.options, signal);
    const authorization = await within((bounded) =>
      authenticate(first, { ...reference, right }, answer, this.client, bounded),
    );
    const response = await send(authorization.header);
    if (response.status !== 401) {
      this.remember(name, authorization);
    }
    return { response, origin: answer.origin };
  }

  private acceptedFor(name: string): string | undefined {
    const known = this.accepted.get(name);
    return known !== undefined && performance.now() < known.until ? known.header : undefined;
  }

  private remember(name: string, { header, lifetime }: Authorization): void {
    // Not to the last moment, and not for long: a person may log in as somebody else.
    const kept = Math.min(lifetime, 60_000) * 0.8;
    this.accepted.set(name, { header, until: performance.now() + kept });
  }
}

/** A request less what every request has. */
type RegistryQuestion = Omit<RegistryRequest, 'headers'> &
  Partial<Pick<RegistryRequest, 'headers'>>;

const RIGHTS: Readonly<Record<RegistryRequest['method'], RegistryRight>> = {
  GET: 'pull',
  HEAD: 'pull',
  POST: 'pull',
  PUT: 'push',
  DELETE: 'delete',
};

type Send = (question: RegistryQuestion) => Promise<AuthorizedResponse>;

interface AuthorizedResponse {
  readonly response: RegistryResponse;
  /** Which login was sent, or why none was. */
  readonly origin: string;
}

function digestOf({ headers }: RegistryResponse): string | undefined {
  const value = headers['docker-content-digest'];
  return typeof value === 'string' && isDigest(value) ? value : undefined;
}
