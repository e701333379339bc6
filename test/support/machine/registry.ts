import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aptDistribution } from './apt';
import { run, tryRun } from './command';
import { endProcess, isRunning, readPidFile, startDaemon, untilAnswers } from './daemon';
import type { TestEngine } from './engine';
import { ensureEngineParts } from './engineParts';
import { freePort } from './freePort';
import { machineFolder, withMachineLock } from './parts';

export interface TestRegistry {
  /** `localhost:PORT`, as it stands before a repository's name. */
  readonly address: string;
  /** Ends the registry where this call started it, and removes temporary storage. */
  stop(): Promise<void>;
}

export interface RegistryOptions {
  readonly port?: number;
  /** Asks for basic authentication. */
  readonly htpasswd?: { readonly user: string; readonly password: keyof typeof HASHES };
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** `shared` outlives the registry and holds the base images; `temporary` (unless told) begins empty. */
  readonly storage?: 'shared' | 'temporary';
  /** Serves on the localhost of an engine that has a network of its own. */
  readonly insideNetworkOf?: TestEngine;
}

/** The passwords that a registry may ask for, with their hashes by bcrypt. */
const HASHES = {
  secret: '$2y$05$Q0XuTn1bq3vS8mEwLz7kdecFrjW.beAT7D4ofBKfsE1LR4zsrONFO',
  // One that stands in no other text.
  'right-Zq7!hunter2': '$2b$05$abcdefghijklmnopqrstuuuL3NoCvjsr5qZ.8b4rIWJ22TR7Gv35a',
} as const;

/** The port of the shared registry, which the examples name. */
export const SHARED_REGISTRY_PORT = 5000;

const folder = (...inside: readonly string[]) => machineFolder('registry', ...inside);

/** Where the shared registry keeps all but its storage; one inside another network has its own. */
const sharedHome = (engine: TestEngine | undefined) => folder(`shared${engine?.pid ?? ''}`);

const inHome = {
  settings: (home: string) => path.join(home, 'config.yml'),
  pidFile: (home: string) => path.join(home, 'registry.pid'),
  portFile: (home: string) => path.join(home, 'port'),
  logFile: (home: string) => path.join(home, 'registry.log'),
  passwords: (home: string) => path.join(home, 'htpasswd'),
};

const pidOf = (home: string) => readPidFile(inHome.pidFile(home), inHome.settings(home));

/**
 * Starts a registry on the loopback device and waits until it answers. The shared one without
 * authentication or TLS is the machine's own: one that runs already is used again, whatever its port.
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  if (aptDistribution() === undefined) {
    return startRegistryByEngine(options);
  }
  const isMachinesOwn =
    options.storage === 'shared' && options.htpasswd === undefined && options.tls === undefined;
  if (!isMachinesOwn) {
    removeLeftovers();
    started += 1;
    return startOne(options, folder(`run-${process.pid}-${started}`));
  }
  return withMachineLock('registry', async () => {
    const home = sharedHome(options.insideNetworkOf);
    const runningPort = sharedRegistryPort(home);
    if (runningPort !== undefined && (options.port ?? runningPort) === runningPort) {
      return { address: `localhost:${runningPort}`, stop: () => Promise.resolve() };
    }
    return startOne(options, home);
  });
}

/** Ends the shared registry, whoever started it. */
export async function stopSharedRegistry(): Promise<void> {
  await stopOne(sharedHome(undefined));
}

/** The port of the shared registry where it runs. */
export function sharedRegistryPort(home = sharedHome(undefined)): number | undefined {
  return pidOf(home) === undefined
    ? undefined
    : Number.parseInt(readFileSync(inHome.portFile(home), 'utf8'), 10);
}

let started = 0;

