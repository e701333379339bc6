import type { ContextRead } from '../dockerfile/reads';
import { hasWildcards } from '../dockerfile/reads';
import type { EntryKind, FileStates, FileTree, TreeEntry } from '../fileTree';
import { dockerfileInvalid, sourceLinksInCircles, sourceMissing } from '../problems';
import type { Place } from '../problem';
import { ContextView, join } from './contextView';
import type { Glob } from './glob';
import { crossesSlash, globMatches, parseGlob, unescaped } from './glob';
import type { IgnoreMatcher } from './ignoreFile';
import { resolveLinks } from './links';
import type { Verdict } from './patterns';
import { Patterns } from './patterns';

/** What one read takes of a context. */
export interface Selection {
  /** Sorted by path; each path once. */
  readonly entries: readonly SelectedEntry[];
  /** By entry, the sha256 of a file's bytes, and nothing for what is no file. */
  readonly contents: readonly string[];
  /** What was no longer there when it was looked into: no tree ever was like this selection. */
  readonly vanished: string | undefined;
}

export interface SelectedEntry {
  /** From the context's root, in forward slashes. No component above the last is a link. */
  readonly path: string;
  /** `special` is a FIFO, socket or device: it counts by its name and is never opened. */
  readonly kind: 'file' | 'directory' | 'link' | 'special';
  readonly executable: boolean;
  /** Of a link alone. */
  readonly linkText?: string;
}

/**
 * Finds what a read takes of a context: the links on the way to its sources, and then each source with all
 * below it. Throws a Problem where the build would fail: a source that is missing, a malformed pattern.
 */
export function selectFiles(
  tree: FileTree,
  contextRoot: string,
  ignore: IgnoreMatcher,
  read: ContextRead,
  file = 'Dockerfile',
): Selection {
  const view = new ContextView(tree, contextRoot, ignore);
  const found = findEntries(view, read, file);
  return selectionOf(found, found.paths, view.files(found.paths));
}

/** What a read takes of a context, while its files are not yet read. */
export interface FoundEntries {
  /** As a selection has them, but for the mode. */
  readonly entries: readonly FoundEntry[];
  /** Those of the entries that are files. */
  readonly paths: readonly string[];
  readonly vanished: string | undefined;
}

/** Finds the entries of a selection, as `selectFiles` does. */
export function findEntries(view: ContextView, read: ContextRead, file: string): FoundEntries {
  return new Selector(view, read, file).find();
}

/**
 * A selection of entries that were found, with what their files hold.
 * @param paths those of the states: sorted, and among them the entries' files.
 */
export function selectionOf(
  found: FoundEntries,
  paths: readonly string[],
  states: FileStates,
): Selection {
  let { vanished } = found;
  let next = 0;
  const contents = found.entries.map((entry) => {
    if (entry.kind !== 'file') {
      return '';
    }
    if (paths[next] !== entry.path) {
      next = paths.indexOf(entry.path, next);
    }
    const content = states.sha256[next];
    if (content === undefined) {
      vanished = entry.path;
    }
    entry.executable = states.executable[next++] === true;
    return content ?? '';
  });
  return { entries: found.entries, contents, vanished };
}

class Selector {
  readonly #view: ContextView;
  readonly #read: ContextRead;
  readonly #place: Place;
  readonly #include: Patterns | undefined;
  readonly #exclude: Patterns | undefined;
  /** As they are met; one may be met twice, along several ways. */
  readonly #entries: FoundEntry[] = [];
  #vanished: string | undefined;

  constructor(view: ContextView, read: ContextRead, file: string) {
    this.#view = view;
    this.#read = read;
    this.#place = { file, line: read.line };
    const placeOf = (): Place => this.#place;
    // A list of nothing but an empty pattern selects nothing: `--parents .`.
    const isUnfiltered = read.widened || read.include.length === 0;
    this.#include = isUnfiltered ? undefined : Patterns.of(read.include, placeOf);
    const isWhole = read.widened || read.exclude.length === 0;
    this.#exclude = isWhole ? undefined : Patterns.of(read.exclude, placeOf);
  }

