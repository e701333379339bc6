import { missLines } from '../core/nearestPrebuild';
import type { EarlierPrebuild } from '../core/nearestPrebuild';
import type { BuildEvent } from '../core/buildEvent';
import type { BuildPrebuildEvent } from '../core/buildPrebuild';
import type { OpenEvent } from '../core/openInWorkspace';
import type { Invocation } from './arguments';
import { problemText } from './problemText';

const STEPS = {
  key: 'Computing the prebuild key',
  'look-up': 'Looking the prebuild up',
  wait: 'Waiting: another window or process is opening this workspace',
  pull: 'Pulling the prebuilt image',
  build: 'Building the prebuilt image',
  start: 'Starting the container',
} as const;

/** What a person reads on standard error while something is under way; undefined: nothing. */
export function eventLine(
  event: OpenEvent | BuildPrebuildEvent,
  detail: Invocation['detail'],
): string | undefined {
  switch (event.kind) {
    case 'step':
      return `${STEPS[event.step]} …`;
    case 'warning':
      return `Warning: ${problemText(event.problem)}`;
    case 'build':
      return buildLine(event.event, detail);
    case 'start':
      return detail === 'everything' ? event.line : undefined;
    case 'missed':
      return whyText(event.earlier);
    case 'pull':
      return undefined;
  }
}

function whyText(earlier: EarlierPrebuild): string | undefined {
  const lines = missLines(earlier);
  return lines.length === 0 ? undefined : lines.map((line) => `Why: ${line}`).join('\n');
}

function buildLine(event: BuildEvent, detail: Invocation['detail']): string | undefined {
  switch (event.kind) {
    case 'step':
      return `#${event.step} ${event.name}`;
    case 'cached':
      return `#${event.step} CACHED`;
    case 'done':
      return `#${event.step} done in ${event.seconds.toFixed(1)} s`;
    case 'failed':
      return `#${event.step} failed: ${event.reason}`;
    case 'output':
      return detail === 'everything' ? `#${event.step} ${event.text}` : undefined;
    case 'line':
      return detail === 'everything' ? event.text : undefined;
    case 'warning':
      return `Warning: ${problemText(event.problem)}`;
  }
}