async function startOne(options: RegistryOptions, home: string): Promise<TestRegistry> {
  const { registryProgram, busyboxProgram } = await ensureEngineParts(() => undefined);
  const { tls, insideNetworkOf } = options;
  const wished = options.port ?? (options.storage === 'shared' ? SHARED_REGISTRY_PORT : 0);
  const port =
    insideNetworkOf === undefined ? await freePort(wished, options.port !== undefined) : wished;
  mkdirSync(home, { recursive: true });
  writeSettings(options, home, port);
  const enter = insideNetwork(insideNetworkOf);
  const serve = [...enter, registryProgram, 'serve', inHome.settings(home)];
  const [file = registryProgram, ...args] = serve;
  const logFile = inHome.logFile(home);
  const pid = startDaemon({ file, args, environment: process.env, logFile });
  writeFileSync(inHome.portFile(home), String(port));
  writeFileSync(inHome.pidFile(home), String(pid));
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/v2/`;
  const fetchInside = [...enter, busyboxProgram, 'wget', '-q', '-O-', url];
  const answers = async () =>
    insideNetworkOf === undefined ? responds(url) : succeeds(fetchInside);
  const mark = inHome.settings(home);
  const awaited = { what: 'The registry', pid, mark, logFile, patienceMs: 20_000 };
  try {
    await untilAnswers(awaited, answers);
  } catch (error) {
    await stopOne(home);
    throw error;
  }
  return { address: `localhost:${port}`, stop: async () => stopOne(home) };
}

async function stopOne(home: string): Promise<void> {
  const pid = pidOf(home);
  if (pid !== undefined) {
    await endProcess(pid, inHome.settings(home));
  }
  rmSync(home, { recursive: true, force: true });
}

function writeSettings(options: RegistryOptions, home: string, port: number): void {
  const { htpasswd, tls } = options;
  const storage = options.storage === 'shared' ? folder('storage') : path.join(home, 'storage');
  mkdirSync(storage, { recursive: true });
  if (htpasswd !== undefined) {
    writeFileSync(inHome.passwords(home), `${htpasswd.user}:${HASHES[htpasswd.password]}\n`);
  }
  const settings = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: {
      addr: `127.0.0.1:${port}`,
      // Fixed so that registries sharing a storage can take over each other's uploads.
      secret: 'devcontainer-prebuild-tests',
      ...(tls !== undefined && { tls: { certificate: tls.certFile, key: tls.keyFile } }),
    },
    ...(htpasswd !== undefined && {
      auth: { htpasswd: { realm: 'tests', path: inHome.passwords(home) } },
    }),
  };
  // JSON is YAML, and needs no writer of its own.
  writeFileSync(inHome.settings(home), JSON.stringify(settings));
}

function insideNetwork(engine: TestEngine | undefined): readonly string[] {
  return engine?.pid === undefined ? [] : ['nsenter', '--target', String(engine.pid), '--net'];
}

async function succeeds([file = '', ...args]: readonly string[]): Promise<boolean> {
  return (await tryRun(file, args)) !== undefined;
}

/** Any response will do: one that asks for credentials is the registry's as well. */
async function responds(url: string): Promise<boolean> {
  const get = url.startsWith('https:') ? httpsGet : httpGet;
  return new Promise((resolve) => {
    const request = get(url, { rejectUnauthorized: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve(false);
    });
  });
}

/** Ends the registries that a killed process left running, and removes their folders. */
function removeLeftovers(): void {
  const names = existsSync(folder()) ? readdirSync(folder()) : [];
  for (const name of names) {
    const owner = /^run-(\d+)-\d+$/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner), '')) {
      const pid = pidOf(folder(name));
      if (pid !== undefined) {
        process.kill(pid);
      }
      rmSync(folder(name), { recursive: true, force: true });
    }
  }
}

/**
 * On a machine that brings its own engine but no Debian packages. Its container's name tells it from
 * the owner's; not covered by a test of ours, because no image can be pulled where those run.
 */
async function startRegistryByEngine(options: RegistryOptions): Promise<TestRegistry> {
  const { htpasswd, tls } = options;
  const shared = options.storage === 'shared';
  const port = await freePort(options.port ?? (shared ? SHARED_REGISTRY_PORT : 0));
  started += 1;
  const name = `devcontainer-prebuild-registry-${process.pid}-${started}`;
  const home = folder(name);
  mkdirSync(home, { recursive: true });
  const settings = ['REGISTRY_STORAGE_DELETE_ENABLED=true'];
  const volumes = shared ? ['devcontainer-prebuild-registry:/var/lib/registry'] : [];
  if (htpasswd !== undefined) {
    writeFileSync(path.join(home, 'htpasswd'), `${htpasswd.user}:${HASHES[htpasswd.password]}\n`);
    volumes.push(`${path.join(home, 'htpasswd')}:/htpasswd:ro`);
    settings.push('REGISTRY_AUTH_HTPASSWD_REALM=tests', 'REGISTRY_AUTH_HTPASSWD_PATH=/htpasswd');
  }
  if (tls !== undefined) {
    volumes.push(`${tls.certFile}:/tls.crt:ro`, `${tls.keyFile}:/tls.key:ro`);
    settings.push('REGISTRY_HTTP_TLS_CERTIFICATE=/tls.crt', 'REGISTRY_HTTP_TLS_KEY=/tls.key');
  }
  const publish = ['--publish', `127.0.0.1:${port}:5000`];
  const given = [
    ...settings.flatMap((setting) => ['--env', setting]),
    ...volumes.flatMap((volume) => ['--volume', volume]),
  ];
  await run('docker', [
    'run',
    '--detach',
    '--rm',
    '--name',
    name,
    ...publish,
    ...given,
    'registry:2',
  ]);
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/v2/`;
  const stop = async () => {
    await tryRun('docker', ['rm', '--force', '--volumes', name]);
    rmSync(home, { recursive: true, force: true });
  };
  const deadline = Date.now() + 20_000;
  while (!(await responds(url))) {
    if (Date.now() > deadline) {
      await stop();
      throw new Error('The registry that Docker runs did not answer. Try `docker run registry:2`.');
    }
    await sleep(100);
  }
  return { address: `localhost:${port}`, stop };
}
