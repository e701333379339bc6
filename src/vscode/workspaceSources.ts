import { basename, relative } from 'node:path';
import { window, workspace } from 'vscode';
import type { Memento } from 'vscode';
import { findConfigs } from '../core/devcontainer/findConfigs';
import type { FileTree } from '../core/fileTree';
import type { WorkspaceSource } from '../core/workspaceSource';

const REMEMBERED = 'config';

/** The dev containers that the open folders could become, and which of them the person means. */
export class WorkspaceSources {
  constructor(
    private readonly tree: FileTree,
    private readonly memory: Memento,
  ) {}

  all(): readonly WorkspaceSource[] {
    return (workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .flatMap(({ uri }) =>
        findConfigs(this.tree, uri.fsPath).map((configFile) => ({
          folder: uri.fsPath,
          configFile,
        })),
      );
  }

  /** The devcontainer.json in the active editor, else the one chosen last, else the first. */
  current(): WorkspaceSource | undefined {
    const sources = this.all();
    return this.active(sources) ?? this.remembered(sources) ?? sources[0];
  }

  /** As `current`, but where there are several and none is open, the person picks. */
  async pick(): Promise<WorkspaceSource | undefined> {
    const sources = this.all();
    const active = this.active(sources);
    if (active !== undefined || sources.length < 2) {
      return active ?? sources[0];
    }
    const remembered = this.remembered(sources);
    const items = sources
      .map((source) => ({
        label: relative(source.folder, source.configFile),
        description: basename(source.folder),
        source,
      }))
      .sort((a, b) => Number(b.source === remembered) - Number(a.source === remembered));
    const picked = await window.showQuickPick(items, {
      title: 'Dev Container Prebuild',
      placeHolder: 'Which devcontainer.json?',
    });
    if (picked !== undefined) {
      await this.memory.update(REMEMBERED, picked.source.configFile);
    }
    return picked?.source;
  }

  private active(sources: readonly WorkspaceSource[]): WorkspaceSource | undefined {
    const file = window.activeTextEditor?.document.uri.fsPath;
    return sources.find(({ configFile }) => configFile === file);
  }

  private remembered(sources: readonly WorkspaceSource[]): WorkspaceSource | undefined {
    const file = this.memory.get<string>(REMEMBERED);
    return sources.find(({ configFile }) => configFile === file);
  }
}
