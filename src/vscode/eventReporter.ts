import type { LogOutputChannel } from 'vscode';
import { missLines } from '../core/nearestPrebuild';
import type { BuildEvent } from '../core/buildEvent';
import type { BuildPrebuildEvent } from '../core/buildPrebuild';
import type { OpenEvent } from '../core/openInWorkspace';
import type { PullProgress } from '../core/ports';
import type { ProgressReport } from './progress';
import { showWarning } from './showProblem';
import { stepTitle } from './stepTitles';

/** Turns the events of a use case into the notification's line, the status bar's step and the log. */
export function eventReporter(
  report: ProgressReport,
  showStep: (title: string) => void,
  log: LogOutputChannel,
): (event: OpenEvent | BuildPrebuildEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'step':
        log.info(stepTitle(event.step));
        showStep(stepTitle(event.step));
        report(`${stepTitle(event.step)} …`);
        break;
      case 'pull':
        report(pullText(event.progress));
        break;
      case 'build':
        reportBuild(event.event, report, log);
        break;
      case 'missed':
        missLines(event.earlier).forEach((line) => {
          log.info(`Why: ${line}`);
        });
        break;
      case 'start':
        log.info(event.line);
        break;
      case 'warning':
        showWarning(event.problem, log);
    }
  };
}

function reportBuild(event: BuildEvent, report: ProgressReport, log: LogOutputChannel): void {
  switch (event.kind) {
    case 'step':
      log.info(`#${event.step} ${event.name}`);
      report(event.name);
      break;
    case 'cached':
      log.info(`#${event.step} CACHED`);
      break;
    case 'done':
      log.info(`#${event.step} DONE ${event.seconds.toFixed(1)}s`);
      break;
    case 'failed':
      log.warn(`#${event.step} ERROR: ${event.reason}`);
      break;
    case 'output':
      log.info(`#${event.step} ${event.text}`);
      break;
    case 'line':
      log.info(event.text);
      break;
    case 'warning':
      showWarning(event.problem, log);
  }
}

function pullText({ layers, layersDone, bytes, total }: PullProgress): string {
  const megabytes = (count: number): string => (count / 1_000_000).toFixed(1);
  return `Pulling: ${layersDone} of ${layers} layers, ${megabytes(bytes)} of ${megabytes(total)} MB`;
}
