import type { FileTree } from '../../core/fileTree';
import type { Prebuilds } from '../../core/ports';
import { contextDigest, explainPrebuild, preparePrebuild } from '../../core/preparePrebuild';

/** Computes keys on the caller's thread, for a program that has nothing else to do meanwhile. */
export function sameThreadPrebuilds(tree: FileTree): Prebuilds {
  return {
    prepare: (request) =>
      new Promise((resolve) => {
        resolve(preparePrebuild(tree, request));
      }),
    explain: (request) =>
      new Promise((resolve) => {
        resolve(explainPrebuild(tree, request));
      }),
    contextDigest: (request) =>
      new Promise((resolve) => {
        resolve(contextDigest(tree, request));
      }),
  };
}
