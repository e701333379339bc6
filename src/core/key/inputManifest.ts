import { parseInputRecord } from './inputRecord';
import type { InputRecord } from './inputRecord';

/**
 * The longest text of a label: it goes to the builder as an argument, and Windows has 32,767 characters for
 * all arguments together.
 */
const LONGEST = 20_000;
/** Loaded when used: that takes longer than to compute a small key. */
const loadZlib = () => import('node:zlib');
/** A damaged or hostile label must not fill the memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Packs a record for a label: what a later key is explained against on another machine. It says no place of
 * this machine, so that the same inputs give the same text everywhere.
 * @returns base64 of raw deflate; without the marks of single files where they are too many, and undefined
 * where even the rest is.
 */
export async function packInputs(record: InputRecord): Promise<string | undefined> {
  const { deflateRawSync } = await loadZlib();
  const inputs = record.inputs.map((input) => ({ ...input, at: undefined }));
  const bare = inputs.map((input) => ({ ...input, files: undefined }));
  return [inputs, bare]
    .map((some) => JSON.stringify({ ...record, inputs: some }))
    .map((text) => deflateRawSync(text, { level: 9 }).toString('base64'))
    .find(({ length }) => length <= LONGEST);
}

/** @returns undefined where the label is missing or damaged: then it explains nothing. */
export async function unpackInputs(label: string | undefined): Promise<InputRecord | undefined> {
  if (label === undefined) {
    return undefined;
  }
  const { inflateRawSync } = await loadZlib();
  try {
    const packed = Buffer.from(label, 'base64');
    const text = inflateRawSync(packed, { maxOutputLength: MOST_BYTES }).toString('utf8');
    return parseInputRecord(text, 'the label');
  } catch {
    return undefined;
  }
}
