import type { CacheState } from '../core/cacheState';
import type { Problem } from '../core/problem';
import type { PrebuildView } from './prebuildView';

/** What a status bar item shows; a pure function of the view, so that it can be read like a table. */
export interface StatusBarText {
  readonly text: string;
  /** Plain lines; the first says the state in a sentence. */
  readonly tooltip: readonly string[];
  /** What a screen reader says. */
  readonly label: string;
  readonly severity: 'normal' | 'warning';
}

/** @returns undefined where the item is hidden. */
export function statusBarText(view: PrebuildView): StatusBarText | undefined {
  switch (view.kind) {
    case 'hidden':
      return undefined;
    case 'untrusted':
      return item('lock', 'Prebuild', [
        'Prebuilds are off in Restricted Mode: nothing is run and nothing is sent.',
        'Trust this workspace to use them.',
      ]);
    case 'checking':
      return item('sync~spin', 'Prebuild', ['Looking for the prebuild of this dev container.']);
    case 'working':
      return item('sync~spin', view.step, [`${view.step} …`]);
    case 'failed':
      return problemItem('Prebuild', view.problem);
    case 'known':
      return withBehind(known(view.state, view.key), view.behind);
  }
}

function known(state: CacheState, key: string): StatusBarText {
  const keyLine = `Key ${key.slice(0, 12)}`;
  switch (state.kind) {
    case 'running':
      return item('vm-running', 'Running', [
        'The container of this prebuild runs: opening attaches to it.',
        state.container,
        keyLine,
      ]);
    case 'local':
      return item('check', 'Prebuilt', [
        'The prebuilt image is on this machine: opening starts at once.',
        state.image,
        keyLine,
      ]);
    case 'registry':
      return item('cloud', 'Prebuilt', [
        'The prebuilt image is in the registry: opening pulls it.',
        state.image,
        keyLine,
      ]);
    case 'cache':
      return item('layers', 'Cache only', [
        'There is no prebuilt image, but a layer cache: opening builds what changed.',
        state.cache,
        keyLine,
      ]);
    case 'miss':
      return item('circle-slash', 'No prebuild', [
        'There is neither a prebuilt image nor a layer cache: opening builds everything.',
        keyLine,
      ]);
    case 'unreachable':
      return problemItem('Unreachable', state.problem);
  }
}

/** The prebuild is a hit all the same: no warning's colour. */
function withBehind(shown: StatusBarText, behind: string | undefined): StatusBarText {
  const [sentence = '', ...others] = shown.tooltip;
  return behind === undefined
    ? shown
    : {
        ...shown,
        text: `${shown.text} (behind)`,
        tooltip: [sentence, `Behind: ${behind}. Renew Prebuild builds it again.`, ...others],
        label: `${shown.label} It is behind: ${behind}.`,
      };
}

function problemItem(text: string, { message, reason, remedy }: Problem): StatusBarText {
  const tooltip = [message, ...(reason === undefined ? [] : [reason]), remedy];
  return { ...item('warning', text, tooltip), severity: 'warning' };
}

function item(icon: string, text: string, tooltip: readonly string[]): StatusBarText {
  return {
    text: `$(${icon}) ${text}`,
    tooltip,
    label: `Dev Container Prebuild: ${tooltip[0] ?? text}`,
    severity: 'normal',
  };
}
