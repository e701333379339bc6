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
 * A program: runs test/extension inside the extension host of a real VS Code: the one that TEST_VSCODE names (an
 * executable of the desktop), else VS Code as a server in a browser.
 * @returns the exit code.
 */
async function runExtensionTests(): Promise<number> {
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
      build: { dockerfile: 'Dockerfile', args: { BASE: process.env['TEST_BUSYBOX'] } },
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
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void runExtensionTests().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
