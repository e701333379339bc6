import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import path from 'node:path';
import { aptDistribution, installPackages } from './apt';
import { run } from './command';
import { endProcess, isRunning, readPidFile, startDaemon, untilAnswers } from './daemon';
import { freePort } from './freePort';
import { ensurePart, machineFolder, withMachineLock } from './parts';

/** VS Code 1.139.1, and the Node that it asks for. */
const CODE_SERVER = 'code-server@4.139.1';
const NODE_VERSION = '24.21.0';

/** Raised by hand when the steps below change. */
const LAYOUT = 1;

const CHROMIUM = '/usr/bin/chromium';

export interface VscodeParts {
  readonly nodeProgram: string;
  /** What the node program runs: the server, and its command line. */
  readonly entry: string;
  readonly chromium: string;
}

/** VS Code as a server and a browser for it, fetched first where they are missing. */
export async function ensureVscodeServer(log: (line: string) => void): Promise<VscodeParts> {
  if (!existsSync(CHROMIUM)) {
    await withMachineLock('chromium', async () => installChromium(log));
  }
  const nodePackage = `node-linux-${process.arch}`;
  const recipe = `${CODE_SERVER} ${nodePackage}@${NODE_VERSION} layout ${LAYOUT}`;
  const folder = await ensurePart('vscode', recipe, async (making) => {
    log('Installing VS Code as a server from npm (about 90 s, once) …');
    return installCodeServer(making, nodePackage);
  });
  return {
    nodeProgram: path.join(folder, 'node_modules', nodePackage, 'bin/node'),
    entry: path.join(folder, 'node_modules/code-server/out/node/entry.js'),
    chromium: CHROMIUM,
  };
}

async function installChromium(log: (line: string) => void): Promise<void> {
  if (existsSync(CHROMIUM)) {
    return;
  }
  if (aptDistribution()?.id !== 'debian') {
    throw new Error(
      `The workbench is tested in ${CHROMIUM}, which is missing and can be installed only as root ` +
        'on Debian. Install Chromium there, or run the tests in a desktop VS Code.',
    );
  }
  log('Installing Chromium …');
  await installPackages(['chromium', 'fonts-dejavu-core']);
}

async function installCodeServer(
  folder: string,
  nodePackage: string,
): Promise<Readonly<Record<string, string>>> {
  const node = path.join(folder, 'node_modules', nodePackage);
  const withItsNode = {
    ...npmEnvironment(),
    PATH: [path.join(node, 'bin'), process.env['PATH'] ?? ''].join(path.delimiter),
    npm_config_nodedir: node,
  };
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  // The packages' own scripts want another Node and more than this machine may fetch.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const packages = [CODE_SERVER, `${nodePackage}@${NODE_VERSION}`];
  await run('npm', ['install', ...quiet, '--engine-strict=false', ...packages], {
    cwd: folder,
    environment: npmEnvironment(),
  });
  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
  const options = { cwd: vscode, environment: withItsNode };
  await run('npm', ['install', ...quiet, '--omit=dev'], options);
  // Without them everything works, but output channels stay empty and the log is full of one error.
  const natives = ['@vscode/spdlog', '@vscode/native-watchdog'];
  const rebuildNatives = async () => run('npm', ['rebuild', ...natives], options);
  try {
    await rebuildNatives();
  } catch (error) {
    if (aptDistribution() === undefined || existsSync('/usr/bin/g++')) {
      throw error;
    }
    await installPackages(['g++', 'make', 'python3']);
    await rebuildNatives();
  }
  const logger = path.join(vscode, 'node_modules/@vscode/spdlog/build/Release/spdlog.node');
  if (!existsSync(logger)) {
    throw new Error('npm rebuilt @vscode/spdlog, but left no spdlog.node.');
  }
  return { 'code-server': CODE_SERVER, [nodePackage]: NODE_VERSION };
}

