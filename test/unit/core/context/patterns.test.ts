import assert from 'node:assert/strict';
import { Patterns } from '../../../../src/core/context/patterns';
import { Problem } from '../../../../src/core/problem';

const PLACE = { file: '.dockerignore', line: 3 };

function matches(patterns: readonly string[], path: string): boolean {
  return Patterns.of(patterns, () => PLACE).verdictOf(path).matched;
}

/** A pattern, paths that it matches and paths that it does not. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['src', ['src', 'src/main/x.ts'], ['a/src', 'srcs', 'Src']],
  ['src/', ['src', 'src/x'], []],
  ['./src/../lib', ['lib'], ['src']],
  ['*', ['a', '.a', 'a/b/c'], []],
  ['*.md', ['a.md', '.md', 'x.md/y'], ['a/b.md', 'a.mdx']],
  ['*/*.md', ['a/b.md'], ['b.md', 'a/b/c.md']],
  ['a*/b', ['a/b', 'axx/b/c'], ['a/x/b']],
  ['temp?', ['tempA', 'temp1/x'], ['temp', 'tempAB']],
  ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
  ['[^a]x', ['bx', '☺x'], ['ax', 'x']],
  ['[!a]x', ['!x', 'ax'], ['bx']],
  ['[[:alpha:]]1', ['a1', 'Z1'], ['11', ':1']],
  ['**', ['a', 'a/b/c', '.x'], []],
  ['**/', ['a', 'a/b'], []],
  ['**/*', ['a', 'a/b'], []],
  ['**/**', ['a', 'a/b'], []],
  ['**/a', ['a', 'x/a', 'x/y/a/z'], ['xa', 'x/ya']],
  ['**a', ['a', 'xa', 'x/ya'], ['ab']],
  ['**/a/b', ['a/b', 'x/a/b'], ['xa/b']],
  ['a/**', ['a/b', 'a/b/c'], ['a', 'ab']],
  ['a**', ['a', 'ab', 'ab/c'], ['ba']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
  ['a**/*.t', ['a/x.t', 'a/b/c/x.t'], ['b/x.t']],
  ['a**b', ['ab', 'a/x/b', 'axx/b'], ['a/xb']],
  ['**/a*.t', ['a.t', 'x/ab.t'], ['x/b.t']],
  ['**/.git/**', ['.git/x', 'a/.git/x/y'], ['.git', 'git/x']],
  ['x/**/', ['x/y'], ['x']],
  ['.x', ['.x'], ['ax', 'x']],
  ['a.b', ['a.b'], ['axb']],
  ['a(b)+$', ['a(b)+$'], ['abb']],
  ['a|b', ['a|b'], ['a', 'b']],
  ['a{2}', ['a{2}'], ['aa']],
  ['{a,b}', ['{a,b}'], ['a']],
  ['a^b', ['a^b'], []],
  ['a\\*b', ['a*b'], ['axb']],
  ['a\\\\', ['a\\'], ['a']],
  ['é?', ['éx', 'é☺'], ['é']],
  // Beside a wildcard, what is no special character of globs may be one of Go's expressions.
  ['a\\d', ['a1'], ['ad']],
  ['bin\\*x', ['bin*x'], ['binx']],
  ['x|y*', ['x', 'xa', 'yb', 'ay'], ['a']],
  ['?{2}', ['ab'], ['a', 'abc']],
  ['*^a', ['a'], ['x^a', 'xa']],
  ['x[*]y', ['x]y', 'x[^]y'], ['x*y']],
];

describe('patterns (rules 20 and 21)', () => {
  for (const [pattern, matched, others] of CASES) {
    it(pattern, () => {
      for (const path of matched) {
        assert.equal(matches([pattern], path), true, path);
      }
      for (const path of others) {
        assert.equal(matches([pattern], path), false, path);
      }
    });
  }

  it('leave what no pattern matches', () => {
    assert.equal(matches([], 'a'), false);
    assert.equal(matches(['', '  '], 'a'), false);
  });

  it('are trimmed', () => {
    assert.equal(matches([' a\t'], 'a'), true);
  });

  it('give the last match the word', () => {
    assert.equal(matches(['*.md', '!README.md'], 'README.md'), false);
    assert.equal(matches(['!README.md', '*.md'], 'README.md'), true);
    assert.equal(matches(['*', '!a', 'a/b'], 'a/b/c'), true);
    assert.equal(matches(['*', '!a', 'a/b'], 'a/c'), false);
  });

  it('take back below a matched directory', () => {
    assert.equal(matches(['docs', '!docs/keep'], 'docs/keep/x'), false);
    assert.equal(matches(['docs/*', '!docs/keep'], 'docs/x'), true);
    assert.equal(matches(['**', '!a/*.t'], 'a/x.t'), false);
  });

  it('do not try a `!` pattern on a directory that nothing matches', () => {
    // So the walk of a build leaves a/x out, though `!a` matches its directory.
    assert.equal(matches(['a/x', '!a'], 'a/x'), true);
    assert.equal(matches(['a', 'a/x', '!a'], 'a/x'), false);
  });

  for (const pattern of ['!', '[', 'a[', '[]a]', '[a-]', '[-a]', 'a\\', '[^', '*[^a']) {
    it(`refuse ${pattern}`, () => {
      assert.throws(
        () => matches([pattern], 'a'),
        (error) =>
          error instanceof Problem &&
          error.code === 'ignore-pattern-invalid' &&
          error.place?.line === 3,
      );
    });
  }

  it('refuse what is no expression of Go only where it is tried', () => {
    assert.throws(() => matches(['a*\\x'], 'a'), Problem);
    assert.throws(() => matches(['[z-a]'], 'a'), Problem);
    assert.equal(matches(['!a*\\x'], 'a'), false);
  });

  it('say where a `!` pattern may still take back', () => {
    const patterns = Patterns.of(['*', '!a/b/*.t', '!c'], () => PLACE);
    assert.equal(patterns.mayTakeBackBelow('a'), true);
    assert.equal(patterns.mayTakeBackBelow('a/b/x'), true);
    assert.equal(patterns.mayTakeBackBelow('a/x'), false);
    assert.equal(patterns.mayTakeBackBelow('d'), false);
  });
});
