import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document, Node, ParsedNode, Scalar, YAMLMap } from 'yaml';
import type { Place } from '../problem';
import { composeInvalid } from '../problems';
import type { ComposeNode, ListNode, MapNode, ScalarNode } from './composeNode';
import { plainScalar } from './plainScalar';
import { isNestedDeeper } from './yamlNesting';

/** One YAML document of a compose file. */
export interface ComposeDocument {
  readonly root: ComposeNode;
  /** The paths tagged `!reset` or `!override`: what earlier files have there goes. */
  readonly resets: readonly (readonly string[])[];
}

/** More than any project has; less than a bomb of aliases makes. */
const MOST_NODES = 20_000;
const DEEPEST = 100;
const MOST_CHARACTERS = 1024 * 1024;

/**
 * Parses a compose file: aliases are followed, merge keys merged, keys said twice refused.
 * @throws Problem with the place of the first error.
 */
export function parseComposeYaml(text: string, file: string): readonly ComposeDocument[] {
  if (text.length > MOST_CHARACTERS) {
    throw composeInvalid({ file, line: 1 }, 'it is longer than 1 MiB');
  }
  if (isNestedDeeper(text, DEEPEST)) {
    throw composeInvalid({ file, line: 1 }, 'it is nested too deeply');
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    // Every scalar stays a text, for Go's own rules to read; keys said twice are found by the reader.
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  return [...documents].map((document) => new DocumentReader(document, lines, file).read());
}

type YamlNode = Node | ParsedNode | null;

class DocumentReader {
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Set<Node>();
  private readonly resets: (readonly string[])[] = [];
  private count = 0;

  constructor(
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
    private readonly file: string,
  ) {}

  read(): ComposeDocument {
    const [error] = this.document.errors;
    if (error !== undefined) {
      throw composeInvalid(this.at(error.pos[0]), sentence(error.message));
    }
    const root = this.node(this.document.contents, [], { file: this.file, line: 1 });
    return { root: root ?? emptyNode({ file: this.file, line: 1 }), resets: this.resets };
  }

  /** @returns undefined where the node is tagged `!reset`. */
  private node(source: YamlNode, path: readonly string[], place: Place): ComposeNode | undefined {
    if (++this.count > MOST_NODES) {
      throw composeInvalid(place, 'its aliases make too much of it');
    }
    if (path.length > DEEPEST) {
      throw composeInvalid(place, 'it is nested too deeply');
    }
    if (source === null) {
      return emptyNode(place);
    }
    if (isAlias(source)) {
      return this.followed(this.aliased(source.source, place), path, place);
    }
    const { anchor } = source as { readonly anchor?: string };
    if (anchor !== undefined) {
      this.anchors.set(anchor, source);
    }
    return this.followed(source, path, place);
  }

  private aliased(name: string, place: Place): Node {
    const target = this.anchors.get(name);
    if (target === undefined) {
      throw composeInvalid(place, `there is no anchor "${name}" before its alias`);
    }
    return target;
  }

  private followed(source: Node, path: readonly string[], place: Place): ComposeNode | undefined {
    if (this.open.has(source)) {
      throw composeInvalid(place, 'an anchor holds an alias of itself');
    }
    if (source.tag === '!reset' || source.tag === '!override') {
      this.resets.push(path);
    }
    if (source.tag === '!reset') {
      return undefined;
    }
    this.open.add(source);
    try {
      return this.value(source, path, place);
    } finally {
      this.open.delete(source);
    }
  }

  private value(source: Node, path: readonly string[], place: Place): ComposeNode {
    if (isMap(source)) {
      return this.map(source, path, place);
    }
    if (isSeq(source)) {
      return this.list(source.items as readonly YamlNode[], path, place);
    }
    if (isScalar(source)) {
      return this.scalar(source, place);
    }
    throw composeInvalid(place, 'it holds something that is no YAML value');
  }

  private map(source: YAMLMap, path: readonly string[], place: Place): MapNode {
    const entries = new Map<string, ComposeNode>();
    const merged: [YamlNode, Place][] = [];
    const seen = new Set<string>();
    for (const { key, value } of source.items) {
      const at = this.placeOf(key as YamlNode, place);
      const name = this.key(key as YamlNode, at);
      if (seen.has(name)) {
        throw composeInvalid(at, `the key "${name}" stands there twice`);
      }
      seen.add(name);
      if (isScalar(key) && key.type === 'PLAIN' && name === '<<') {
        merged.push([value as YamlNode, at]);
        continue;
      }
      const node = this.node(value as YamlNode, [...path, name], at);
      if (node !== undefined) {
        entries.set(name, node);
      }
    }
    for (const [value, at] of merged) {
      this.merge(entries, value, path, at);
    }
    return { kind: 'map', entries, place };
  }

  /** `<<`: what the mapping has itself stays, and of several mappings the first counts. */
  private merge(
    entries: Map<string, ComposeNode>,
    value: YamlNode,
    path: readonly string[],
    place: Place,
  ): void {
    const node = this.node(value, path, place);
    const maps = node?.kind === 'list' ? node.items : [node];
    for (const map of maps) {
      if (map?.kind !== 'map') {
        throw composeInvalid(place, '"<<" takes mappings only');
      }
      for (const [name, entry] of map.entries) {
        if (!entries.has(name)) {
          entries.set(name, entry);
        }
      }
    }
  }

  private key(key: YamlNode, place: Place): string {
    const node = this.node(key, [], place);
    if (node?.kind !== 'scalar' || (node.type !== 'string' && node.text !== '<<')) {
      const text = node?.kind === 'scalar' && node.text !== '' ? `"${node.text}"` : 'a key';
      throw composeInvalid(place, `${text} is no text, as a key must be; quote it`);
    }
    return node.text;
  }

  private list(items: readonly YamlNode[], path: readonly string[], place: Place): ListNode {
    const nodes = items.map((item, index) =>
      this.node(item, [...path, String(index)], this.placeOf(item, place)),
    );
    return { kind: 'list', items: nodes.filter((node) => node !== undefined), place };
  }

  private scalar(source: Scalar, place: Place): ScalarNode {
    const text = typeof source.value === 'string' ? source.value : '';
    const { tag, type } = source;
    const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
    const isResolved =
      tag === undefined || tag === '!override'
        ? type === 'PLAIN' || (type === undefined && text === '')
        : /^(?:!!|tag:yaml\.org,2002:)(?:int|float|bool|null)$/.test(tag);
    return {
      kind: 'scalar',
      ...(isResolved ? plainScalar(text) : { type: 'string', text }),
      place,
      textLine: isBlock ? (this.placeOf(source, place).line ?? 0) + 1 : undefined,
      variables: [],
      problem: undefined,
    };
  }

  private placeOf(node: YamlNode, otherwise: Place): Place {
    return node?.range === undefined || node.range === null ? otherwise : this.at(node.range[0]);
  }

  private at(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function emptyNode(place: Place): ScalarNode {
  return {
    kind: 'scalar',
    type: 'null',
    text: '',
    place,
    textLine: undefined,
    variables: [],
    problem: undefined,
  };
}

/** The parser's message as the end of a sentence of ours. */
function sentence(message: string): string {
  const [first = ''] = message.split('\n');
  const plain = first.replace(/\.$/, '');
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
