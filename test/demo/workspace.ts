import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { run } from '../support/machine/command';
import { machineFolder } from '../support/machine/parts';

const EXAMPLE = path.resolve(__dirname, '../../examples/build');

/** A working copy of examples/build, so that what the demo changes never stands in this repository. */
export interface DemoWorkspace {
  readonly folder: string;
  /** The change of the second step: one more feature in devcontainer.json. */
  addFeature(id: string): void;
  /** The change of the third step: one more file among those that the Dockerfile copies. */
  addFileToContext(): void;
}

/** Makes the working copy anew: a git repository, as a project and a branch name its layer cache. */
export async function createWorkspace(prebuilds: string): Promise<DemoWorkspace> {
  const folder = machineFolder('demo', 'build');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  cpSync(EXAMPLE, folder, { recursive: true });
  mkdirSync(path.join(folder, '.vscode'));
  const settings = { 'devcontainerPrebuild.registry': prebuilds };
  writeFileSync(
    path.join(folder, '.vscode/settings.json'),
    `${JSON.stringify(settings, undefined, 2)}\n`,
  );
  const author = ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost'];
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '.'],
    [...author, 'commit', '--quiet', '--no-gpg-sign', '--message=The example'],
  ]) {
    await run('git', args, { cwd: folder });
  }
  const config = path.join(folder, '.devcontainer/devcontainer.json');
  return {
    folder,
    addFeature: (id) => {
      const text = readFileSync(config, 'utf8');
      const formattingOptions = { insertSpaces: true, tabSize: 2 };
      const edits = modify(text, ['features', id], {}, { formattingOptions });
      writeFileSync(config, applyEdits(text, edits));
    },
    addFileToContext: () => {
      const script = ['#!/bin/sh', 'set -e', 'notes index /files', 'notes find cache', ''];
      writeFileSync(path.join(folder, 'app/test'), script.join('\n'), { mode: 0o755 });
    },
  };
}
