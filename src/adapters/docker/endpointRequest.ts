import { Agent, request } from 'node:http';
import type { ClientRequest, RequestOptions } from 'node:http';
import { Duplex } from 'node:stream';
import { WITHOUT_TLS_NAME } from '../withoutTlsName';
import type { Environment } from './dockerConfig';
import type { Endpoint, EndpointAddress } from './endpoint';

/** What is sent, wherever it goes. */
export type EndpointRequest = Required<
  Pick<RequestOptions, 'method' | 'path' | 'headers' | 'signal'>
>;

/**
 * Begins a request to an engine, on a connection of its own. What listens to it must be attached at once; no
 * body is sent. TLS is loaded where it is spoken, as that takes longer than a request.
 */
export async function beginRequest(
  { address }: Endpoint,
  sent: EndpointRequest,
  environment: Environment,
): Promise<ClientRequest> {
  switch (address.kind) {
    case 'unix':
    case 'npipe':
      return request({ ...sent, ...WITHOUT_TLS_NAME, socketPath: address.path, agent: false });
    case 'tcp': {
      const { host, port, tls } = address;
      if (tls === undefined) {
        return request({ ...sent, host, port, agent: false });
      }
      const https = await import('node:https');
      return https.request({
        ...sent,
        host,
        port,
        agent: false,
        rejectUnauthorized: tls.verify === 'always',
        ...(tls.ca !== undefined && { ca: tls.ca }),
        ...(tls.cert !== undefined && { cert: tls.cert }),
        ...(tls.key !== undefined && { key: tls.key }),
      });
    }
    case 'ssh': {
      const agent = new SshAgent(address, environment, await loadPrograms());
      return request({ ...sent, host: 'ssh', agent });
    }
  }
}

/** What connects by a program, loaded when used. */
async function loadPrograms() {
  const [{ spawn }, { createInterface }] = await Promise.all([
    import('node:child_process'),
    import('node:readline'),
  ]);
  return { spawn, createInterface };
}

/**
 * Connects as the docker command does, by the `ssh` program: a person's ~/.ssh/config and known hosts
 * count. `run` is for commands that end; this one is a
 * connection for as long as the request lives.
 */
class SshAgent extends Agent {
  constructor(
    private readonly address: EndpointAddress & { kind: 'ssh' },
    private readonly environment: Environment,
    private readonly programs: Awaited<ReturnType<typeof loadPrograms>>,
  ) {
    super();
  }

  override createConnection(): Duplex {
    const { spawn, createInterface } = this.programs;
    const child = spawn('ssh', sshArguments(this.address), {
      env: { ...process.env, ...this.environment },
      stdio: 'pipe',
      windowsHide: true,
    });
    const connection = new Duplex({
      read: () => {
        child.stdout.resume();
      },
      // A pipe that broke is told by the end of the program, which also knows why.
      write: (chunk, _, done) => {
        child.stdin.write(chunk, () => {
          done();
        });
      },
      final: (done) => {
        child.stdin.end(() => {
          done();
        });
      },
      destroy: (error, done) => {
        child.kill();
        done(error);
      },
    });
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (chunk: Buffer) => {
      if (!connection.push(chunk)) {
        child.stdout.pause();
      }
    });
    let lastLine = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLine = line;
    });
    child.on('error', (error) => connection.destroy(error));
    child.on('close', (code) => {
      if (code === 0) {
        connection.push(null);
      } else {
        const why = lastLine === '' ? `it exited with code ${code ?? 'none'}` : lastLine;
        connection.destroy(new Error(`ssh: ${why}`));
      }
    });
    return connection;
  }
}

/** docker/cli, cli/connhelper/ssh/ssh.go; BatchMode, as nobody can answer a question of ssh here. */
function sshArguments({ user, host, port, path }: EndpointAddress & { kind: 'ssh' }): string[] {
  return [
    ...['-o', 'ConnectTimeout=30', '-o', 'BatchMode=yes', '-T'],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...['--', host, 'docker'],
    ...(path === undefined ? [] : ['--host', `unix://${path}`]),
    ...['system', 'dial-stdio'],
  ];
}
