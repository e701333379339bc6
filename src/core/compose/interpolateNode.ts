import type { ComposeNode, ScalarNode } from './composeNode';
import { InterpolationError, interpolate } from './interpolation';
import type { Lookup } from './interpolation';
import { interpolationProblem } from './interpolationProblem';

/**
 * Interpolates every text below a node, keys excepted. A text that cannot be is left with its Problem, so
 * that a variable that only other services need is no obstacle here.
 */
export function interpolateNode(node: ComposeNode, lookup: Lookup): ComposeNode {
  switch (node.kind) {
    case 'scalar':
      return node.type === 'string' && node.text.includes('$') ? interpolated(node, lookup) : node;
    case 'list':
      return { ...node, items: node.items.map((item) => interpolateNode(item, lookup)) };
    case 'map':
      return {
        ...node,
        entries: new Map(
          [...node.entries].map(([name, entry]) => [name, interpolateNode(entry, lookup)]),
        ),
      };
  }
}

function interpolated(node: ScalarNode, lookup: Lookup): ScalarNode {
  const variables = new Set<string>();
  try {
    const text = interpolate(node.text, (variable) => {
      variables.add(variable);
      return lookup(variable);
    });
    return { ...node, text, variables: [...variables] };
  } catch (error) {
    if (error instanceof InterpolationError) {
      return { ...node, problem: interpolationProblem(error.failure, node.place) };
    }
    throw error;
  }
}
