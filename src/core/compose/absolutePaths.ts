import { join, isAbsolute } from 'node:path';
import { isNull, mapEntries, textNode, withEntry } from './composeNode';
import type { ComposeNode, MapNode } from './composeNode';

/** What the paths of a compose file are relative to. */
export interface PathScope {
  readonly folder: string;
  /** What `~` stands for. */
  readonly home: string | undefined;
}

/** Sources of a context that are no folder: compose-go paths/context.go. */
const NO_FOLDER = /:\/\/|^(?:service:|github\.com\/|git@)/;

/** Whether a context lies elsewhere than in a folder of this machine. */
export function isElsewhere(context: string): boolean {
  return NO_FOLDER.test(context);
}

/** Makes the paths of builds, of `extends` and of secrets absolute (compose-go paths/resolve.go). */
export function absolutePaths(model: MapNode, scope: PathScope): MapNode {
  const absolute = (node: ComposeNode): ComposeNode =>
    node.kind === 'scalar' && node.type === 'string' && node.text !== ''
      ? textNode(absolutePath(node.text, scope), node)
      : node;
  const context = (node: ComposeNode): ComposeNode =>
    node.kind === 'scalar' && isElsewhere(node.text) ? node : absolute(node);
  const build = (node: ComposeNode): ComposeNode =>
    mapEntries(
      mapEntries(entryChanged(node, 'context', context), 'additional_contexts', context),
      'ssh',
      absolute,
    );
  const service = (node: ComposeNode): ComposeNode =>
    entryChanged(entryChanged(node, 'build', build), 'extends', (extended) =>
      entryChanged(extended, 'file', absolute),
    );
  const secret = (node: ComposeNode): ComposeNode => entryChanged(node, 'file', absolute);
  return mapEntries(mapEntries(model, 'services', service), 'secrets', secret) as MapNode;
}

export function absolutePath(path: string, { folder, home }: PathScope): string {
  const expanded = path.startsWith('~') && home !== undefined ? join(home, path.slice(1)) : path;
  return isAbsolute(expanded) ? expanded : join(folder, expanded);
}

/** `build` without a context is that of the project's folder. */
export function withDefaultContexts(model: MapNode): MapNode {
  return mapEntries(model, 'services', (service) =>
    entryChanged(service, 'build', (build) =>
      build.kind === 'map' && isNull(build.entries.get('context'))
        ? withEntry(build, 'context', textNode('.', mapNodePlace(build)))
        : build,
    ),
  ) as MapNode;
}

/** A new entry stands where its mapping does. */
function mapNodePlace(build: MapNode): ComposeNode {
  return { kind: 'list', items: [], place: build.place };
}

function entryChanged(
  node: ComposeNode,
  name: string,
  change: (entry: ComposeNode) => ComposeNode,
): ComposeNode {
  const entry = node.kind === 'map' ? node.entries.get(name) : undefined;
  return node.kind !== 'map' || entry === undefined ? node : withEntry(node, name, change(entry));
}
