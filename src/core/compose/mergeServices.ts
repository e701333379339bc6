import { composeInvalid } from '../problems';
import { isNull, mapNode, textNode } from './composeNode';
import type { ComposeNode, MapNode } from './composeNode';

/**
 * Merges what a later file, or the extending service, says over what was said before (compose-go
 * override/merge.go): mappings merge, lists append, scalars replace, and null changes nothing.
 * @throws Problem where a mapping or a list meets something else.
 */
export function mergeNodes(
  base: ComposeNode,
  over: ComposeNode,
  path: readonly string[],
): ComposeNode {
  const [section, , property, detail] = path;
  if (section === 'services' && property === 'build' && path.length <= 4) {
    switch (detail) {
      case undefined:
        return mergeMaps(asBuild(base), asBuild(over), path);
      case 'args':
      case 'labels':
      case 'additional_contexts':
        return { kind: 'list', items: [...asPairs(base), ...asPairs(over)], place: over.place };
      case 'extra_hosts':
        return { kind: 'list', items: distinct(asPairs(base), asPairs(over)), place: over.place };
      default:
    }
  }
  if (isNull(over)) {
    return base;
  }
  if (base.kind === 'scalar') {
    return over;
  }
  if (base.kind === 'map' && over.kind === 'map') {
    return mergeMaps(base, over, path);
  }
  if (base.kind === 'list' && over.kind === 'list') {
    return { ...over, items: [...base.items, ...over.items] };
  }
  throw composeInvalid(
    over.place,
    `${path.join('.')} is another kind of value than what it overrides`,
  );
}

function mergeMaps(base: MapNode, over: MapNode, path: readonly string[]): MapNode {
  const entries = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const before = entries.get(name);
    entries.set(name, before === undefined ? entry : mergeNodes(before, entry, [...path, name]));
  }
  return { ...over, entries };
}

/** `build: ./dir` is `build: { context: ./dir }`. */
function asBuild(node: ComposeNode): MapNode {
  if (node.kind === 'map') {
    return node;
  }
  if (node.kind === 'scalar' && node.type === 'string') {
    return mapNode(new Map([['context', node]]), node);
  }
  if (isNull(node)) {
    return mapNode(new Map(), node);
  }
  throw composeInvalid(node.place, 'build is neither a path nor a mapping');
}

/** The entries of a list, and those of a mapping as `KEY=value`, or `KEY` where the value is null. */
function asPairs(node: ComposeNode): readonly ComposeNode[] {
  switch (node.kind) {
    case 'list':
      return node.items;
    case 'map':
      return [...node.entries].flatMap(([name, value]) =>
        (value.kind === 'list' ? value.items : [value]).map((item) =>
          isNull(item) ? textNode(name, item) : textNode(`${name}=${scalarText(item)}`, item),
        ),
      );
    case 'scalar':
      return isNull(node) ? [] : [node];
  }
}

function scalarText(node: ComposeNode): string {
  if (node.kind !== 'scalar') {
    throw composeInvalid(node.place, 'a text or a number is expected here');
  }
  return node.text;
}

function distinct(
  base: readonly ComposeNode[],
  over: readonly ComposeNode[],
): readonly ComposeNode[] {
  const known = new Set(base.map(scalarText));
  return [...base, ...over.filter((item) => !known.has(scalarText(item)))];
}
