import { homedir } from 'node:os';
import { join } from 'node:path';
import { workspace } from 'vscode';
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { OpenPorts, OpenedWorkspace } from '../core/openInWorkspace';
import { hostPlatform } from '../core/platform';
import type { Prebuilds } from '../core/ports';
import type { PrunePorts } from '../core/prunePrebuilds';
import type { PrebuildRequest } from '../core/preparePrebuild';
import { orderAfterOpen } from '../core/publishOrder';
import type { PublishOrder, PublishPolicy } from '../core/publishOrder';
import type { WorkspaceSource } from '../core/workspaceSource';
import { FreshnessMemory } from './freshnessMemory';
import { SECTION, insecureRegistriesSetting, publishSetting, repositorySetting } from './settings';
import { nodeFileTree } from '../adapters/files/nodeFileTree';
import { statCacheFolder } from '../adapters/files/stateFolder';
import { WorkspaceSources } from './workspaceSources';

type Ports = OpenPorts & PrunePorts;

/** What the commands and the status bar share: the window's folders, its settings, the world. */
export class Session {
  readonly sources: WorkspaceSources;
  readonly freshness: FreshnessMemory;
  /** Kept whatever the settings are: it knows the digests of files. */
  private prebuilds: Prebuilds | undefined;
  private adapters: { readonly settings: string; readonly ports: Promise<Ports> } | undefined;

  constructor(
    private readonly context: ExtensionContext,
    readonly log: LogOutputChannel,
  ) {
    this.freshness = new FreshnessMemory(context.globalState);
    this.sources = new WorkspaceSources(nodeFileTree, context.workspaceState);
  }

  /**
   * The adapters; loaded when first used, so that activating costs nothing, and kept: they remember digests
   * of files and logins at registries.
   */
  ports(): Promise<Ports> {
    const insecureRegistries = insecureRegistriesSetting(workspace.getConfiguration(SECTION));
    const settings = JSON.stringify(insecureRegistries);
    if (this.adapters?.settings !== settings) {
      this.adapters = { settings, ports: this.createPorts(insecureRegistries) };
    }
    return this.adapters.ports;
  }

  private async createPorts(insecureRegistries: readonly string[]): Promise<Ports> {
    const { createAdapters } = await import('../adapters/createAdapters');
    const { OtherThreadPrebuilds } = await import('../adapters/prebuilds/otherThread');
    const shipped = (...path: string[]): string =>
      this.context.asAbsolutePath(join('dist', ...path));
    return createAdapters({
      environment: process.env,
      homeFolder: homedir(),
      log: this.log,
      cliScript: shipped('devcontainer-cli', 'devcontainer.js'),
      tree: nodeFileTree,
      prebuilds: (this.prebuilds ??= new OtherThreadPrebuilds(shipped('prebuildWorker.js'), {
        cacheFolder: statCacheFolder(process.env, homedir()),
        hashWorker: shipped('hashWorker.js'),
      })),
      insecureRegistries,
    });
  }

  /** When the registry is written to. */
  publishPolicy(): PublishPolicy {
    return publishSetting(workspace.getConfiguration(SECTION));
  }

  /** What is to be published in the background, now that a workspace was opened; undefined: nothing. */
  orderAfterOpen(source: WorkspaceSource, opened: OpenedWorkspace): PublishOrder | undefined {
    const insecureRegistries = insecureRegistriesSetting(workspace.getConfiguration(SECTION));
    return orderAfterOpen(this.publishPolicy(), this.request(source), opened, insecureRegistries);
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
