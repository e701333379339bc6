import { spawn } from 'node:child_process';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';
import type { Environment } from './dockerConfig';
import type { Endpoint, EndpointAddress } from './endpoint';

/** Its types leave out that its transport takes an agent. */
type DockerodeOptions = Dockerode.DockerOptions & { readonly agent: HttpAgent };

/**
 * How dockerode connects to an endpoint. Every setting is given, were it as `undefined`: dockerode fills
 * what is left out from `DOCKER_HOST`, which another address may have overruled.
 */
export function dockerodeOptions(
  { address }: Endpoint,
  environment: Environment,
): DockerodeOptions {
  const unset = {
    socketPath: undefined,
    host: undefined,
    port: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  switch (address.kind) {
    case 'unix':
    case 'npipe':
      return { ...unset, socketPath: address.path, protocol: 'http', agent: new HttpAgent() };
    case 'tcp':
      return {
        ...unset,
        host: address.host.includes(':') ? `[${address.host}]` : address.host,
        port: address.port,
        protocol: address.tls === undefined ? 'http' : 'https',
        agent: tcpAgent(address),
      };
    case 'ssh':
      return { ...unset, host: 'ssh', protocol: 'http', agent: new SshAgent(address, environment) };
  }
}

function tcpAgent({ tls }: EndpointAddress & { kind: 'tcp' }): HttpAgent {
  return tls === undefined
    ? new HttpAgent()
    : new HttpsAgent({
        rejectUnauthorized: tls.verify === 'always',
        ...(tls.ca !== undefined && { ca: tls.ca }),
        ...(tls.cert !== undefined && { cert: tls.cert }),
        ...(tls.key !== undefined && { key: tls.key }),
      });
}

/**
 * Connects as the docker command does, by the `ssh` program: a person's ~/.ssh/config and known hosts
 * count, which dockerode's own SSH client does not read. `run` is for commands that end; this one is a
 * connection for as long as the request lives.
 */
class SshAgent extends HttpAgent {
  constructor(
    private readonly address: EndpointAddress & { kind: 'ssh' },
    private readonly environment: Environment,
  ) {
    super();
  }

  override createConnection(): Duplex {
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
