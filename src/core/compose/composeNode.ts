import type { Place, Problem } from '../problem';

/** What YAML makes of a scalar, as Go's yaml package, which Compose uses, decides. */
export type ScalarType = 'string' | 'int' | 'float' | 'bool' | 'null' | 'timestamp';

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** As Go prints the value: `0x10` is `16`. */
  readonly text: string;
  /** Of its key where it is a mapping's value. */
  readonly place: Place;
  /** The line of the first line of a block scalar's text. */
  readonly textLine: number | undefined;
  /** The names of the variables that its interpolation looked up. */
  readonly variables: readonly string[];
  /** Why it could not be interpolated: nobody is bothered unless the value is read. */
  readonly problem: Problem | undefined;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ComposeNode[];
  readonly place: Place;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ComposeNode>;
  readonly place: Place;
}

/** A value of a compose file that knows where it stands; aliases and merge keys are gone. */
export type ComposeNode = ScalarNode | ListNode | MapNode;

/** A text that stands where another node stood. */
export function textNode(text: string, from: ComposeNode): ScalarNode {
  return from.kind === 'scalar'
    ? { ...from, type: 'string', text }
    : {
        kind: 'scalar',
        type: 'string',
        text,
        place: from.place,
        textLine: undefined,
        variables: [],
        problem: undefined,
      };
}

export function mapNode(entries: ReadonlyMap<string, ComposeNode>, from: ComposeNode): MapNode {
  return { kind: 'map', entries, place: from.place };
}

/** The same mapping with one entry put in, or taken out. */
export function withEntry(node: MapNode, name: string, entry: ComposeNode | undefined): MapNode {
  const entries = new Map(node.entries);
  if (entry === undefined) {
    entries.delete(name);
  } else {
    entries.set(name, entry);
  }
  return { ...node, entries };
}

/** Applies a change to each entry of the mapping at a name; anything else is left alone. */
export function mapEntries(
  node: ComposeNode,
  name: string,
  change: (entry: ComposeNode, name: string) => ComposeNode,
): ComposeNode {
  const child = node.kind === 'map' ? node.entries.get(name) : undefined;
  if (node.kind !== 'map' || child?.kind !== 'map') {
    return node;
  }
  const entries = new Map([...child.entries].map(([key, entry]) => [key, change(entry, key)]));
  return withEntry(node, name, mapNode(entries, child));
}

export function isNull(node: ComposeNode | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.type === 'null');
}
