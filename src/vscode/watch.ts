import { Disposable, window, workspace } from 'vscode';
import type { PrebuildState } from './prebuildState';
import { SECTION } from './settings';

/** Passes on whatever may change the state of the prebuild: saved files, settings, trust, focus. */
export function watch(state: PrebuildState): Disposable {
  const hint = (): void => {
    state.hint();
  };
  const watcher = workspace.createFileSystemWatcher(
    '**/{devcontainer.json,.devcontainer.json,devcontainer-lock.json,*Dockerfile*,*.dockerignore,*compose*.{yml,yaml},.env}',
  );
  return Disposable.from(
    watcher,
    watcher.onDidChange(hint),
    watcher.onDidCreate(hint),
    watcher.onDidDelete(hint),
    workspace.onDidSaveTextDocument(hint),
    workspace.onDidCreateFiles(hint),
    workspace.onDidDeleteFiles(hint),
    workspace.onDidRenameFiles(hint),
    workspace.onDidChangeWorkspaceFolders(hint),
    workspace.onDidGrantWorkspaceTrust(hint),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SECTION)) {
        hint();
      }
    }),
    window.onDidChangeWindowState(({ focused }) => {
      if (focused) {
        hint();
      }
    }),
  );
}
