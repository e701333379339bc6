import type { EntryKind, FileStates, FileTree, TreeEntry } from '../fileTree';
import type { IgnoreMatcher } from './ignoreFile';
import type { Verdict } from './patterns';

/** So many files are worth a word to who reads them. */
const TOLD_AT_ONCE = 2048;

/**
 * A context as the builder gets to see it: without what is ignored, but with an ignored directory that
 * holds something which is not (tonistiigi/fsutil filter.go). Paths are from the context's root, in
 * forward slashes; the root is the empty path.
 */
export class ContextView {
  readonly #tree: FileTree;
  readonly #root: string;
  readonly #ignore: IgnoreMatcher;
  readonly #kinds = new Map<string, EntryKind | undefined>();
  /** Of directories alone: there are far more files, and each is met once. */
  readonly #verdicts = new Map<string, Verdict>();
  readonly #visited = new Set<string>();
  #expected: string[] = [];

  constructor(tree: FileTree, root: string, ignore: IgnoreMatcher) {
    this.#tree = tree;
    this.#root = root.replace(/\/+$/, '');
    this.#ignore = ignore;
  }

  absolute(path: string): string {
    return path === '' ? this.#root || '/' : `${this.#root}/${path}`;
  }

  /** The kind of what the builder finds at a path none of whose directories is a link. */
  kindOf(path: string): EntryKind | undefined {
    if (path === '') {
      return 'directory';
    }
    const kind = this.#kindAt(path);
    const isVisible =
      kind !== undefined && this.#isVisible(path, kind, this.#verdictOn(parentOf(path)));
    return isVisible ? kind : undefined;
  }

  /** Whether a link stands at a path, ignored or not. */
  isLink(path: string): boolean {
    return this.#kindAt(path) === 'link';
  }

  anticipate(path: string): void {
    this.#tree.anticipate(this.absolute(''), path);
  }

  /** Whether a directory's files are to be expected: of several reads, only the first to come by. */
  isNews(directory: string): boolean {
    const isNews = !this.#visited.has(directory);
    this.#visited.add(directory);
    return isNews;
  }

  /** Says that a file will be read. */
  expect(path: string): void {
    this.#expected.push(path);
    if (this.#expected.length === TOLD_AT_ONCE) {
      this.#tree.expect(this.absolute(''), this.#expected);
      this.#expected = [];
    }
  }

  files(paths: readonly string[]): FileStates {
    return this.#tree.files(this.absolute(''), paths);
  }

  linkText(path: string): string | undefined {
    return this.#tree.readLink(this.absolute(path));
  }

  /** What the builder finds in a directory, in no order; undefined where there is no such directory. */
  list(directory: string): readonly TreeEntry[] | undefined {
    const entries = this.#tree.list(this.absolute(directory));
    if (entries === undefined || this.#ignore.patterns.isEmpty) {
      return entries;
    }
    const verdict = this.#verdictOn(directory);
    return entries.filter(({ name, kind }) =>
      this.#isVisible(join(directory, name), kind, verdict),
    );
  }

  /** Asked of the tree once: each component of a source's path is met several times. */
  #kindAt(path: string): EntryKind | undefined {
    if (!this.#kinds.has(path)) {
      this.#kinds.set(path, this.#tree.stat(this.absolute(path))?.kind);
    }
    return this.#kinds.get(path);
  }

  /** @param above the verdict on the path's directory. */
  #isVisible(path: string, kind: EntryKind, above: Verdict | undefined): boolean {
    const { patterns } = this.#ignore;
    if (patterns.isEmpty) {
      return true;
    }
    const verdict = patterns.verdict(path, above);
    if (kind === 'directory') {
      this.#verdicts.set(path, verdict);
    }
    if (!verdict.matched) {
      return true;
    }
    return (
      kind === 'directory' &&
      patterns.mayTakeBackBelow(path) &&
      (this.#tree.list(this.absolute(path)) ?? []).some((entry) =>
        this.#isVisible(join(path, entry.name), entry.kind, verdict),
      )
    );
  }

  #verdictOn(directory: string): Verdict | undefined {
    if (directory === '') {
      return undefined;
    }
    const known = this.#verdicts.get(directory);
    if (known !== undefined) {
      return known;
    }
    const verdict = this.#ignore.patterns.verdict(directory, this.#verdictOn(parentOf(directory)));
    this.#verdicts.set(directory, verdict);
    return verdict;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
