// Dev Containers is closed source and cannot run here: its command is a double that records what it is
// asked, by the interface that its maintainers describe.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commands, window, workspace } from 'vscode';
import type { Disposable, Uri } from 'vscode';
import { COMMANDS } from '../../src/vscode/commandIds';

const run = promisify(execFile);

export function attachSuite(): void {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const containers = async (): Promise<string[]> => {
    const filter = `label=devcontainer.local_folder=${folder}`;
    const { stdout } = await run('docker', ['ps', '--quiet', '--no-trunc', '--filter', filter]);
    return stdout.split('\n').filter((id) => id !== '');
  };

  describe('Open in Workspace', () => {
    let double: Disposable | undefined;

    afterEach(() => {
      double?.dispose();
      double = undefined;
      window.terminals.forEach((terminal) => {
        terminal.dispose();
      });
    });

    after(async () => {
      for (const id of await containers()) {
        await run('docker', ['rm', '--force', '--volumes', id]);
      }
    });

    it('builds, starts, and opens a terminal inside where Dev Containers is not installed', async () => {
      await commands.executeCommand(COMMANDS.openInWorkspace);
      const [id, ...others] = await containers();
      assert.ok(id !== undefined && others.length === 0, 'there is not one container');
      const { stdout } = await run('docker', ['exec', id, 'cat', '/built']);
      assert.equal(stdout, 'built\n');
      const terminal = window.terminals.find(({ name }) => name.startsWith('Dev Container: '));
      assert.ok(terminal !== undefined, 'there is no terminal');
    });

    it('asks Dev Containers to open the folder where it is, and uses the container that runs', async () => {
      const before = await containers();
      const asked: unknown[][] = [];
      double = commands.registerCommand('remote-containers.openFolder', (...args: unknown[]) => {
        asked.push(args);
      });
      await commands.executeCommand(COMMANDS.openInWorkspace);
      assert.equal(asked.length, 1);
      assert.equal((asked[0]?.[0] as Uri).fsPath, folder);
      assert.deepEqual(await containers(), before);
      assert.equal(window.terminals.length, 0);
    });
  });
}
