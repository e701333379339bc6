import { trim } from '../dockerfile/whitespace';
import { clean, Patterns } from './patterns';

/** Which paths of a context an ignore file takes away. */
export interface IgnoreMatcher {
  readonly patterns: Patterns;
  /** Whether a path, from the context's root, is ignored. */
  ignores(path: string): boolean;
}

/** Reads an ignore file (moby/patternmatcher ignorefile.go). `file` is shown in Problems. */
export function parseIgnoreFile(text: string, file: string): IgnoreMatcher {
  const patterns: { readonly text: string; readonly line: number }[] = [];
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  source.split('\n').forEach((line, index) => {
    // Only in the first column: ` # a` is a pattern.
    const pattern = line.startsWith('#') ? '' : normalise(trim(line));
    if (pattern !== '') {
      patterns.push({ text: pattern, line: index + 1 });
    }
  });
  return matcherOf(
    Patterns.of(
      patterns.map((pattern) => pattern.text),
      (index) => ({ file, line: patterns[index]?.line ?? 1 }),
    ),
  );
}

/** Cleaned and without a leading slash, behind the `!` if there is one: `! /a/../b` is `!b`. */
function normalise(pattern: string): string {
  if (pattern === '') {
    return '';
  }
  const takesBack = pattern.startsWith('!');
  const path = takesBack ? trim(pattern.slice(1)) : pattern;
  const cleaned = path === '' ? '' : clean(path);
  const relative = cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
  return takesBack ? `!${relative}` : relative;
}

function matcherOf(patterns: Patterns): IgnoreMatcher {
  return { patterns, ignores: (path) => patterns.verdictOf(path).matched };
}

export const ignoresNothing: IgnoreMatcher = matcherOf(
  Patterns.of([], () => ({ file: '.dockerignore' })),
);

/**
 * The ignore files of a build, the first that exists counts alone. Both paths are absolute. A named
 * context has only its own `.dockerignore`.
 */
export function ignoreFileCandidates(
  dockerfilePath: string,
  contextRoot: string,
): readonly string[] {
  return [`${dockerfilePath}.dockerignore`, `${contextRoot.replace(/\/+$/, '')}/.dockerignore`];
}
