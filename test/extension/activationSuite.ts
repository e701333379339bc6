import assert from 'node:assert/strict';
import { commands, extensions, workspace } from 'vscode';
import { COMMANDS } from '../../src/vscode/commandIds';
import { EXTENSION_ID } from './extensionId';

export function activationSuite(): void {
  describe('the extension', () => {
    it('is activated by a folder with a devcontainer.json', async () => {
      const extension = extensions.getExtension(EXTENSION_ID);
      assert.ok(extension !== undefined, 'it is not installed');
      await extension.activate();
      assert.equal(extension.isActive, true);
    });

    it('has registered every command', async () => {
      const present = await commands.getCommands(true);
      for (const command of Object.values(COMMANDS)) {
        assert.ok(present.includes(command), command);
      }
    });

    it('leaves the registry unset until a person sets it', () => {
      assert.equal(workspace.getConfiguration('devcontainerPrebuild').get('registry'), '');
    });
  });
}
