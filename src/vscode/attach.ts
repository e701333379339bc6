import { Uri, commands, window } from 'vscode';
import { findConfigs } from '../core/devcontainer/findConfigs';
import { planAttach } from '../core/attachPlan';
import type { StartedContainer } from '../core/ports';
import type { WorkspaceSource } from '../core/workspaceSource';
import type { FileTree } from '../core/fileTree';

const DEV_CONTAINERS = 'ms-vscode-remote.remote-containers';
const OPEN_FOLDER = 'remote-containers.openFolder';
const INSTALL = 'Install Dev Containers';

/** Gets this window into a started container. With Dev Containers the window reloads: call it last. */
export async function attach(
  source: WorkspaceSource,
  container: StartedContainer,
  tree: FileTree,
): Promise<void> {
  // By its commands, as its extension may run on the other side and not be listed here.
  const present = (await commands.getCommands(true)).includes(OPEN_FOLDER);
  const plan = planAttach({
    source,
    container,
    configs: findConfigs(tree, source.folder).length,
    devContainers: present ? 'present' : 'absent',
  });
  switch (plan.kind) {
    case 'open-folder':
      await commands.executeCommand(OPEN_FOLDER, Uri.file(plan.folder));
      return;
    case 'open-uri':
      await commands.executeCommand('vscode.openFolder', Uri.parse(plan.uri, true), {
        forceReuseWindow: true,
      });
      return;
    case 'terminal': {
      const terminal = window.createTerminal({
        name: plan.name,
        shellPath: 'docker',
        shellArgs: [...plan.args],
        isTransient: true,
      });
      terminal.show();
      void offerDevContainers();
    }
  }
}

/** Without Dev Containers there is a terminal; who wants the whole editor inside is told how. */
async function offerDevContainers(): Promise<void> {
  const choice = await window.showInformationMessage(
    'A terminal inside the dev container is open. Install Dev Containers to have the whole editor in it.',
    INSTALL,
  );
  if (choice === INSTALL) {
    await commands.executeCommand('workbench.extensions.installExtension', DEV_CONTAINERS);
  }
}
