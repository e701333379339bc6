import { isObject } from '../devcontainer/jsonc';
import type { JsonObject, JsonValue } from '../devcontainer/jsonc';
import type { Place } from '../problem';
import { recordInvalid } from '../problems';
import type { BuildInput, CollectedInputs, InputKind } from './buildInputs';
import { markFiles } from './fileMarks';
import type { FileMarks } from './fileMarks';
import { parsePrebuildKey } from './prebuildKey';
import type { PrebuildKey } from './prebuildKey';

/** An input with what a person is told of it. */
export interface RecordedInput extends BuildInput {
  readonly label: string;
  readonly at: Place | undefined;
  readonly files?: FileMarks | undefined;
}

/** The inputs of one key, as `hash --json` prints them: what a later key is explained against. */
export interface InputRecord {
  readonly hash: PrebuildKey;
  readonly platform: string;
  readonly inputs: readonly RecordedInput[];
}

/** Makes the record of a key. */
export function recordOf(
  hash: PrebuildKey,
  platform: string,
  { inputs, origins }: CollectedInputs,
): InputRecord {
  return {
    hash,
    platform,
    inputs: inputs.map((input) => {
      const origin = origins.get(input);
      return {
        ...input,
        label: origin?.label ?? input.name,
        at: origin?.place,
        files: origin?.selection === undefined ? undefined : markFiles(origin.selection),
      };
    }),
  };
}

/**
 * Reads a record from JSON.
 * @throws Problem where the text is no record.
 */
export function parseInputRecord(text: string, file: string): InputRecord {
  const { hash, platform, inputs } = objectIn(text, file);
  const key = typeof hash === 'string' ? parsePrebuildKey(hash) : undefined;
  if (key === undefined || typeof platform !== 'string' || !Array.isArray(inputs)) {
    throw recordInvalid(file);
  }
  const read = (inputs as readonly JsonValue[]).map(parseInput);
  return { hash: key, platform, inputs: read.filter((input) => input !== undefined) };
}

function objectIn(text: string, file: string): JsonObject {
  try {
    const value = JSON.parse(text) as JsonValue;
    if (isObject(value)) {
      return value;
    }
  } catch {
    // No JSON at all is no record, either.
  }
  throw recordInvalid(file);
}

function parseInput(value: JsonValue): RecordedInput | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const { kind, name, digest, label, files } = value;
  // A kind that this version does not know is compared like any other.
  return typeof kind === 'string' && typeof name === 'string' && typeof digest === 'string'
    ? {
        kind: kind as InputKind,
        name,
        digest,
        label: typeof label === 'string' ? label : name,
        at: undefined,
        files: parseMarks(files),
      }
    : undefined;
}

/** What is damaged, or of another version, explains nothing. */
function parseMarks(value: JsonValue | undefined): FileMarks | undefined {
  if (!isObject(value) || typeof value['depth'] !== 'number' || !Array.isArray(value['marks'])) {
    return undefined;
  }
  const marks = (value['marks'] as readonly JsonValue[]).flatMap(parseMark);
  return { depth: value['depth'], marks };
}

function parseMark(value: JsonValue): readonly (readonly [string, string])[] {
  const [path, mark] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  return typeof path === 'string' && typeof mark === 'string' ? [[path, mark]] : [];
}
