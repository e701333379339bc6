import { homedir } from 'node:os';
import { join } from 'node:path';
import { window } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { publicationsOf } from './adapters/publishing/publications';
import { BackgroundPublishing } from './vscode/backgroundPublishing';
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
  const publishing = new BackgroundPublishing(
    publicationsOf(process.env, homedir()),
    context.asAbsolutePath(join('dist', 'cli.js')),
    log,
  );
  context.subscriptions.push(
    log,
    state,
    publishing,
    createStatusBar(state),
    watch(state),
    registerCommands(log, {
      [COMMANDS.openInWorkspace]: () => openCommand(session, state, publishing),
      [COMMANDS.buildAndPush]: () => buildCommand(session, state),
      [COMMANDS.renew]: () => renewCommand(session, state),
      [COMMANDS.showPublishing]: () => publishing.show(),
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
