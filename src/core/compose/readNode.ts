import type { Place } from '../problem';
import { composeInvalid } from '../problems';
import { isNull } from './composeNode';
import type { ComposeNode, ScalarNode } from './composeNode';

/** A text of a compose file, where it stands, and the variables that are in it. */
export interface Located {
  readonly value: string;
  readonly place: Place;
  readonly variables: readonly string[];
}

/**
 * The text at a node; undefined where there is none. Null is no text: Compose's schema has it nowhere.
 * @param name what it is called in a Problem.
 * @throws Problem where it is no text, or could not be interpolated.
 */
export function readText(node: ComposeNode | undefined, name: string): Located | undefined {
  if (node === undefined) {
    return undefined;
  }
  const scalar = readScalar(node, name);
  if (scalar.type !== 'string') {
    const reason = scalar.type === 'null' ? 'is empty' : 'is no text; quote it';
    throw composeInvalid(node.place, `${name} ${reason}`);
  }
  return located(scalar);
}

/** A text, a number or a truth value, as text. */
export function readValue(node: ComposeNode, name: string): Located {
  const scalar = readScalar(node, name);
  if (scalar.type === 'timestamp' || scalar.type === 'null') {
    const reason = scalar.type === 'null' ? 'is empty' : 'is a date; quote it';
    throw composeInvalid(node.place, `${name} ${reason}`);
  }
  return located(scalar);
}

export function readList(node: ComposeNode | undefined, name: string): readonly ComposeNode[] {
  if (node === undefined) {
    return [];
  }
  if (node.kind !== 'list') {
    throw composeInvalid(node.place, `${name} is no list`);
  }
  return node.items;
}

export function readMap(
  node: ComposeNode | undefined,
  name: string,
): ReadonlyMap<string, ComposeNode> {
  if (node === undefined) {
    return new Map();
  }
  if (node.kind !== 'map') {
    throw composeInvalid(node.place, `${name} is no mapping`);
  }
  return node.entries;
}

/** A mapping, or a list of `KEY=value`; a bare key or null has no value. The last of a key counts. */
export function readPairs(
  node: ComposeNode | undefined,
  name: string,
): ReadonlyMap<string, Located | Bare> {
  const pairs = new Map<string, Located | Bare>();
  if (node?.kind === 'list') {
    for (const item of node.items) {
      const text = readText(item, `an entry of ${name}`);
      const at = text?.value.indexOf('=') ?? -1;
      if (text === undefined) {
        throw composeInvalid(item.place, `an entry of ${name} is empty`);
      }
      if (at < 0) {
        pairs.set(text.value, { value: undefined, place: text.place });
      } else {
        pairs.set(text.value.slice(0, at), { ...text, value: text.value.slice(at + 1) });
      }
    }
    return pairs;
  }
  for (const [key, value] of readMap(node, name)) {
    pairs.set(
      key,
      isNull(value) ? { value: undefined, place: value.place } : readValue(value, `${name}.${key}`),
    );
  }
  return pairs;
}

/** A key without a value. */
export interface Bare {
  readonly value: undefined;
  readonly place: Place;
}

function readScalar(node: ComposeNode, name: string): ScalarNode {
  if (node.kind !== 'scalar') {
    throw composeInvalid(node.place, `${name} is no text`);
  }
  if (node.problem !== undefined) {
    throw node.problem;
  }
  return node;
}

function located({ text, place, variables }: ScalarNode): Located {
  return { value: text, place, variables };
}
