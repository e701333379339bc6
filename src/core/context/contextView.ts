import type { EntryKind, FileTree, TreeEntry } from '../fileTree';
import type { IgnoreMatcher } from './ignoreFile';
import type { Verdict } from './patterns';

/**
 * A context as the builder gets to see it: without what is ignored, but with an ignored directory that
 * holds something which is not (tonistiigi/fsutil filter.go). Paths are from the context's root, in
 * forward slashes; the root is the empty path.
 */
export class ContextView {
  readonly #tree: FileTree;
  readonly #root: string;
  readonly #ignore: IgnoreMatcher;
  readonly #verdicts = new Map<string, Verdict>();

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
    const kind = this.#tree.stat(this.absolute(path))?.kind;
    return kind !== undefined && this.#isVisible(path, kind) ? kind : undefined;
  }

  /** Whether a link stands at a path, ignored or not. */
  isLink(path: string): boolean {
    return this.#tree.stat(this.absolute(path))?.kind === 'link';
  }

  isExecutable(path: string): boolean {
    return this.#tree.stat(this.absolute(path))?.executable === true;
  }

  linkText(path: string): string | undefined {
    return this.#tree.readLink(this.absolute(path));
  }

  /** What the builder finds in a directory, in no order. */
  list(directory: string): readonly TreeEntry[] {
    const entries = this.#tree.list(this.absolute(directory)) ?? [];
    return entries.filter(({ name, kind }) => this.#isVisible(join(directory, name), kind));
  }

  #isVisible(path: string, kind: EntryKind): boolean {
    if (this.#ignore.patterns.isEmpty || !this.#verdict(path).matched) {
      return true;
    }
    return (
      kind === 'directory' &&
      this.#ignore.patterns.mayTakeBackBelow(path) &&
      (this.#tree.list(this.absolute(path)) ?? []).some((entry) =>
        this.#isVisible(join(path, entry.name), entry.kind),
      )
    );
  }

  #verdict(path: string): Verdict {
    const known = this.#verdicts.get(path);
    if (known !== undefined) {
      return known;
    }
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? undefined : this.#verdict(path.slice(0, slash));
    const verdict = this.#ignore.patterns.verdict(path, parent);
    this.#verdicts.set(path, verdict);
    return verdict;
  }
}

export function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