/** Without what an npm that runs this tells its scripts, such as the folder of its package. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD)/i.test(name),
  );
  return Object.fromEntries(inherited);
}

export interface VscodeServerOptions {
  /** Both are temporary unless told, and removed at the end. */
  readonly userDataDir?: string;
  readonly extensionsDir?: string;
  /** User settings, over those that keep a fresh VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For the server and its extension host, over this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly extraArguments?: readonly string[];
}

export interface VscodeServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly userDataDir: string;
  readonly logFile: string;
  /** Installs a packaged extension; a window that is open already has it after a reload. */
  installExtension(vsix: string): Promise<void>;
  stop(): Promise<void>;
}

const QUIET_SETTINGS = {
  'workbench.editor.useModal': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  // Lets a test read a terminal's text from the page.
  'terminal.integrated.gpuAcceleration': 'off',
};

/** Starts VS Code as a server on a free port, and waits until it answers. */
export async function startVscodeServer(
  parts: VscodeParts,
  options: VscodeServerOptions = {},
): Promise<VscodeServer> {
  mkdirSync(machineFolder('vscode'), { recursive: true });
  removeLeftovers(parts);
  const home = mkdtempSync(machineFolder('vscode', `server-${process.pid}-`));
  const userDataDir = options.userDataDir ?? path.join(home, 'user-data');
  const extensionsDir = options.extensionsDir ?? path.join(home, 'extensions');
  const logFile = path.join(home, 'server.log');
  writeSettings(userDataDir, options.settings ?? {});
  mkdirSync(extensionsDir, { recursive: true });
  const port = await freePort();
  const folders = ['--user-data-dir', userDataDir, '--extensions-dir', extensionsDir];
  // Its own settings file would be written into the person's home.
  const common = ['--config', path.join(home, 'code-server.yaml'), ...folders];
  const environment = serverEnvironment(options.environment ?? {});
  const network = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`];
  const quiet = ['--disable-telemetry', '--disable-update-check'];
  const extra = options.extraArguments ?? [];
  const pid = startDaemon({
    file: parts.nodeProgram,
    args: [parts.entry, ...common, ...network, ...quiet, ...extra],
    environment,
    logFile,
  });
  writeFileSync(path.join(home, PID_FILE), String(pid));
  const endWithThisProcess = () => {
    endGroup(pid);
  };
  process.on('exit', endWithThisProcess);
  const stop = async () => {
    process.off('exit', endWithThisProcess);
    await endProcess(pid, parts.entry, 5_000);
    endGroup(pid);
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const url = `http://127.0.0.1:${port}`;
  const awaited = { what: 'VS Code', pid, mark: parts.entry, logFile, patienceMs: 60_000 };
  try {
    await untilAnswers(awaited, async () => isHealthy(`${url}/healthz`));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    userDataDir,
    logFile,
    installExtension: async (vsix) => {
      const install = [...common, '--force', '--install-extension', vsix];
      await run(parts.nodeProgram, [parts.entry, ...install], { environment });
    },
    stop,
  };
}

const PID_FILE = 'server.pid';

/** Ends the servers that a killed process left running, and removes their folders. */
function removeLeftovers({ entry }: VscodeParts): void {
  for (const name of readdirSync(machineFolder('vscode'))) {
    const owner = /^server-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner), '')) {
      const home = machineFolder('vscode', name);
      const pid = readPidFile(path.join(home, PID_FILE), entry);
      if (pid !== undefined) {
        endGroup(pid);
      }
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }
}

/** Settings that the folder has already, as of a test that wrote its own, win over the quiet ones. */
function writeSettings(userDataDir: string, settings: Readonly<Record<string, unknown>>): void {
  const file = path.join(userDataDir, 'User/settings.json');
  mkdirSync(path.dirname(file), { recursive: true });
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  const all = { ...QUIET_SETTINGS, ...before, ...settings };
  writeFileSync(file, JSON.stringify(all, undefined, 2));
}

/** Without what a VS Code that these tests are started from tells the processes in its terminals. */
function serverEnvironment(over: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|PORT$)/.test(name),
  );
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...over };
}

/** Ends what is left of the server's process group, as its extension hosts and what they started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // None is left.
  }
}

async function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => {
      resolve(false);
    });
  });
}
