import { createServer } from 'node:net';

/** A free port on the loopback device: the wished one where it is free, else any unless it must be. */
export async function freePort(wished = 0, mustBe = false): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error) => {
      if (mustBe || wished === 0) {
        reject(new Error(`Port ${wished} is taken. Name another one. (${error.message})`));
      } else {
        resolve(freePort());
      }
    });
    server.listen(wished, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : wished);
      });
    });
  });
}
