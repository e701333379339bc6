import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { COMMANDS } from '../../../src/vscode/commandIds';
import { SECTION } from '../../../src/vscode/settings';

describe('package.json', () => {
  it('declares exactly the commands that are registered', () => {
    assert.deepEqual(
      manifest.contributes.commands.map(({ command }) => command).sort(),
      Object.values(COMMANDS).sort(),
    );
  });

  it('puts every command below one category', () => {
    for (const { category } of manifest.contributes.commands) {
      assert.equal(category, manifest.displayName);
    }
  });

  it('gives every setting a scope and a description, below our section', () => {
    for (const [name, setting] of Object.entries(manifest.contributes.configuration.properties)) {
      assert.ok(name.startsWith(`${SECTION}.`));
      assert.notEqual(setting.scope, '');
      assert.notEqual(setting.markdownDescription, '');
    }
  });

  it('restricts every setting that says where something is sent', () => {
    assert.deepEqual(
      manifest.capabilities.untrustedWorkspaces.restrictedConfigurations,
      Object.keys(manifest.contributes.configuration.properties),
    );
  });

  it('pins the types of VS Code to the oldest one that is supported', () => {
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });
});
