import path from 'node:path';

/**
 * What @vscode/test-electron's runTests takes to run a suite in VS Code as a server instead of a
 * desktop: that starts an executable without a shell, and vscodeHost.ts is one only by Node and tsx.
 */
export function vscodeHostLaunch(launchArgs: readonly string[]): {
  readonly vscodeExecutablePath: string;
  readonly launchArgs: string[];
} {
  const host = path.join(__dirname, 'vscodeHost.ts');
  return {
    vscodeExecutablePath: process.execPath,
    launchArgs: ['--require', require.resolve('tsx/cjs'), host, ...launchArgs],
  };
}
