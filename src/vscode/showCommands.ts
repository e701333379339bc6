import { commands, window, workspace } from 'vscode';
import { COMMANDS } from './commandIds';
import type { PrebuildState } from './prebuildState';
import { statusBarText } from './statusBarText';

/** The status bar's click: the state in a sentence, and what one can do. */
export async function showCommands(state: PrebuildState): Promise<void> {
  const items: readonly { label: string; description: string; command: string }[] =
    workspace.isTrusted
      ? [
          {
            label: '$(vm-connect) Open in Workspace',
            description: 'start the dev container from its prebuild',
            command: COMMANDS.openInWorkspace,
          },
          {
            label: '$(cloud-upload) Build and Push Prebuild',
            description: 'so that the next opening pulls it',
            command: COMMANDS.buildAndPush,
          },
          {
            label: '$(history) Renew Prebuild',
            description: 'build it again from the newest base images and features',
            command: COMMANDS.renew,
          },
          {
            label: '$(trash) Clean Up Prebuilds',
            description: 'remove old ones that nothing uses',
            command: COMMANDS.cleanUp,
          },
          {
            label: '$(refresh) Check Again',
            description: 'ask Docker and the registry afresh',
            command: COMMANDS.refresh,
          },
          { label: '$(output) Show Log', description: '', command: COMMANDS.showLog },
        ]
      : [
          {
            label: '$(shield) Manage Workspace Trust',
            description: 'prebuilds are off in Restricted Mode',
            command: 'workbench.trust.manage',
          },
        ];
  const picked = await window.showQuickPick(items, {
    title: 'Dev Container Prebuild',
    placeHolder: statusBarText(state.view)?.tooltip[0] ?? 'What to do?',
  });
  if (picked !== undefined) {
    await commands.executeCommand(picked.command);
  }
}
