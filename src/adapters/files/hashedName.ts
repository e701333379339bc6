import { sha256 } from '../../core/key/encoding';

/** A file name for a text of any length and characters. */
export const hashedName = (text: string): string => sha256(text).slice(0, 32);
