import assert from 'node:assert/strict';
import { crossesSlash, globMatches, parseGlob, unescaped } from '../../../../src/core/context/glob';

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['abc', ['abc'], ['ab', 'abcd', 'Abc']],
  ['*', ['a', '.a', ''], ['a/b']],
  ['*.js*', ['a.js', 'a.json', '.js'], ['a.ts', 'a/b.js']],
  ['a*b*c', ['abc', 'axbxc', 'abbcc'], ['ab', 'acb']],
  ['?', ['a', '☺'], ['', 'ab', '/']],
  ['[a-c]', ['a', 'b'], ['d', '-']],
  ['[^a]', ['b', '☺'], ['a', '']],
  ['[!a]', ['!', 'a'], ['b']],
  ['[a-ζ]', ['α', 'z'], ['A']],
  ['[\\]\\-x]', [']', '-', 'x'], ['\\', 'a']],
  ['[[]0]', ['[0]'], ['0']],
  ['a\\*b', ['a*b'], ['axb']],
  ['a\\\\', ['a\\'], ['a']],
  ['{a,b}', ['{a,b}'], ['a']],
  ['**/x', ['a/x'], ['x', 'a/b/x']],
  ['*/b', ['a/b'], ['b', 'a/x/b']],
  ['a[^x]b', ['a/b', 'a-b'], ['axb']],
];

describe('globs (rule 9)', () => {
  for (const [pattern, matched, others] of CASES) {
    it(pattern, () => {
      const glob = parseGlob(pattern);
      assert.ok(glob !== undefined);
      for (const text of matched) {
        assert.equal(globMatches(glob, text), true, text);
      }
      for (const text of others) {
        assert.equal(globMatches(glob, text), false, text);
      }
    });
  }

  for (const pattern of [
    '[',
    '[]',
    '[]a]',
    '[a',
    '[^',
    '[a-]',
    '[-a]',
    '[a-b-c]',
    '\\',
    'a\\',
    '[\\',
  ]) {
    it(`refuse ${pattern}`, () => {
      assert.equal(parseGlob(pattern), undefined);
    });
  }

  it('know where a class may match a slash', () => {
    const crosses = (pattern: string): boolean => {
      const glob = parseGlob(pattern);
      return glob !== undefined && crossesSlash(glob);
    };
    assert.deepEqual(['*', '[a-c]', '[^a]', '[+-9]', '[^/]'].map(crosses), [
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('take no more than length times length', () => {
    const glob = parseGlob(`${'*a'.repeat(50)}b`);
    assert.ok(glob !== undefined);
    assert.equal(globMatches(glob, 'a'.repeat(5_000)), false);
  });

  it('without wildcards mean a name', () => {
    assert.equal(unescaped('a\\*b\\\\'), 'a*b\\');
  });
});
