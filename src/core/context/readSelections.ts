import type { ContextRead } from '../dockerfile/reads';
import type { FileTree } from '../fileTree';
import { ContextView } from './contextView';
import type { IgnoreMatcher } from './ignoreFile';
import { findEntries, selectionOf } from './selectFiles';
import type { FoundEntries, Selection } from './selectFiles';

/**
 * What each of several reads takes of one context, as `selectFiles` of each. All files are asked for at once,
 * those of several reads but once: so their content is read by all threads, and by none twice.
 */
export function readSelections(
  tree: FileTree,
  contextRoot: string,
  ignore: IgnoreMatcher,
  reads: readonly ContextRead[],
  file: string,
): readonly Selection[] {
  const view = new ContextView(tree, contextRoot, ignore);
  const found = reads.map((read) => findEntries(view, read, file));
  const paths = unionOf(found);
  const states = view.files(paths);
  return found.map((each) => selectionOf(each, paths, states));
}

/** Sorted, each once, as those of each are. */
function unionOf(found: readonly FoundEntries[]): readonly string[] {
  const lists = found.map(({ paths }) => paths).filter(({ length }) => length > 0);
  if (lists.length <= 1) {
    return lists[0] ?? [];
  }
  const all = lists.flat().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return all.filter((path, index) => path !== all[index + 1]);
}
