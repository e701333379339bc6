import { failedBy, endingOf } from '../core/publication';
import type { PublicationEnding, PublicationProcess, PublicationState } from '../core/publication';
import { settle } from '../core/outcome';
import { publishOrderInvalid } from '../core/problems';
import type { PublishOrder } from '../core/publishOrder';
import { publishPrebuild } from '../core/publishPrebuild';
import type { PublishEvent, PublishPorts } from '../core/publishPrebuild';
import { eventLine } from './eventLines';
import { EXIT } from './exitCode';
import { problemText } from './problemText';
import type { Terminal } from './runInvocation';

/** How often a word of life is written, and a wish to cancel looked for, in milliseconds. */
const BEAT = 1000;
/** How often the last word is tried to be written, and how long after each time, in milliseconds. */
const ATTEMPTS = 5;
const PAUSE = 200;

/** What a publication's process and the windows tell each other. */
export interface PublicationJournal {
  readonly orderFile: string;
  order(): PublishOrder | undefined;
  write(state: PublicationState): void;
  isCancelRequested(): boolean;
}

export interface PublicationContext {
  readonly process: PublicationProcess;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly loadPorts: (insecureRegistries: readonly string[]) => Promise<PublishPorts>;
  readonly terminal: Terminal;
  /** Aborted where the system ends this process. */
  readonly signal: AbortSignal;
}

/** Publishes what an order says, and keeps its journal. @returns the exit code. */
export async function carryOutPublication(
  journal: PublicationJournal,
  context: PublicationContext,
): Promise<number> {
  const order = journal.order();
  if (order === undefined) {
    const problem = publishOrderInvalid(journal.orderFile);
    journal.write(failedBy(problem));
    context.terminal.error(problemText(problem));
    return EXIT.failed;
  }
  const ending = await publish(order, journal, context);
  await writeEnding(ending, journal, context);
  switch (ending.status) {
    case 'done':
      return EXIT.done;
    case 'failed':
      return EXIT.failed;
    case 'cancelled':
    case 'interrupted':
      return EXIT.cancelled;
  }
}

/** Windows lets nobody replace a file that another is reading: the last word is worth another try. */
async function writeEnding(
  ending: PublicationEnding,
  journal: PublicationJournal,
  { terminal }: PublicationContext,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      journal.write(ending);
      return;
    } catch (error) {
      terminal.error(`The ending cannot be written: ${String(error)}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function publish(
  order: PublishOrder,
  journal: PublicationJournal,
  { process, environment, loadPorts, terminal, signal: ended }: PublicationContext,
): Promise<PublicationEnding> {
  const cancelled = new AbortController();
  const signal = AbortSignal.any([cancelled.signal, ended]);
  let progress = 'Starting';
  let beat = 0;
  const live = (): void => {
    try {
      if (journal.isCancelRequested()) {
        progress = 'Cancelling';
        cancelled.abort();
      }
      journal.write({ status: 'running', process, beat: beat++, progress });
    } catch (error) {
      // A full disk, say: the windows will think that it is gone, and the push goes on.
      terminal.error(`The state cannot be written: ${String(error)}`);
    }
  };
  const report = (event: PublishEvent): void => {
    progress = progressOf(event) ?? progress;
    const line = logLine(event);
    if (line !== undefined) {
      terminal.error(line);
    }
  };
  live();
  const timer = setInterval(live, BEAT);
  try {
    const loaded = await settle(() => loadPorts(order.insecureRegistries), signal);
    const outcome =
      loaded.status === 'done'
        ? await publishPrebuild(loaded.value, order, environment, report, signal)
        : loaded;
    if (outcome.status === 'failed') {
      terminal.error(problemText(outcome.problem));
    }
    return endingOf(outcome, cancelled.signal.aborted ? 'person' : 'system');
  } finally {
    clearInterval(timer);
  }
}

/** What a window shows; undefined: what it shows already. */
function progressOf(event: PublishEvent): string | undefined {
  switch (event.kind) {
    case 'step':
    case 'wait':
    case 'again':
      return logLine(event);
    case 'build':
      return event.event.kind === 'step' ? event.event.name : undefined;
    case 'missed':
    case 'warning':
      return undefined;
  }
}

function logLine(event: PublishEvent): string | undefined {
  switch (event.kind) {
    case 'wait':
      return 'Waiting: another process publishes the same prebuild …';
    case 'again':
      return `${event.problem.message} Trying again in ${event.milliseconds / 1000} s …`;
    case 'step':
    case 'build':
    case 'missed':
    case 'warning':
      return eventLine(event, 'everything');
  }
}
