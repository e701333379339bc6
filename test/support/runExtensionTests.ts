import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { writeFiles } from './temporaryFolder';
import { vscodeHostLaunch } from './machine/vscodeHostLaunch';

const ROOT = resolve(__dirname, '../..');
const OUT = join(ROOT, 'out', 'extension');

/**
 * Runs test/extension inside the extension host of a real VS Code: the one that TEST_VSCODE names (an
 * executable of the desktop), else VS Code as a server in a browser.
 * @returns the exit code.
 */
export async function runExtensionTests(environment: NodeJS.ProcessEnv): Promise<number> {
  await build({
    entryPoints: [join(ROOT, 'test/extension/index.ts')],
    outdir: OUT,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const folder = mkdtempSync(join(tmpdir(), 'prebuild-extension-'));
  writeFiles(folder, {
    '.devcontainer/devcontainer.json': JSON.stringify({
      build: { dockerfile: 'Dockerfile', args: { BASE: environment['TEST_BUSYBOX'] } },
    }),
    '.devcontainer/Dockerfile': 'ARG BASE\nFROM ${BASE}\nRUN echo built > /built\n',
  });
  const desktop = process.env['TEST_VSCODE'];
  const args = [folder, '--disable-workspace-trust'];
  try {
    return await runTests({
      ...(desktop === undefined
        ? vscodeHostLaunch(args)
        : { vscodeExecutablePath: desktop, launchArgs: args }),
      extensionDevelopmentPath: ROOT,
      extensionTestsPath: join(OUT, 'index.js'),
      extensionTestsEnv: environment,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
