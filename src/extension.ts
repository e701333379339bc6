import { window } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { buildCommand } from './vscode/buildCommand';
import { cleanUpCommand } from './vscode/cleanUpCommand';
import { COMMANDS } from './vscode/commandIds';
import { registerCommands } from './vscode/registerCommands';
import { openCommand } from './vscode/openCommand';
import { PrebuildState } from './vscode/prebuildState';
import { renewCommand } from './vscode/renewCommand';
import { Session } from './vscode/session';
import { showCommands } from './vscode/showCommands';
import { createStatusBar } from './vscode/statusBar';
import { watch } from './vscode/watch';

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel('Dev Container Prebuild', { log: true });
  const session = new Session(context, log);
  const state = new PrebuildState(session);
  context.subscriptions.push(
    log,
    state,
    createStatusBar(state),
    watch(state),
    registerCommands(log, {
      [COMMANDS.openInWorkspace]: () => openCommand(session, state),
      [COMMANDS.buildAndPush]: () => buildCommand(session, state),
      [COMMANDS.renew]: () => renewCommand(session, state),
      [COMMANDS.cleanUp]: () => cleanUpCommand(session, state),
      [COMMANDS.refresh]: () => state.refresh(),
      [COMMANDS.showCommands]: () => showCommands(state),
      [COMMANDS.showLog]: () => {
        log.show();
      },
    }),
  );
  state.hint();
}