  find(): FoundEntries {
    const { widened, glob, source } = this.#read;
    if (widened) {
      this.#view.anticipate('');
      this.#addBelow('', undefined);
    } else if (glob) {
      this.#selectGlob(source.slice(1));
    } else {
      this.#selectPath(source.slice(1));
    }
    const entries = sortedOnce(this.#entries);
    const paths: string[] = [];
    for (const { path, kind } of entries) {
      if (kind === 'file') {
        paths.push(path);
      }
    }
    return { entries, paths, vanished: this.#vanished };
  }

  #selectPath(path: string): void {
    // BuildKit takes `a\*b` for the name with its backslash; kaniko, and the manual, for `a*b`.
    const names = new Set([path, unescaped(path)]);
    const found = [...names].filter((name) => this.#addSource(name));
    if (found.length === 0) {
      throw sourceMissing(path, this.#place);
    }
  }

  /**
   * A glob has a part without wildcards, where links are followed, and a part with them, where only a
   * match itself may be a link (tonistiigi/fsutil copy.go ResolveWildcards).
   */
  #selectGlob(pattern: string): void {
    const segments = pattern.split('/');
    const first = segments.findIndex(hasWildcards);
    const glob = parseGlob(segments.slice(first).join('/'));
    if (glob === undefined) {
      throw dockerfileInvalid(this.#place, `the pattern "${pattern}" is malformed`);
    }
    const head = segments.slice(0, first).join('/');
    const start = this.#resolve(head);
    if (start === undefined) {
      throw sourceMissing(head, this.#place);
    }
    const bySegment = crossesSlash(glob)
      ? undefined
      : segments.slice(first).map((segment) => parseGlob(segment));
    for (const { name, kind } of this.#matches(start, '', glob, bySegment)) {
      if (kind !== 'link') {
        this.#addResolved(name, kind);
      } else if (!this.#addSource(name) && this.#include === undefined) {
        // With --parents the builder may not even send a link that nothing is selected of.
        throw sourceMissing(name, this.#place);
      }
    }
  }

  /** The paths below `directory` that match, from the root; nothing below a match is looked at. */
  #matches(
    base: string,
    directory: string,
    glob: Glob,
    bySegment: readonly (Glob | undefined)[] | undefined,
  ): readonly TreeEntry[] {
    const segment = bySegment?.[directory === '' ? 0 : directory.split('/').length];
    const listed = directory === '' ? base : join(base, directory);
    return (this.#view.list(listed) ?? []).flatMap(({ name, kind }) => {
      const path = join(directory, name);
      if (globMatches(glob, path)) {
        return [{ name: join(base, path), kind }];
      }
      const mayLeadOn =
        kind === 'directory' &&
        (bySegment === undefined || (segment !== undefined && globMatches(segment, name)));
      return mayLeadOn ? this.#matches(base, path, glob, bySegment) : [];
    });
  }

  /** Follows links and keeps those on the way: where they lead is part of what is read. */
  #resolve(path: string): string | undefined {
    const resolution = resolveLinks(this.#view, path);
    if (resolution === undefined) {
      throw sourceLinksInCircles(path, this.#place);
    }
    for (const { path: link, text } of resolution.links) {
      this.#entries.push({ path: link, kind: 'link', executable: false, linkText: text });
    }
    const isThere = resolution.path !== undefined && this.#view.kindOf(resolution.path);
    return isThere ? resolution.path : undefined;
  }

  /** Adds a source, its links followed, and all below it. @returns whether it is there. */
  #addSource(source: string): boolean {
    const path = this.#resolve(source);
    if (path === undefined) {
      return false;
    }
    this.#addResolved(path, this.#view.kindOf(path));
    return true;
  }

  #addResolved(path: string, kind: EntryKind | undefined): void {
    this.#add(path, kind);
    if (kind === 'directory') {
      this.#view.anticipate(path);
      this.#addBelow(path, undefined);
    }
  }

  /**
   * Adds what a directory of a source holds, as `--parents` and `--exclude` have it; their patterns start
   * at the source. A directory that they pass over still counts where it leads to something.
   */
  #addBelow(source: string, within: Within | undefined): boolean {
    const directory = within === undefined ? source : join(source, within.path);
    const listed = this.#view.list(directory);
    if (listed === undefined) {
      this.#vanished = directory;
    }
    const isNews = this.#view.isNews(directory);
    let isAny = false;
    for (const { name, kind } of listed ?? []) {
      const path = within === undefined ? name : `${within.path}/${name}`;
      const include = this.#include?.verdict(path, within?.include);
      const exclude = this.#exclude?.verdict(path, within?.exclude);
      const isTaken = include?.matched !== false && exclude?.matched !== true;
      if (isTaken) {
        const taken = join(source, path);
        this.#add(taken, kind);
        if (isNews && kind === 'file') {
          this.#view.expect(taken);
        }
      }
      const holdsTaken =
        kind === 'directory' &&
        (include?.matched !== false || this.#include?.mayMatchBelow(path) === true) &&
        (exclude?.matched !== true || this.#exclude?.mayTakeBackBelow(path) === true) &&
        this.#addBelow(source, { path, include, exclude });
      if (holdsTaken && !isTaken) {
        this.#add(join(source, path), kind);
      }
      isAny ||= isTaken || holdsTaken;
    }
    return isAny;
  }

  #add(path: string, kind: EntryKind | undefined): void {
    if (path === '' || kind === undefined) {
      return;
    }
    if (kind !== 'link') {
      this.#entries.push({ path, kind, executable: false });
      return;
    }
    const linkText = this.#view.linkText(path);
    if (linkText === undefined) {
      this.#vanished = path;
    } else {
      this.#entries.push({ path, kind, executable: false, linkText });
    }
  }
}

/** An entry whose mode is told when its content is read: there are too many for another object of each. */
type FoundEntry = SelectedEntry & { executable: boolean };

/** Sorted by path, each once. A walk gives them sorted but for a few. */
function sortedOnce(entries: FoundEntry[]): FoundEntry[] {
  const isSorted = entries.every(({ path }, index) => {
    const next = entries[index + 1];
    return next === undefined || path < next.path;
  });
  if (isSorted) {
    return entries;
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return entries.filter(({ path }, index) => path !== entries[index + 1]?.path);
}

/** A directory below a source, and what the patterns say of it. */
interface Within {
  readonly path: string;
  readonly include: Verdict | undefined;
  readonly exclude: Verdict | undefined;
}
