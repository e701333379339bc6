import { mapEntries } from './composeNode';
import type { ComposeNode, MapNode } from './composeNode';

const SECTIONS: readonly string[] = ['name', 'include', 'services', 'secrets'];
const PROPERTIES: readonly string[] = ['extends', 'image', 'platform', 'user', 'build'];

/**
 * A document less whatever can shape no image: ports, volumes, commands, networks and the like are neither
 * interpolated nor merged, so that nothing in them can stand in the way.
 */
export function imageShare(root: MapNode): MapNode {
  return mapEntries(only(root, SECTIONS), 'services', (service) =>
    service.kind === 'map' ? only(service, PROPERTIES) : service,
  ) as MapNode;
}

function only(node: MapNode, names: readonly string[]): MapNode {
  const entries: [string, ComposeNode][] = [...node.entries].filter(([name]) =>
    names.includes(name),
  );
  return { ...node, entries: new Map(entries) };
}
