import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

/** What goes wrong with a request. */
export type Fault =
  /** It is not passed on, but answered so. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
    }
  /** Its connection is cut after so many bytes of its body, or of the answer's where it has none; a shorter one passes. */
  | { readonly kind: 'cut'; readonly after: number }
  /** As `cut`, but nothing more comes, for ever. */
  | { readonly kind: 'hold'; readonly after: number }
  /** The first byte of the answer's body is another one. */
  | { readonly kind: 'alter' };

export interface FaultRule {
  /** What it concerns, as `GET /v2/acme/dev/manifests/latest`. */
  readonly at: RegExp;
  readonly fault: Fault;
  /** How many requests it concerns; all where it is left out. */
  readonly times?: number;
}

export type RequestKind = 'manifest read' | 'manifest write' | 'blob read' | 'blob write' | 'other';

export interface FaultProxy {
  /** `localhost:PORT`. */
  readonly address: string;
  /** What goes wrong from now on; the first rule that fits counts. */
  setFaults(...rules: readonly FaultRule[]): void;
  /** Shifts what the registry says of the time. */
  shiftClock(milliseconds: number): void;
  /** How many requests of a kind came; those that a fault concerned, too. */
  count(kind: RequestKind): number;
  /** The header `Range` of each request for a blob. */
  readonly ranges: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** Stands on loopback before a registry (`host:port`, plain HTTP) and makes go wrong what a test says. */
export async function startFaultProxy(registry: string): Promise<FaultProxy> {
  const [host = '', port = ''] = registry.split(':');
  const counts = new Map<RequestKind, number>();
  const ranges: (string | undefined)[] = [];
  let rules: { at: RegExp; fault: Fault; left: number }[] = [];
  let clockShift = 0;

  const faultOf = (line: string): Fault | undefined => {
    const rule = rules.find(({ at, left }) => left > 0 && at.test(line));
    if (rule !== undefined) {
      rule.left -= 1;
    }
    return rule?.fault;
  };

  const pass = (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    fault: Fault | undefined,
  ): void => {
    const { method, url: path, headers } = incoming;
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in headers;
    const cut = (): void => {
      incoming.socket.destroy();
    };
    const upstream = request({ host, port, method, path, headers }, (answer) => {
      const answerHeaders = { ...answer.headers };
      if (clockShift !== 0) {
        answerHeaders.date = new Date(Date.now() + clockShift).toUTCString();
      }
      outgoing.writeHead(answer.statusCode ?? 500, answerHeaders);
      answer.pipe(hasBody ? passing(undefined, cut) : passing(fault, cut)).pipe(outgoing);
      answer.on('error', cut);
    });
    upstream.on('error', cut);
    incoming.on('error', () => upstream.destroy());
    outgoing.once('close', () => upstream.destroy());
    incoming.pipe(hasBody ? passing(fault, cut) : passing(undefined, cut)).pipe(upstream);
  };

  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method ?? ''} ${incoming.url ?? ''}`;
    const kind = kindOf(line);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (kind === 'blob read' && incoming.method === 'GET') {
      ranges.push(incoming.headers.range);
    }
    const fault = faultOf(line);
    if (fault?.kind === 'answer') {
      incoming.resume();
      outgoing.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    pass(incoming, outgoing, fault);
  });
  // Docker tries TLS first, and must be told that there is none.
  server.on('clientError', (_error, socket) => {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    setFaults: (...given) => {
      rules = given.map(({ at, fault, times = Infinity }) => ({ at, fault, left: times }));
    },
    shiftClock: (milliseconds) => {
      clockShift = milliseconds;
    },
    count: (kind) => counts.get(kind) ?? 0,
    ranges,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function kindOf(line: string): RequestKind {
  const [method = '', path = ''] = line.split(' ');
  const isRead = method === 'GET' || method === 'HEAD';
  if (path.includes('/manifests/')) {
    return isRead ? 'manifest read' : 'manifest write';
  }
  if (path.includes('/blobs/')) {
    return isRead ? 'blob read' : 'blob write';
  }
  return 'other';
}

/** Passes bytes on as a fault says. */
function passing(fault: Fault | undefined, cut: () => void): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const room =
        fault?.kind === 'cut' || fault?.kind === 'hold' ? fault.after - passed : Infinity;
      if (chunk.length > room) {
        this.push(chunk.subarray(0, room));
        passed += room;
        if (fault?.kind === 'cut') {
          // What was passed on is to arrive before the end.
          setTimeout(cut, 50);
        }
        return;
      }
      if (fault?.kind === 'alter' && passed === 0) {
        chunk = Buffer.from([(chunk[0] ?? 0) ^ 1, ...chunk.subarray(1)]);
      }
      passed += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      // No body at all is held or cut as well.
      if (fault?.kind === 'cut' && fault.after === passed) {
        cut();
      } else if (fault?.kind !== 'hold' || fault.after !== passed) {
        done();
      }
    },
  });
}
