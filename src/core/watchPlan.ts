import { dirname } from 'node:path';
import type { FileTrace } from './tracedFileTree';

/** A folder to be told of: what stands in it, or all that lies below. */
export interface WatchedFolder {
  readonly folder: string;
  readonly depth: 'in' | 'below';
}

/** More folders than these are watched from the topmost of them: each watch costs the system something. */
const MOST = 50;

/** The fewest watches by which whatever could change a result is heard of. */
export function planWatch({ files, folders }: FileTrace): readonly WatchedFolder[] {
  const listed = new Set(folders);
  const plain = new Set([...files.map((file) => dirname(file)), ...folders]);
  if (plain.size <= MOST) {
    return [...plain].map((folder) => ({ folder, depth: 'in' }));
  }
  const tops = new Set(folders.filter((folder) => !listed.has(dirname(folder))));
  const others = [...plain].filter((folder) => !isCovered(folder, tops));
  return [
    ...[...tops].map((folder): WatchedFolder => ({ folder, depth: 'below' })),
    ...others.map((folder): WatchedFolder => ({ folder, depth: 'in' })),
  ];
}

function isCovered(folder: string, tops: ReadonlySet<string>): boolean {
  for (let above = folder; ; above = dirname(above)) {
    if (tops.has(above)) {
      return true;
    }
    if (above === dirname(above)) {
      return false;
    }
  }
}

/** Tells whether a change of a path can change what came of a trace. */
export function concerns({ files, folders }: FileTrace): (path: string) => boolean {
  const looked = new Set(files);
  const listed = new Set(folders);
  return (path) => looked.has(path) || listed.has(dirname(path));
}
