import { homedir } from 'node:os';
import { join } from 'node:path';
import { workspace } from 'vscode';
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { OpenPorts } from '../core/openInWorkspace';
import { hostPlatform } from '../core/platform';
import type { PrebuildRequest } from '../core/preparePrebuild';
import type { WorkspaceSource } from '../core/workspaceSource';
import { SECTION, insecureRegistriesSetting, repositorySetting } from './settings';
import { nodeFileTree } from '../adapters/files/nodeFileTree';
import { WorkspaceSources } from './workspaceSources';

/** What the commands and the status bar share: the window's folders, its settings, the world. */
export class Session {
  readonly sources: WorkspaceSources;

  constructor(
    private readonly context: ExtensionContext,
    readonly log: LogOutputChannel,
  ) {
    this.sources = new WorkspaceSources(nodeFileTree, context.workspaceState);
  }

  /** The adapters; loaded when first used, so that activating costs nothing. */
  async ports(): Promise<OpenPorts> {
    const { createAdapters } = await import('../adapters/createAdapters');
    return createAdapters({
      environment: process.env,
      homeFolder: homedir(),
      log: this.log,
      cliScript: this.context.asAbsolutePath(join('dist', 'devcontainer-cli', 'devcontainer.js')),
      insecureRegistries: insecureRegistriesSetting(workspace.getConfiguration(SECTION)),
    });
  }

  /** @throws Problem where a setting is malformed. */
  request(source: WorkspaceSource): PrebuildRequest {
    return {
      source,
      platform: hostPlatform(process.arch),
      environment: process.env,
      repository: repositorySetting(workspace.getConfiguration(SECTION)),
    };
  }
}
