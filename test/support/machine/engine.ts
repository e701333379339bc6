import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { run, tryRun } from './command';
import {
  endProcess,
  isRunning,
  readPidFile,
  removeStalePidFile,
  startDaemon,
  untilAnswers,
} from './daemon';
import { ensureEngineParts } from './engineParts';
import type { EngineParts } from './engineParts';
import { machineFolder, machineHash, withMachineLock } from './parts';

export interface TestEngine {
  readonly dockerHost: string;
  /** `found` is the engine of the machine itself, which the tests share with its owner. */
  readonly origin: 'found' | 'unpacked';
  /** For every process that is to use this engine: PATH with its docker first, DOCKER_HOST, … */
  readonly environment: NodeJS.ProcessEnv;
  readonly features: {
    /** Without it BuildKit refuses to export a cache (on the driver `docker`). */
    readonly containerdStore: boolean;
  };
  /** The daemon's process, of an unpacked engine only. */
  readonly pid?: number;
  /** Ends the engine where this call started it, and leaves one alone that ran before. */
  stop(): Promise<void>;
}

/** Where one unpacked engine keeps its things. */
interface EngineHome {
  readonly name: string;
  readonly folder: string;
  /** For sockets, whose paths must be short, and for what a restart of the machine may clear away. */
  readonly runFolder: string;
  readonly containerdStore: boolean;
  /** Whether it lives in a network namespace of its own, cut off from the network. */
  readonly isolated: boolean;
}

const inHome = {
  settings: ({ folder }: EngineHome) => path.join(folder, 'daemon.json'),
  pidFile: ({ folder }: EngineHome) => path.join(folder, 'dockerd.pid'),
  logFile: ({ folder }: EngineHome) => path.join(folder, 'dockerd.log'),
  clientSettings: ({ folder }: EngineHome) => path.join(folder, 'docker-config'),
  socket: ({ runFolder }: EngineHome) => path.join(runFolder, 'docker.sock'),
  execRoot: ({ runFolder }: EngineHome) => path.join(runFolder, 'exec'),
  containerdPidFile: (home: EngineHome) =>
    path.join(inHome.execRoot(home), 'containerd/containerd.pid'),
};

function engineHome(name: string, kind: Pick<EngineHome, 'containerdStore' | 'isolated'>) {
  const runFolder = path.join('/run', `devcontainer-prebuild-${machineHash()}`, name);
  return { name, folder: machineFolder(name), runFolder, ...kind };
}

const mainHome = () => engineHome('engine', { containerdStore: true, isolated: false });
const storelessHome = () => engineHome('engine2', { containerdStore: false, isolated: true });

/**
 * The engine to test with: ours where it runs already, else the one that answers `docker info`, else
 * one unpacked and started privately.
 * @throws an Error that says how to get Docker where there is none and none can be unpacked.
 */
export async function findOrStartEngine(log: (line: string) => void): Promise<TestEngine> {
  return (await runningEngine()) ?? (await startEngine(mainHome(), log));
}

/** The engine that findOrStartEngine would find, undefined where it would have to start one. */
export async function runningEngine(): Promise<TestEngine | undefined> {
  const home = mainHome();
  if (readPidFile(inHome.pidFile(home), inHome.settings(home)) !== undefined) {
    return startEngine(home, () => undefined);
  }
  return findEngine(process.env);
}

/**
 * A second engine that keeps images the old way, for `Cache export is not supported`. It has a network
 * namespace of its own, where a second engine would delete the first one's bridge: nothing outside can
 * be reached from it, except a registry started with `insideNetworkOf` this engine.
 */
export async function startEngineWithoutContainerdStore(
  log: (line: string) => void,
): Promise<TestEngine> {
  return startEngine(storelessHome(), log);
}

/** Ends the unpacked engines, whoever started them. */
export async function stopEngines(): Promise<void> {
  await stopEngine(mainHome());
  await stopEngine(storelessHome());
}

interface EngineInfo {
  readonly DriverStatus?: readonly (readonly string[])[];
  /** Present, with exit code 0 in some versions, where the daemon does not answer. */
  readonly ServerErrors?: readonly string[];
}

