import { Disposable, RelativePattern, Uri, window, workspace } from 'vscode';
import type { FileSystemWatcher } from 'vscode';
import { concerns, planWatch } from '../core/watchPlan';
import type { WatchedFolder } from '../core/watchPlan';
import type { Looked, PrebuildState } from './prebuildState';
import { SECTION } from './settings';

/** Passes on whatever may change the state of the prebuild: what it read, settings, trust, focus. */
export function watch(state: PrebuildState): Disposable {
  const hint = (): void => {
    state.hint();
  };
  const files = new ReadFilesWatch(hint);
  const configs = workspace.createFileSystemWatcher('**/{devcontainer.json,.devcontainer.json}');
  return Disposable.from(
    files,
    state.onDidLook((looked) => {
      files.follow(looked);
    }),
    configs,
    configs.onDidCreate(hint),
    configs.onDidChange(hint),
    configs.onDidDelete(hint),
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

/**
 * Watches what the key was made of, and nothing else. What is heard is a hint, and may be missing: whoever is
 * told looks at the files themselves.
 */
class ReadFilesWatch implements Disposable {
  private readonly watchers = new Map<string, FileSystemWatcher>();
  private isConcern: (path: string) => boolean = () => false;

  constructor(private readonly hint: () => void) {}

  /** Watches what was looked at last, and no longer what was looked at before. */
  follow(looked: Looked): void {
    this.isConcern = looked.kind === 'all' ? concerns(looked.trace) : () => true;
    const folders: readonly WatchedFolder[] =
      looked.kind === 'all' ? planWatch(looked.trace) : [{ folder: looked.folder, depth: 'below' }];
    const wanted = new Map(folders.map((folder) => [JSON.stringify(folder), folder]));
    for (const [name, watcher] of this.watchers) {
      if (!wanted.has(name)) {
        watcher.dispose();
        this.watchers.delete(name);
      }
    }
    for (const [name, folder] of wanted) {
      if (!this.watchers.has(name)) {
        this.watchers.set(name, this.start(folder));
      }
    }
  }

  dispose(): void {
    this.watchers.forEach((watcher) => {
      watcher.dispose();
    });
    this.watchers.clear();
  }

  private start({ folder, depth }: WatchedFolder): FileSystemWatcher {
    const pattern = new RelativePattern(Uri.file(folder), depth === 'in' ? '*' : '**');
    const watcher = workspace.createFileSystemWatcher(pattern);
    const onEvent = ({ fsPath }: Uri): void => {
      if (this.isConcern(fsPath)) {
        this.hint();
      }
    };
    watcher.onDidCreate(onEvent);
    watcher.onDidChange(onEvent);
    watcher.onDidDelete(onEvent);
    return watcher;
  }
}
