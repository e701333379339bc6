/** The prebuild key: lower-case hex sha256, 64 digits. Made by `computeKey` alone. */
export type PrebuildKey = string & { readonly __prebuildKey: unique symbol };

/** @returns undefined where the text has not the form of a key. */
export function parsePrebuildKey(text: string | undefined): PrebuildKey | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? (text as PrebuildKey) : undefined;
}
