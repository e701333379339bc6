import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Log } from '../../../../src/core/log';

/** A request that a server got. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly port: number;
  /** `localhost:PORT`, which Docker takes for insecure. */
  readonly host: string;
  /** `0.0.0.0:PORT`: reaches the same server, but is none of Docker's names for this machine. */
  readonly strictHost: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Closed after each test by `closeAll`. */
const open: (() => Promise<void> | void)[] = [];

/** Ends every server and removes every folder that a test made; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) {
    await close();
  }
}

type Answer = (
  request: SeenRequest,
  respond: (status: number, headers?: Record<string, string>, body?: string | Buffer) => void,
) => void;

/** Serves on a free port, in plain HTTP or, with a certificate, in TLS. */
export async function serve(answer: Answer, certificate?: Certificate): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const got = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(got);
      answer(got, (status, answerHeaders = {}, body = '') => {
        response.writeHead(status, answerHeaders).end(body);
      });
    });
  };
  const server: Server =
    certificate === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ cert: certificate.cert, key: certificate.key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  open.push(close);
  return { ...addressOf(server.address()), seen, close };
}

/** Serves raw bytes: what is no HTTP, or nothing at all. */
export async function serveRaw(
  onConnection: (socket: Socket) => void,
): Promise<Pick<TestServer, 'port' | 'host' | 'strictHost'>> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return addressOf(server.address());
}

/** A proxy that leads to whatever it is asked for, or refuses with a status. @returns what it was asked for. */
export async function serveProxy(
  refusal?: number,
): Promise<{ readonly port: number; readonly asked: readonly IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createHttpServer().on('connect', (request, client: Socket) => {
    asked.push(request);
    sockets.add(client);
    client.on('error', () => undefined);
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    sockets.add(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: addressOf(server.address()).port, asked };
}

function addressOf(address: AddressInfo | string | null): {
  port: number;
  host: string;
  strictHost: string;
} {
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { port, host: `localhost:${port}`, strictHost: `0.0.0.0:${port}` };
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = await serve(() => undefined);
  await server.close();
  return server.port;
}

/** An empty folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'prebuild-test-'));
  open.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate that signs itself. @param name such as `IP:0.0.0.0`. */
export function makeCertificate(
  name: string,
  validity: 'valid' | 'expired' = 'valid',
): Certificate {
  const folder = temporaryFolder();
  const openssl = (...args: readonly string[]): string =>
    execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${name}`];
  openssl('req', '-x509', ...key, '-keyout', 'key.pem', '-out', 'cert.pem', ...subject);
  const days = validity === 'valid' ? '30' : '-1';
  return {
    cert: openssl('x509', '-in', 'cert.pem', '-days', days, '-signkey', 'key.pem'),
    key: openssl('pkey', '-in', 'key.pem'),
  };
}

/** Writes a shell script that can be run by its name with the folder in PATH. */
export function writeExecutable(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, name), 0o755);
}

export interface RecordingLog extends Log {
  readonly lines: readonly string[];
}

/** A log that keeps its lines. */
export function recordingLog(): RecordingLog {
  const lines: string[] = [];
  const keep = (message: string): void => {
    lines.push(message);
  };
  return { lines, trace: keep, debug: keep, info: keep, warn: keep, error: keep };
}
