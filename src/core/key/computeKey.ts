import { digestOf, frame } from './encoding';
import type { BuildInput } from './buildInputs';
import type { PrebuildKey } from './prebuildKey';

/**
 * The key of a list of inputs: a pure function of their kinds, names and digests in the order given,
 * which whoever collects them makes canonical.
 */
export function computeKey(inputs: readonly BuildInput[]): PrebuildKey {
  return digestOf(
    inputs.map(({ kind, name, digest }) => frame([kind, name, digest])),
  ) as PrebuildKey;
}
