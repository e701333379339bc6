import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { machine } from './docker';

/** A registry before the real one, which keeps back what it is told to. */
export interface HeldRegistry {
  readonly address: string;
  /** Resolves once another request is kept back. */
  nextHeld(): Promise<void>;
  /** Drops what is kept back, and lets everything pass from now on. */
  release(): void;
  close(): void;
}

/** @param pattern of `METHOD /path` of the requests to keep back. */
export async function startHeldRegistry(pattern: RegExp): Promise<HeldRegistry> {
  const [host = '', port = ''] = machine('TEST_REGISTRY').split(':');
  let isHolding = true;
  const waiting: (() => void)[] = [];
  const server = createServer((incoming, outgoing) => {
    if (isHolding && pattern.test(`${incoming.method ?? ''} ${incoming.url ?? ''}`)) {
      waiting.splice(0).forEach((seen) => {
        seen();
      });
      return;
    }
    const { method, url: path, headers } = incoming;
    const forwarded = request({ host, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.once('error', () => {
      outgoing.destroy();
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    nextHeld: () => new Promise((resolve) => waiting.push(resolve)),
    release: () => {
      isHolding = false;
      server.closeAllConnections();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
