import { Position, Range, Uri, commands, window } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import type { Place, Problem } from '../core/problem';
import { placeText } from '../core/problem';

const SHOW_LOG = 'Show Log';

/** Shows a Problem as a message: its sentence, its remedy, a button to its place and one to the log. */
export async function showProblem(problem: Problem, log: LogOutputChannel): Promise<void> {
  const { message, remedy, place } = problem;
  log.error(logText(problem));
  const openPlace = place?.line === undefined ? undefined : `Open ${nameOf(place)}`;
  const buttons = openPlace === undefined ? [SHOW_LOG] : [openPlace, SHOW_LOG];
  const choice = await window.showErrorMessage(`${message} ${remedy}`, ...buttons);
  if (choice === SHOW_LOG) {
    log.show();
  } else if (choice !== undefined && place !== undefined) {
    await openAt(place);
  }
}

/** A Problem that did not stop anything: logged, and said once in passing. */
export function showWarning(problem: Problem, log: LogOutputChannel): void {
  log.warn(logText(problem));
  void window
    .showWarningMessage(`${problem.message} ${problem.remedy}`, SHOW_LOG)
    .then((choice) => {
      if (choice === SHOW_LOG) {
        log.show();
      }
    });
}

function logText({ code, message, reason, remedy }: Problem): string {
  return `${code}: ${message}${reason === undefined ? '' : `\n${reason}`}\n${remedy}`;
}

function nameOf(place: Place): string {
  return placeText({ ...place, file: place.file.split(/[/\\]/).at(-1) ?? place.file });
}

async function openAt({ file, line = 1, column = 1 }: Place): Promise<void> {
  const at = new Position(line - 1, column - 1);
  await commands.executeCommand('vscode.open', Uri.file(file), { selection: new Range(at, at) });
}
