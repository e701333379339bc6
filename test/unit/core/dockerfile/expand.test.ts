import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expand, lex } from '../../../../src/core/dockerfile/expand';

const VALUES: Readonly<Record<string, string>> = {
  D: 'src',
  E: '',
  F: 'file.tar.gz',
  P: 'a/b/c',
  S: 'a-b-a',
  N: 'one\ntwo',
  Ä: 'umlaut',
  DOLLAR: '$0',
};
const lookup = (name: string): string | undefined =>
  Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;

function text(word: string, escape: '\\' | '`' = '\\'): string | undefined {
  const expansion = expand(word, lookup, escape);
  return expansion.kind === 'expanded' ? expansion.text : undefined;
}

/** A word and what it becomes; undefined where it is malformed. */
const CASES: Readonly<Record<string, readonly (readonly [string, string | undefined])[]>> = {
  'plain variables': [
    ['$D', 'src'],
    ['${D}', 'src'],
    ['a$D/b', 'asrc/b'],
    ['$Dx', ''],
    ['${D}x', 'srcx'],
    ['$NONE', ''],
    ['$', '$'],
    ['a$', 'a$'],
    ['$/', '$/'],
    ['$Ä', 'umlaut'],
    ['$1a', 'a'],
    ['$12a', 'a'],
    ['$@$*$#$?$-$$$!', ''],
    ['${}', undefined],
    ['${:-a}', undefined],
    ['${{D}}', undefined],
    ['${', undefined],
    ['${D', undefined],
    ['${D!}', undefined],
  ],
  'quotes and escapes': [
    ["'$D'", '$D'],
    ['"$D"', 'src'],
    ['\\$D', '$D'],
    ['"\\$D"', '$D'],
    ['"\\a\\"\\\\"', '\\a"\\'],
    ["'\\'", '\\'],
    ['a\\ b', 'a b'],
    ['a\\*b', 'a*b'],
    ['a\\\\*b', 'a\\*b'],
    ['a\\', 'a'],
    ['"a', undefined],
    ["'a", undefined],
    ['\ufeffa', 'a'],
  ],
  defaults: [
    ['${D:-x}', 'src'],
    ['${E:-x}', 'x'],
    ['${E-x}', ''],
    ['${U:-x}', 'x'],
    ['${U-x}', 'x'],
    ['${D:+x}', 'x'],
    ['${E:+x}', ''],
    ['${E+x}', 'x'],
    ['${U:+x}', ''],
    ['${U+x}', ''],
    ['${U:-${D}}', 'src'],
    ['${U:-${V:-$D/x}}', 'src/x'],
    ["${U:-'a}b'}", 'a}b'],
    ['${U:-a\\}b}', 'a}b'],
    ['${U:-}', ''],
    ['${U:=x}', undefined],
    ['${U:-x', undefined],
  ],
  requirements: [
    ['${D?}', 'src'],
    ['${D:?x}', 'src'],
    ['${E?}', ''],
    ['${E:?}', undefined],
    ['${U?}', undefined],
    ['${U:?is needed}', undefined],
  ],
  'prefixes and suffixes': [
    ['${F%.gz}', 'file.tar'],
    ['${F%.*}', 'file.tar'],
    ['${F%%.*}', 'file'],
    ['${F#*.}', 'tar.gz'],
    ['${F##*.}', 'gz'],
    ['${P#*/}', 'b/c'],
    ['${P##*/}', 'c'],
    ['${P%/*}', 'a/b'],
    ['${P%%/*}', 'a'],
    ['${P#?}', '/b/c'],
    ['${P#x}', 'a/b/c'],
    ['${P#}', 'a/b/c'],
    ['${U#a}', ''],
    ['${N#*n}', 'e\ntwo'],
    ['${N##*n}', 'e\ntwo'],
    ['${N##*t}', 'one\ntwo'],
    ['${F#\\f}', undefined],
    ['${F:#f}', undefined],
    ['${F%\\*}', 'file.tar.gz'],
  ],
  replacements: [
    ['${S/a/x}', 'x-b-a'],
    ['${S//a/x}', 'x-b-x'],
    ['${S//-/_}', 'a_b_a'],
    ['${S//-/}', 'aba'],
    ['${S/-*/}', 'a'],
    ['${S//?/x}', 'xxxxx'],
    ['${P//\\//.}', 'a.b.c'],
    ['${S//b/${D}}', 'a-src-a'],
    ['${S//b/$DOLLAR}', 'a-b-a'],
    ['${S/b/$DOLLAR}', 'a-$0-a'],
    ['${S//x*/y}', 'a-b-a'],
    ['${E//*/y}', 'y'],
    ['${S/a}', undefined],
    ['${S/\\a/x}', undefined],
  ],
};

describe('expand (rules 8, 13, 14)', () => {
  for (const [name, cases] of Object.entries(CASES)) {
    for (const [word, expected] of cases) {
      it(`${name}: ${word}`, () => {
        assert.equal(text(word), expected);
      });
    }
  }

  it('escapes by a backtick where the directive asks for it', () => {
    assert.equal(text('C:\\a`$D\\', '`'), 'C:\\a$D\\');
  });

  it('tells which variables were set and which not', () => {
    const { used, unset } = expand('${U:-$D}$V', lookup, '\\');
    assert.deepEqual([...used], ['D']);
    assert.deepEqual([...unset], ['U', 'V']);
  });

  it('tells them of a malformed word, too', () => {
    const expansion = expand('${U:?gone}', lookup, '\\');
    assert.equal(expansion.kind, 'malformed');
    assert.deepEqual([...expansion.unset], ['U']);
  });

  it('splits into words outside quotes', () => {
    const lexed = lex('a "b c" d\\ e $D', lookup, { escape: '\\' });
    assert.ok(lexed.kind === 'expanded');
    assert.deepEqual(lexed.words, ['a', 'b c', 'd e', 'src']);
  });

  it('never throws', () => {
    const word = fc.string({
      unit: fc.constantFrom(...Array.from('aD$ {}:-+?#%/\\`\'"*<~U\u00e4')),
      maxLength: 24,
    });
    fc.assert(
      fc.property(word, fc.constantFrom('\\' as const, '`' as const), (source, escape) => {
        const expansion = expand(source, lookup, escape);
        assert.ok(expansion.kind === 'expanded' || expansion.reason !== '');
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves a word without special characters alone', () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from('abc/.-_*?[]=,~@ ')) });
    fc.assert(
      fc.property(word, (source) => {
        assert.equal(text(source), source);
      }),
    );
  });

  it('does not overflow on deep nesting', () => {
    const expansion = expand('${U:-'.repeat(100_000), lookup, '\\');
    assert.equal(expansion.kind, 'malformed');
  });
});
