/**
 * Stands in for a desktop VS Code where @vscode/test-electron starts one: takes the same arguments, runs
 * the same suite in the extension host of VS Code as a server, and ends with the suite's exit code.
 * Start it by vscodeHostLaunch.ts.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser';
import { ensureVscodeServer, startVscodeServer } from './vscodeServer';

/** Longer than any suite takes: it only keeps a suite that never ends from holding up the rest. */
const PATIENCE_MS = 30 * 60_000;

interface HostArguments {
  readonly extensionDevelopmentPath: string;
  readonly testModule: string;
  readonly folder: string | undefined;
  readonly userDataDir: string | undefined;
  readonly extensionsDir: string | undefined;
  readonly trustsWorkspaces: boolean;
}

function parseHostArguments(args: readonly string[]): HostArguments {
  // Strict parsing would refuse the many flags of the desktop that mean nothing here.
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
      'extensions-dir': { type: 'string' },
      'disable-workspace-trust': { type: 'boolean' },
    },
  });
  const text = (value: unknown) => (typeof value === 'string' ? path.resolve(value) : undefined);
  const development = values.extensionDevelopmentPath;
  const [only, ...others] = Array.isArray(development) ? development : [];
  const extensionDevelopmentPath = text(only);
  const tests = text(values.extensionTestsPath);
  if (extensionDevelopmentPath === undefined || tests === undefined || others.length > 0) {
    throw new Error(
      'Say one --extensionDevelopmentPath=… and one --extensionTestsPath=…; ' +
        'other extensions are installed from packages into --extensions-dir=….',
    );
  }
  return {
    extensionDevelopmentPath,
    testModule: resolveModule(tests),
    folder: text(positionals[0]),
    userDataDir: text(values['user-data-dir']),
    extensionsDir: text(values['extensions-dir']),
    trustsWorkspaces: values['disable-workspace-trust'] === true,
  };
}

/** The desktop finds the file of a module as `require` does; the server wants the file. */
function resolveModule(name: string): string {
  const candidates = [name, `${name}.js`, path.join(name, 'index.js')];
  return candidates.find((file) => existsSync(file) && path.extname(file) !== '') ?? name;
}

async function runSuite(given: HostArguments): Promise<number> {
  const parts = await ensureVscodeServer(console.log);
  const server = await startVscodeServer(parts, {
    ...(given.userDataDir !== undefined && { userDataDir: given.userDataDir }),
    ...(given.extensionsDir !== undefined && { extensionsDir: given.extensionsDir }),
    extraArguments: [
      // Without it the tests never start, and nothing says why.
      ...['--vscode-option', 'enable-smoke-test-driver'],
      ...(given.trustsWorkspaces ? ['--disable-workspace-trust'] : []),
    ],
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  try {
    const browser = await launchBrowser(parts);
    try {
      const page = await browser.newPage();
      const exitCode = new Promise<number>((resolve, reject) => {
        const giveUp = (why: string) => {
          reject(new Error(`${why} The log of VS Code is ${server.logFile}.`));
        };
        const timer = setTimeout(giveUp, PATIENCE_MS, 'The suite did not end within 30 minutes.');
        page.on('crash', () => {
          giveUp('The page of the workbench crashed.');
        });
        void page.exposeFunction('codeAutomationLog', printLog);
        void page.exposeFunction('codeAutomationExit', (code: number) => {
          clearTimeout(timer);
          resolve(code);
        });
      });
      await page.goto(workbenchAddress(server.url, given));
      return await exitCode;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

function workbenchAddress(url: string, given: HostArguments): string {
  const address = new URL(url);
  const remote = (file: string) => `vscode-remote://${address.host}${encodeURI(file)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(given.extensionDevelopmentPath)],
    ['extensionTestsPath', remote(given.testModule)],
  ];
  if (given.folder === undefined) {
    address.searchParams.set('ew', 'true');
  } else {
    const kind = given.folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
    address.searchParams.set(kind, given.folder);
  }
  address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}

/** What the extension host prints, as `console` methods and their arguments. */
function printLog(type: string, args: readonly unknown[]): void {
  const [first, ...rest] = args;
  // Where a line came from is told by a style argument that only a browser's console understands.
  const isStyled = typeof first === 'string' && first.startsWith('%c');
  const shown = isStyled ? [first.replaceAll('%c', ''), ...rest.slice(1)] : args;
  if (type === 'error' || type === 'warn') {
    console.error(...shown);
  } else {
    console.log(...shown);
  }
}

runSuite(parseHostArguments(process.argv.slice(2))).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
