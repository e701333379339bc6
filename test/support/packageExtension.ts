import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './machine/command';

const ROOT = resolve(__dirname, '../..');

/** Packages the extension as it is published. @returns the absolute path of the .vsix. */
export async function packageExtension(): Promise<string> {
  const folder = join(ROOT, '.artifacts');
  mkdirSync(folder, { recursive: true });
  const vsix = join(folder, 'devcontainer-prebuild.vsix');
  const vsce = require.resolve('@vscode/vsce/vsce');
  await run(process.execPath, [vsce, 'package', '--no-dependencies', '--out', vsix], { cwd: ROOT });
  return vsix;
}
