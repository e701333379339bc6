import { Disposable, commands } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import { Problem } from '../core/problem';
import { unexpected } from '../core/problems';
import type { CommandId } from './commandIds';
import { showProblem } from './showProblem';

/** Registers every command; what one throws is shown as a Problem. */
export function registerCommands(
  log: LogOutputChannel,
  handlers: Readonly<Record<CommandId, () => unknown>>,
): Disposable {
  return Disposable.from(
    ...Object.entries(handlers).map(([id, handler]) =>
      commands.registerCommand(id, async () => {
        try {
          await handler();
        } catch (error) {
          await showProblem(error instanceof Problem ? error : unexpected(error), log);
        }
      }),
    ),
  );
}
