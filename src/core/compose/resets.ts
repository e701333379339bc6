import { withEntry } from './composeNode';
import type { ComposeNode } from './composeNode';

/** Takes away what a later document resets or overrides: mappings' entries only, as in Compose. */
export function withoutPaths(
  node: ComposeNode,
  paths: readonly (readonly string[])[],
): ComposeNode {
  return paths.reduce(withoutPath, node);
}

function withoutPath(node: ComposeNode, [name, ...rest]: readonly string[]): ComposeNode {
  const entry = name === undefined || node.kind !== 'map' ? undefined : node.entries.get(name);
  if (name === undefined || node.kind !== 'map' || entry === undefined) {
    return node;
  }
  return withEntry(node, name, rest.length === 0 ? undefined : withoutPath(entry, rest));
}
