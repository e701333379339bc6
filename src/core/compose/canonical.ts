import { composeInvalid } from '../problems';
import { mapEntries, mapNode, textNode, withEntry } from './composeNode';
import type { ComposeNode, MapNode } from './composeNode';

/**
 * Writes out the short forms after a document was merged in, so that later documents merge into one form
 * and paths have one place (compose-go transform/canonical.go).
 */
export function canonical(model: MapNode): MapNode {
  return mapEntries(model, 'services', canonicalService) as MapNode;
}

function canonicalService(service: ComposeNode): ComposeNode {
  const build = service.kind === 'map' ? service.entries.get('build') : undefined;
  if (service.kind !== 'map' || build === undefined) {
    return service;
  }
  return withEntry(service, 'build', canonicalBuild(build));
}

function canonicalBuild(build: ComposeNode): ComposeNode {
  if (build.kind === 'scalar' && build.type === 'string') {
    return mapNode(new Map([['context', build]]), build);
  }
  if (build.kind !== 'map') {
    throw composeInvalid(build.place, 'build is neither a path nor a mapping');
  }
  const withContexts = changed(build, 'additional_contexts', (item) => {
    throw composeInvalid(item.place, 'an additional context is no NAME=source');
  });
  return changed(withContexts, 'ssh', (item) => item);
}

/** Makes a list of `KEY=value` at a name a mapping. */
function changed(build: MapNode, name: string, bare: (item: ComposeNode) => ComposeNode): MapNode {
  const list = build.entries.get(name);
  return list?.kind === 'list' ? withEntry(build, name, asMap(list.items, list, bare)) : build;
}

function asMap(
  items: readonly ComposeNode[],
  list: ComposeNode,
  bare: (item: ComposeNode) => ComposeNode,
): MapNode {
  const entries = new Map<string, ComposeNode>();
  for (const item of items) {
    if (item.kind !== 'scalar' || item.type !== 'string') {
      throw composeInvalid(item.place, 'a text such as KEY=value is expected here');
    }
    const at = item.text.indexOf('=');
    if (at < 0) {
      entries.set(item.text, { ...(bare(item) as typeof item), type: 'null', text: '' });
    } else {
      entries.set(item.text.slice(0, at), textNode(item.text.slice(at + 1), item));
    }
  }
  return mapNode(entries, list);
}