async function engineInfo(environment: NodeJS.ProcessEnv): Promise<EngineInfo | undefined> {
  const output = await tryRun('docker', ['info', '--format', '{{json .}}'], { environment });
  if (output === undefined) {
    return undefined;
  }
  const info = JSON.parse(output) as EngineInfo;
  return (info.ServerErrors ?? []).length === 0 ? info : undefined;
}

function hasContainerdStore({ DriverStatus = [] }: EngineInfo): boolean {
  return DriverStatus.some((pair) => pair.includes('io.containerd.snapshotter.v1'));
}

async function findEngine(environment: NodeJS.ProcessEnv): Promise<TestEngine | undefined> {
  const info = await engineInfo(environment);
  if (info === undefined) {
    return undefined;
  }
  const format = ['--format', '{{.Endpoints.docker.Host}}'];
  const context = await tryRun('docker', ['context', 'inspect', ...format], { environment });
  const dockerHost = environment['DOCKER_HOST'] ?? context?.trim() ?? 'unix:///var/run/docker.sock';
  return {
    dockerHost,
    origin: 'found',
    environment: { ...environment, DOCKER_HOST: dockerHost },
    features: { containerdStore: hasContainerdStore(info) },
    stop: () => Promise.resolve(),
  };
}

async function startEngine(home: EngineHome, log: (line: string) => void): Promise<TestEngine> {
  const parts = await ensureEngineParts(log);
  return withMachineLock(home.name, async () => {
    const environment = clientEnvironment(home, parts);
    const mark = inHome.settings(home);
    let pid = readPidFile(inHome.pidFile(home), mark);
    const ranBefore = pid !== undefined;
    if (pid === undefined) {
      if (!home.isolated) {
        refuseBesideAnother();
      }
      log(`Starting the Docker engine (log: ${inHome.logFile(home)}) …`);
      prepareHome(home, parts);
      pid = startDaemon(daemonCommand(home, parts));
    }
    const awaited = { what: 'The Docker engine', pid, mark, logFile: inHome.logFile(home) };
    let info: EngineInfo | undefined;
    try {
      await untilAnswers({ ...awaited, patienceMs: 60_000 }, async () => {
        info = await engineInfo(environment);
        return info !== undefined;
      });
    } catch (error) {
      await stopEngine(home);
      throw error;
    }
    if (home.isolated && !ranBefore) {
      await bringUpLoopback(pid, parts);
    }
    return {
      dockerHost: `unix://${inHome.socket(home)}`,
      origin: 'unpacked',
      environment,
      features: { containerdStore: info !== undefined && hasContainerdStore(info) },
      pid,
      stop: async () => {
        if (!ranBefore) {
          await withMachineLock(home.name, async () => stopEngine(home));
        }
      },
    };
  });
}

