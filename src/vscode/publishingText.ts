import { orderedImage } from '../core/publishOrder';
import type { PublishOrder } from '../core/publishOrder';
import { hasEnded } from '../core/publication';
import type { PublicationState } from '../core/publication';
import type { Published } from '../core/publishPrebuild';
import type { StatusBarText } from './statusBarText';

/** A publication as a window sees it. */
export interface SeenPublication {
  readonly id: string;
  readonly order: PublishOrder;
  readonly state: PublicationState;
}

/** What the status bar shows of what is published in the background; undefined: the item is hidden. */
export function publishingText(seen: readonly SeenPublication[]): StatusBarText | undefined {
  const underWay = seen.filter(({ state }) => !hasEnded(state));
  if (underWay.length === 0) {
    return undefined;
  }
  const count = underWay.length === 1 ? '' : ` ${underWay.length}`;
  const lines = underWay.map(
    ({ order, state }) => `Publishing ${orderedImage(order)}: ${progressText(state)}`,
  );
  return {
    text: `$(cloud-upload) Publishing${count}`,
    tooltip: [...lines, 'It goes on when this window is closed. Click to cancel it.'],
    label: `Dev Container Prebuild: ${lines.join('; ')}`,
    severity: 'normal',
  };
}

/** What a publication that has not ended is at. */
export function progressText(state: PublicationState): string {
  return state.status === 'running' ? state.progress : 'Starting';
}

/** How a publication ended well. */
export function publishedText(order: PublishOrder, how: Published): string {
  switch (how) {
    case 'pushed':
      return `The prebuild that was built here is published: ${orderedImage(order)}.`;
    case 'present':
      return `The registry has the prebuild already: ${orderedImage(order)}.`;
    case 'outdated':
      return 'The files changed since the dev container was built, so that its prebuild was not published.';
  }
}
