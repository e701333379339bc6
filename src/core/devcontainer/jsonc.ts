import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { Place } from '../problem';
import { configInvalid } from '../problems';

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };
export type JsonObject = Readonly<Record<string, JsonValue>>;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A parsed text of JSON with comments, whose values know where they stand. */
export interface JsoncDocument {
  readonly value: JsonObject;
  /** Where the value at a path stands; the document's start where there is none. */
  readonly placeOf: (path: readonly (string | number)[]) => Place;
}

/**
 * Parses JSON with comments and trailing commas, as VS Code and the devcontainer CLI do.
 * @throws Problem with file, line and column of the first error, or where the text is no object.
 */
export function parseJsonc(text: string, file: string): JsoncDocument {
  const errors: ParseError[] = [];
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const root = tolerant(plain, file, errors);
  const [first] = errors;
  if (first !== undefined) {
    throw configInvalid(placeAt(plain, first.offset, file), sentence(first));
  }
  if (root?.type !== 'object') {
    throw configInvalid({ file, line: 1, column: 1 }, 'it is no JSON object');
  }
  return {
    value: getNodeValue(root) as JsonObject,
    placeOf: (path) => placeAt(plain, nodeAt(root, path)?.offset ?? 0, file),
  };
}

function tolerant(text: string, file: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  } catch (error) {
    // The parser calls itself for each level, and a hostile file has more levels than a stack holds.
    if (error instanceof RangeError) {
      throw configInvalid({ file, line: 1, column: 1 }, 'it is nested too deeply');
    }
    throw error;
  }
}

function nodeAt(root: Node, path: readonly (string | number)[]): Node | undefined {
  const node = findNodeAtLocation(root, [...path]);
  // The whole property, not its value alone: its name is what a person looks for.
  return node?.parent?.type === 'property' ? node.parent : node;
}

function placeAt(text: string, offset: number, file: string): Place {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** `CommaExpected` → `a comma is expected here`; the parser's names read nearly like that. */
function sentence({ error }: ParseError): string {
  const words = printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.endsWith(' expected') ? `${words} here` : words;
}