/** A second engine in a network namespace takes the first one's bridge and rules away. */
function refuseBesideAnother(): void {
  const ownNetwork = readlinkSync('/proc/self/ns/net');
  const other = readdirSync('/proc').find((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'dockerd' &&
        readlinkSync(`/proc/${pid}/ns/net`) === ownNetwork
      );
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
  if (other !== undefined) {
    throw new Error(
      `Another Docker engine runs here (process ${other}), and a second one would break its network. ` +
        'Set DOCKER_HOST so that `docker info` answers from it, or end it, and try again.',
    );
  }
}

function daemonCommand(home: EngineHome, { daemonPath }: EngineParts) {
  const dockerd = path.join(daemonPath, 'dockerd');
  const daemonArgs = ['--config-file', inHome.settings(home)];
  return {
    // unshare becomes dockerd, so that its process id stays the daemon's.
    file: home.isolated ? 'unshare' : dockerd,
    args: home.isolated ? ['--net', '--mount', dockerd, ...daemonArgs] : daemonArgs,
    environment: { ...process.env, PATH: joinPath(daemonPath, process.env['PATH'] ?? '') },
    logFile: inHome.logFile(home),
  };
}

function clientEnvironment(home: EngineHome, { clientPath }: EngineParts): NodeJS.ProcessEnv {
  const pathBefore = (process.env['PATH'] ?? '').split(path.delimiter);
  return {
    ...process.env,
    // It would win over DOCKER_HOST.
    DOCKER_CONTEXT: undefined,
    PATH: joinPath(clientPath, ...pathBefore.filter((folder) => folder !== clientPath)),
    DOCKER_HOST: `unix://${inHome.socket(home)}`,
    DOCKER_CONFIG: inHome.clientSettings(home),
  };
}

const joinPath = (...folders: readonly string[]) => folders.join(path.delimiter);

/** Lays out the daemon's and the client's settings, and clears what a killed engine left. */
function prepareHome(home: EngineHome, parts: EngineParts): void {
  mkdirSync(home.folder, { recursive: true });
  mkdirSync(home.runFolder, { recursive: true });
  removeStalePidFile(inHome.pidFile(home), inHome.settings(home));
  // A containerd that outlived its dockerd is taken over by the next one; another's number must not be.
  removeStalePidFile(inHome.containerdPidFile(home), inHome.execRoot(home));
  const mtu = defaultRouteMtu();
  const settings = {
    hosts: [`unix://${inHome.socket(home)}`],
    'data-root': path.join(home.folder, 'data'),
    'exec-root': inHome.execRoot(home),
    pidfile: inHome.pidFile(home),
    features: { 'containerd-snapshotter': home.containerdStore },
    'init-path': parts.initProgram,
    'userland-proxy-path': parts.proxyProgram,
    // Packets larger than what the way out carries are lost without a word.
    ...(mtu !== undefined && {
      mtu,
      'default-network-opts': { bridge: { 'com.docker.network.driver.mtu': String(mtu) } },
    }),
  };
  writeFileSync(inHome.settings(home), JSON.stringify(settings, undefined, 2));
  const plugins = path.join(inHome.clientSettings(home), 'cli-plugins');
  rmSync(plugins, { recursive: true, force: true });
  mkdirSync(plugins, { recursive: true });
  for (const plugin of parts.plugins) {
    symlinkSync(plugin, path.join(plugins, path.basename(plugin)));
  }
}

function defaultRouteMtu(): number | undefined {
  const routes = readFileSync('/proc/net/route', 'utf8').split('\n').slice(1);
  const defaultRoute = routes
    .map((line) => line.split('\t'))
    .find((fields) => fields[1] === '00000000');
  const file = `/sys/class/net/${defaultRoute?.[0] ?? ''}/mtu`;
  return defaultRoute !== undefined && existsSync(file)
    ? Number.parseInt(readFileSync(file, 'utf8'), 10)
    : undefined;
}

/** A new network namespace's loopback device is down, and with it every port on localhost. */
async function bringUpLoopback(pid: number, { busyboxProgram }: EngineParts): Promise<void> {
  const setUp = [busyboxProgram, 'ip', 'link', 'set', 'lo', 'up'];
  await run('nsenter', ['--target', String(pid), '--net', ...setUp]);
}

async function stopEngine(home: EngineHome): Promise<void> {
  const pid = readPidFile(inHome.pidFile(home), inHome.settings(home));
  if (pid !== undefined) {
    await endProcess(pid, inHome.settings(home), 30_000);
  }
  const containerd = readPidFile(inHome.containerdPidFile(home), inHome.execRoot(home));
  if (containerd !== undefined) {
    await endProcess(containerd, inHome.execRoot(home));
  }
  endShims(inHome.execRoot(home));
  rmSync(inHome.pidFile(home), { force: true });
  await unmountBelow(home.runFolder);
  await unmountBelow(home.folder);
  rmSync(home.runFolder, { recursive: true, force: true });
}

/** A daemon that was killed, and never started again, leaves its containers running. */
function endShims(execRoot: string): void {
  const pids = existsSync('/proc') ? readdirSync('/proc').map(Number) : [];
  for (const shim of pids.filter((pid) => isRunning(pid, `${execRoot}/`))) {
    try {
      const children = readFileSync(`/proc/${shim}/task/${shim}/children`, 'utf8').trim();
      for (const pid of [...children.split(' ').map(Number), shim].filter((each) => each > 0)) {
        process.kill(pid, 'SIGKILL');
      }
    } catch {
      // It ended meanwhile.
    }
  }
}

/** dockerd leaves its network namespace mounted, and a killed one also its containers' file systems. */
async function unmountBelow(folder: string): Promise<void> {
  if (!existsSync('/proc/self/mounts')) {
    return;
  }
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const points = mounts.map((line) => line.split(' ')[1] ?? '');
  for (const point of points.filter((each) => each.startsWith(`${folder}/`)).reverse()) {
    await tryRun('umount', ['--lazy', point]);
  }
}
