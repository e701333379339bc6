import { request as requestHttp } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { PeerCertificate } from 'node:tls';
import type { Log } from '../../core/log';
import { Problem } from '../../core/problem';
import { registryAnswerInvalid, registryProxyFailed } from '../../core/problems';
import type { Environment } from '../docker/dockerConfig';
import { dockerAuthorities } from './authorities';
import {
  connectionProblem,
  isNoConnection,
  isNoHttp,
  isNoTls,
  isUntrusted,
} from './connectionProblem';
import { WITHOUT_TLS_NAME } from '../withoutTlsName';
import { hostOf, proxyFor } from './proxy';
import { tlsDemand } from './tlsDemand';
import type { TlsDemand } from './tlsDemand';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** `https:`; a host that may do without TLS is asked by `http:` where it speaks no TLS. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface RegistryResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RegistryClientOptions {
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly log: Log;
  readonly insecureRegistries: readonly string[];
}

/** One way to connect to an origin. */
type Way = 'verified' | 'verified-as-docker' | 'unverified' | 'plain';

/** The ways to meet each demand, in the order in which they are tried. */
const WAYS: Readonly<Record<TlsDemand, readonly Way[]>> = {
  required: ['verified', 'verified-as-docker'],
  preferred: ['plain', 'verified', 'verified-as-docker'],
  unverified: ['unverified', 'plain'],
};

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;
/** No manifest may be larger: distribution, registry/storage/manifeststore.go. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Sends single requests to registries and their token servers; every failure is a Problem. */
export class RegistryClient {
  /** The way that an origin answered before, so that the others need not be tried again. */
  private readonly knownWays = new Map<string, Way>();

  constructor(private readonly options: RegistryClientOptions) {}

  /** Whether the host (`name[:port]`) may be asked by plain HTTP. */
  allowsPlainHttp(host: string): boolean {
    return tlsDemand(host, this.options.insecureRegistries) !== 'required';
  }

  /**
   * Sends a request and reads the whole answer, whatever its status. Redirects of a GET or HEAD are
   * followed, but `Authorization` never goes to another origin, nor from TLS to plain HTTP.
   */
  async send(request: RegistryRequest, signal: AbortSignal): Promise<RegistryResponse> {
    let { url, headers } = request;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const response = await this.sendOnce({ ...request, url, headers }, signal);
      const location = response.headers.location;
      if (!REDIRECTS.has(response.status) || location === undefined || !isRead(request)) {
        return response;
      }
      const from = this.knownWays.get(url.origin) === 'plain' ? plainUrl(url) : url;
      url = this.redirectTarget(from, location);
      if (url.origin !== from.origin) {
        headers = withoutAuthorization(headers);
      }
    }
    throw registryAnswerInvalid(request.url.host, `more than ${MOST_REDIRECTS} redirects`);
  }

  private redirectTarget(from: URL, location: string): URL {
    const target = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
    if (target === undefined || !['http:', 'https:'].includes(target.protocol)) {
      throw registryAnswerInvalid(from.host, 'it redirects to what is no web address');
    }
    if (
      target.protocol === 'http:' &&
      from.protocol === 'https:' &&
      !this.allowsPlainHttp(target.host)
    ) {
      throw registryAnswerInvalid(from.host, `it redirects to plain HTTP at ${target.host}`);
    }
    return target;
  }

  private async sendOnce(request: RegistryRequest, signal: AbortSignal): Promise<RegistryResponse> {
    const { url } = request;
    let ways = this.waysTo(url);
    let plainFailure: unknown;
    let plainAnswer: RegistryResponse | undefined;
    for (;;) {
      const [way, ...others] = ways;
      if (way === undefined) {
        throw new Error('no way was tried');
      }
      try {
        const response = await this.exchange(request, way, signal);
        // What servers that speak TLS say to a request that does not: Go's net/http, nginx, Apache.
        if (way === 'plain' && others.length > 0 && response.status === 400) {
          plainAnswer = response;
          ways = others;
          continue;
        }
        this.knownWays.set(url.origin, way);
        return response;
      } catch (error) {
        signal.throwIfAborted();
        this.knownWays.delete(url.origin);
        if (error instanceof Problem) {
          throw error;
        }
        ways = others.filter((other) => mayHelp(other, way, error));
        if (plainAnswer !== undefined && isNoTls(error)) {
          this.knownWays.set(url.origin, 'plain');
          return plainAnswer;
        }
        if (ways.length === 0) {
          // What speaks neither is no registry, rather than one without TLS.
          throw plainFailure !== undefined && isNoTls(error)
            ? connectionProblem(plainFailure, url.host, 'http:')
            : connectionProblem(error, url.host, way === 'plain' ? 'http:' : 'https:');
        }
        if (way === 'plain') {
          plainFailure = error;
        }
        this.options.log.debug(`${url.host} answers no ${way} request; trying ${ways.join(', ')}`);
      }
    }
  }

  private waysTo(url: URL): readonly Way[] {
    const known = this.knownWays.get(url.origin);
    if (known !== undefined) {
      return [known];
    }
    if (url.protocol === 'http:') {
      return ['plain'];
    }
    return WAYS[tlsDemand(url.host, this.options.insecureRegistries)];
  }

  private async exchange(
    request: RegistryRequest,
    way: Way,
    signal: AbortSignal,
    localhost: Localhost = 'as IPv4',
  ): Promise<RegistryResponse> {
    const began = performance.now();
    const { environment, homeFolder } = this.options;
    const authorities =
      way === 'verified-as-docker'
        ? await dockerAuthorities(request.url.host, environment, homeFolder)
        : [];
    signal.throwIfAborted();
    const proxy = way === 'plain' ? undefined : proxyFor(request.url, environment);
    const sent =
      way === 'plain'
        ? beginPlain(request, localhost, signal)
        : open(request, way, { tls: await loadTls(), authorities, proxy, signal });
    let refusal: number | undefined;
    sent.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      refusal = statusCode === 200 ? undefined : statusCode;
    });
    sent.end(request.body);
    let response: IncomingMessage;
    try {
      response = await answerTo(sent, signal);
      if (proxy !== undefined && refusal !== undefined) {
        response.destroy();
        throw registryProxyFailed(request.url.host, proxy.host, `it answered with ${refusal}`);
      }
    } catch (error) {
      if (proxy !== undefined && isNoConnection(error)) {
        throw registryProxyFailed(request.url.host, proxy.host, 'it cannot be reached itself');
      }
      if (sent.reusedSocket && !signal.aborted) {
        // The server closed the kept connection just then; a pool gives each such one only once.
        return this.exchange(request, way, signal);
      }
      if (way === 'plain' && localhost === 'as IPv4' && isNoConnection(error)) {
        signal.throwIfAborted();
        return this.exchange(request, way, signal, 'by name');
      }
      throw error;
    }
    const body = await readBounded(response, request.url.host);
    const status = response.statusCode ?? 0;
    // Without its query, in which others than registries may carry tokens.
    const { origin, pathname } = way === 'plain' ? plainUrl(request.url) : request.url;
    const took = Math.round(performance.now() - began);
    this.options.log.debug(`${request.method} ${origin}${pathname}: ${status} in ${took} ms`);
    return { status, headers: response.headers, body };
  }
}

