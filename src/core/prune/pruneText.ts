import { freedBytes } from '../prunePrebuilds';
import type { Pruning } from '../prunePrebuilds';

/** Bytes in the unit that fits: `834 bytes`, `12.4 MB`, `1.2 GB`. */
export function sizeText(bytes: number): string {
  if (bytes < 100_000) {
    return `${bytes} byte${bytes === 1 ? '' : 's'}`;
  }
  return bytes < 1_000_000_000
    ? `${(bytes / 1_000_000).toFixed(1)} MB`
    : `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** What goes, in a line: `2 images and 1 container on this machine (at least 1.2 GB), 3 tags in the registry`. */
export function pruningText(pruning: Pruning): string {
  return [machineText(pruning), registryText(pruning)]
    .filter((text) => text !== undefined)
    .join(', ');
}

/** @returns undefined where nothing goes of this machine. */
export function machineText({ images, containers }: Pruning): string | undefined {
  const parts = [
    ...(images.length > 0 ? [counted(images.length, 'image')] : []),
    ...(containers.length > 0 ? [counted(containers.length, 'container')] : []),
  ];
  return parts.length === 0
    ? undefined
    : `${parts.join(' and ')} on this machine (at least ${sizeText(freedBytes({ images }))})`;
}

/** @returns undefined where nothing goes of the registry. */
export function registryText({ tags }: Pruning): string | undefined {
  return tags.length === 0 ? undefined : `${counted(tags.length, 'tag')} in the registry`;
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
