import type { ContextView } from './contextView';
import { join } from './contextView';

/** Where a path leads. */
export interface Resolution {
  /** The path with no link in it, from the context's root; undefined behind a link that is ignored. */
  readonly path: string | undefined;
  /** The links that were followed, in the order they were met. */
  readonly links: readonly FollowedLink[];
}

interface FollowedLink {
  readonly path: string;
  readonly text: string;
}

/** BuildKit gives up here, too (cache/contenthash/path.go). */
const MOST_LINKS = 255;

/**
 * Follows the links in every component of a path, the last one too. The context is the whole world: `..`
 * ends at its root, and a link to `/etc` leads to its `etc`.
 * @returns undefined where links go round in circles.
 */
export function resolveLinks(view: ContextView, path: string): Resolution | undefined {
  const links: FollowedLink[] = [];
  const waiting = path.split('/').reverse();
  let current = '';
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part === '' || part === '.') {
      continue;
    }
    if (part === '..') {
      current = current.slice(0, Math.max(0, current.lastIndexOf('/')));
      continue;
    }
    const next = join(current, part);
    const text = view.isLink(next) ? view.linkText(next) : undefined;
    if (text !== undefined && view.kindOf(next) === undefined) {
      return { path: undefined, links };
    }
    if (text === undefined) {
      // Where nothing stands, `..` may still lead on: the builder goes by the text alone.
      current = next;
      continue;
    }
    links.push({ path: next, text });
    if (links.length > MOST_LINKS) {
      return undefined;
    }
    const target = text.split('/');
    waiting.push(...target.reverse());
    current = text.startsWith('/') ? '' : current;
  }
  return { path: current, links };
}
