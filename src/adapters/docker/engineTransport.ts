import type { IncomingMessage } from 'node:http';
import type { Log } from '../../core/log';
import { Problem } from '../../core/problem';
import { dockerMissing, engineDown, engineSilent } from '../../core/problems';
import { run } from '../process/run';
import { TimeBound } from '../timeBound';
import { isRecord, textOf } from './dockerConfig';
import type { Environment } from './dockerConfig';
import type { Endpoint } from './endpoint';
import { beginRequest } from './endpointRequest';
import { engineProblem } from './engineProblem';

export interface EngineTransportOptions {
  /** Where the engine is; asked before every request, so that `docker context use` counts at once. */
  readonly findEndpoint: () => Endpoint;
  readonly environment: Environment;
  readonly log: Log;
  /** How long the engine may take to answer a ping, in milliseconds. */
  readonly pingTimeout?: number;
  /** How long the engine may take to answer anything else, in milliseconds. */
  readonly timeout?: number;
  /** How long a followed request may be silent until the engine is asked whether it lives. */
  readonly silence?: number;
}

/** One request to the engine's API. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** What is no text goes as JSON. */
  readonly query?: Readonly<Record<string, string | object>>;
  /** Goes as `X-Registry-Auth`; never logged. */
  readonly authentication?: object | undefined;
}

/** What the engine says; that it says nothing is thrown as a Problem. */
export type EngineReply =
  | { readonly kind: 'answer'; readonly text: string }
  /** In its own words. */
  | { readonly kind: 'refusal'; readonly status: number; readonly message: string };

/** One line of an answer that comes line by line. */
export type EngineEvent = Readonly<Record<string, unknown>>;

const PING_TIMEOUT = 5000;
const TIMEOUT = 60_000;
const SILENCE = 30_000;

const PING: EngineRequest = { method: 'GET', path: '/_ping' };

/** Requests to a Docker engine, each of which can be aborted and ends where its connection breaks. */
export class EngineTransport {
  private readonly timeout: number;

  constructor(private readonly options: EngineTransportOptions) {
    this.timeout = options.timeout ?? TIMEOUT;
  }

  /** @throws the Problem that says why where no engine answers. */
  async ping(signal: AbortSignal): Promise<void> {
    const endpoint = this.options.findEndpoint();
    const { pingTimeout = PING_TIMEOUT } = this.options;
    try {
      const reply = await this.sendTo(endpoint, PING, pingTimeout, signal);
      if (reply.kind === 'refusal') {
        throw engineDown(endpoint.text, endpoint.setBy, reply.message);
      }
    } catch (error) {
      const down = error instanceof Problem && error.code === 'engine-down';
      const local = ['unix', 'npipe'].includes(endpoint.address.kind);
      if (down && local && !(await this.hasDockerCommand(signal))) {
        throw dockerMissing();
      }
      throw error;
    }
  }

  /** Sends a request and reads its whole answer. @param patience added to the time that it may take. */
  send(request: EngineRequest, signal: AbortSignal, patience = 0): Promise<EngineReply> {
    return this.sendTo(this.options.findEndpoint(), request, this.timeout + patience, signal);
  }

  /**
   * Sends a request whose answer comes line by line for as long as the engine works on it. That may be
   * silent, as while a large layer is unpacked; the engine is then pinged, so that its death ends the wait.
   * @returns the refusal where it came in place of events.
   */
  async follow(
    request: EngineRequest,
    onEvent: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<EngineReply> {
    const endpoint = this.options.findEndpoint();
    const death = new AbortController();
    const bound = AbortSignal.any([signal, death.signal]);
    const stop = this.watchSilence(endpoint, death, bound);
    try {
      const response = await this.dial(endpoint, request, bound);
      if (isRefusal(response)) {
        return await readReply(response);
      }
      for await (const line of linesOf(response)) {
        stop.heard();
        const event = parseJson(line);
        if (isRecord(event)) {
          onEvent(event);
        }
      }
      return { kind: 'answer', text: '' };
    } catch (error) {
      bound.throwIfAborted();
      throw error instanceof Problem ? error : engineProblem(error, endpoint);
    } finally {
      stop.end();
    }
  }

  private async sendTo(
    endpoint: Endpoint,
    request: EngineRequest,
    timeout: number,
    signal: AbortSignal,
  ): Promise<EngineReply> {
    signal.throwIfAborted();
    const bound = new TimeBound(timeout, signal);
    try {
      const reply = await readReply(await this.dial(endpoint, request, bound.signal));
      this.options.log.trace(`engine: ${request.method} ${request.path}: ${reply.kind}`);
      return reply;
    } catch (error) {
      signal.throwIfAborted();
      throw bound.isOver
        ? engineSilent(endpoint.text, timeout / 1000)
        : engineProblem(error, endpoint);
    } finally {
      bound.end();
    }
  }

  /** Sends a request. @returns its answer as soon as it begins, whatever its status. */
  private async dial(
    endpoint: Endpoint,
    { method, path, query = {}, authentication }: EngineRequest,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const sent = await beginRequest(
      endpoint,
      {
        method,
        path: Object.keys(query).length > 0 ? `${path}?${queryText(query)}` : path,
        headers: authentication === undefined ? {} : { 'X-Registry-Auth': encode(authentication) },
        signal,
      },
      this.options.environment,
    );
    return new Promise((resolve, reject) => {
      sent.once('response', resolve);
      // Stays for what comes after the answer's head, too: an error without a listener would be thrown.
      sent.on('error', reject);
      // A request that waits for its connection reports its end only with the connection.
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      sent.end();
    });
  }

  private watchSilence(
    endpoint: Endpoint,
    death: AbortController,
    signal: AbortSignal,
  ): { heard(): void; end(): void } {
    let silent = true;
    const timer = setInterval(() => {
      if (silent) {
        this.sendTo(endpoint, PING, this.timeout, signal).catch((error: unknown) => {
          death.abort(error);
        });
      }
      silent = true;
    }, this.options.silence ?? SILENCE);
    return {
      heard: () => {
        silent = false;
      },
      end: () => {
        clearInterval(timer);
      },
    };
  }

  private async hasDockerCommand(signal: AbortSignal): Promise<boolean> {
    const { environment, log } = this.options;
    const ending = await run({ file: 'docker', args: ['--version'], environment }, { signal, log });
    signal.throwIfAborted();
    return !(ending.status === 'failed' && ending.reason === 'missing');
  }
}

function queryText(query: NonNullable<EngineRequest['query']>): string {
  const entries = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(entries).toString();
}

/** Base64 for addresses, padded: moby, api/types/registry/authconfig.go. */
function encode(authentication: object): string {
  const text = Buffer.from(JSON.stringify(authentication)).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/** A name as a part of a path; the engine takes the slashes of an image's name as they are. */
export function escapeName(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

/** @returns undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRefusal({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 400;
}

/** Not by node:readline, which waits for ever where its stream breaks off. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

async function readReply(response: IncomingMessage): Promise<EngineReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (!isRefusal(response)) {
    return { kind: 'answer', text };
  }
  const body = parseJson(text);
  const message = isRecord(body) ? textOf(body['message']) : undefined;
  const status = response.statusCode ?? 0;
  return { kind: 'refusal', status, message: message ?? `it answered with status ${status}` };
}
