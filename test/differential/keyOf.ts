import { nodeFileTree } from '../../src/adapters/files/nodeFileTree';
import { readConfig } from '../../src/core/devcontainer/parseConfig';
import type { BuildInput, InputNote } from '../../src/core/key/buildInputs';
import { collectInputs } from '../../src/core/key/collectInputs';
import { computeKey } from '../../src/core/key/computeKey';
import { hostPlatform } from '../../src/core/platform';
import { Problem } from '../../src/core/problem';
import type { WrittenCase } from './writeCase';

/** What the project makes of a folder: a key, or the Problem that a person would see. */
export type KeyResult =
  | {
      readonly kind: 'key';
      readonly key: string;
      readonly inputs: readonly BuildInput[];
      readonly notes: readonly InputNote[];
    }
  | { readonly kind: 'problem'; readonly code: string; readonly text: string };

/** Anything but a Problem is thrown on: the core must not break on any text. */
export function keyOf({ folder, configFile }: WrittenCase): KeyResult {
  try {
    const config = readConfig(nodeFileTree, { folder, configFile }, {});
    const { inputs, notes } = collectInputs(config, hostPlatform(process.arch), {}, nodeFileTree);
    return { kind: 'key', key: computeKey(inputs), inputs, notes };
  } catch (error) {
    if (error instanceof Problem) {
      const text = [error.message, error.reason].filter((part) => part !== undefined).join(': ');
      return { kind: 'problem', code: error.code, text };
    }
    throw error;
  }
}

/** The sorts of input in which two keys differ. */
export function changedInputs(
  before: readonly BuildInput[],
  after: readonly BuildInput[],
): readonly string[] {
  const text = (input: BuildInput): string => JSON.stringify(input);
  const [old, young] = [new Set(before.map(text)), new Set(after.map(text))];
  const changed = [
    ...before.filter((input) => !young.has(text(input))),
    ...after.filter((input) => !old.has(text(input))),
  ];
  return [...new Set(changed.map(({ kind }) => kind))].sort();
}