/**
 * How `localhost` is connected to: nearly always that is 127.0.0.1. By its name, Node first has to see that it
 * is no IPv6 address, by an expression that takes longer to compile than the request takes.
 */
type Localhost = 'as IPv4' | 'by name';

function beginPlain(
  request: RegistryRequest,
  localhost: Localhost,
  signal: AbortSignal,
): ClientRequest {
  const url = plainUrl(request.url);
  const { method, headers } = optionsOf(request, signal);
  return requestHttp(url, {
    method,
    signal,
    headers: { host: url.host, ...headers },
    ...WITHOUT_TLS_NAME,
    ...(url.hostname === 'localhost' && localhost === 'as IPv4' && { hostname: '127.0.0.1' }),
  });
}

/** What only TLS needs, which takes as long to load as a small key to compute. */
async function loadTls() {
  const [{ request }, { checkServerIdentity, rootCertificates }, { HttpsProxyAgent }] =
    await Promise.all([import('node:https'), import('node:tls'), import('https-proxy-agent')]);
  return { request, checkServerIdentity, rootCertificates, HttpsProxyAgent };
}

interface Connection {
  readonly tls: Awaited<ReturnType<typeof loadTls>>;
  readonly authorities: readonly string[];
  readonly proxy: URL | undefined;
  readonly signal: AbortSignal;
}

/** Begins a request over TLS; what listens to it must be attached at once. */
function open(
  request: RegistryRequest,
  way: Exclude<Way, 'plain'>,
  { tls, authorities, proxy, signal }: Connection,
): ClientRequest {
  const { url } = request;
  const options = {
    ...optionsOf(request, signal),
    ...(proxy !== undefined && {
      agent: new tls.HttpsProxyAgent(proxy),
      // Behind a proxy Node.js does not know a host that is a number, and would take it for this machine.
      checkServerIdentity: (_: string, certificate: PeerCertificate) =>
        tls.checkServerIdentity(hostOf(url), certificate),
    }),
  };
  switch (way) {
    case 'verified':
      return tls.request(url, options);
    case 'verified-as-docker':
      return tls.request(url, { ...options, ca: [...tls.rootCertificates, ...authorities] });
    case 'unverified':
      return tls.request(url, { ...options, rejectUnauthorized: false });
  }
}

function isRead({ method }: RegistryRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function optionsOf(request: RegistryRequest, signal: AbortSignal) {
  return { method: request.method, headers: headersOf(request), signal };
}

/** Whether another way can succeed where one failed so. */
function mayHelp(next: Way, failed: Way, error: unknown): boolean {
  if (failed === 'plain') {
    return isNoHttp(error);
  }
  return next === 'plain' ? isNoTls(error) : isUntrusted(error);
}

/** The same address by plain HTTP; the port that a URL leaves out is each protocol's own. */
function plainUrl(url: URL): URL {
  return new URL(url.href.replace(/^https:/, 'http:'));
}

function answerTo(request: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays for what comes after the answer's head, too: an error without a listener would be thrown.
    request.on('error', reject);
    request.once('close', () => {
      reject(new Error('the connection was closed without an answer'));
    });
    // A request that waits for its connection reports its end only with the connection.
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

async function readBounded(response: IncomingMessage, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) {
      // Leaving the loop destroys the stream, and with it the connection.
      throw registryAnswerInvalid(host, 'its answer is larger than any manifest may be');
    }
  }
  return Buffer.concat(chunks);
}

function headersOf({ headers, body }: RegistryRequest): Record<string, string> {
  return {
    'user-agent': 'devcontainer-prebuild',
    ...headers,
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
  };
}

function withoutAuthorization(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}
