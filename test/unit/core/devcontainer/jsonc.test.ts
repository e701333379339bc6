import assert from 'node:assert/strict';
import { parseJsonc } from '../../../../src/core/devcontainer/jsonc';
import { problemOf } from '../../../support/problemOf';

describe('parseJsonc', () => {
  it('takes comments, trailing commas, CR LF and a byte order mark', () => {
    const text = '\uFEFF// c\r\n{ /* c */ "a": [1, 2,],\r\n }';
    assert.equal(JSON.stringify(parseJsonc(text, 'f').value), '{"a":[1,2]}');
  });

  it('says where a property stands', () => {
    const { placeOf } = parseJsonc('{\n  "build": {\r\n    "target": "x"\n  }\n}', 'f');
    assert.deepEqual(placeOf(['build', 'target']), { file: 'f', line: 3, column: 5 });
    assert.deepEqual(placeOf(['nowhere']), { file: 'f', line: 1, column: 1 });
  });

  it('says file, line and column of an error', () => {
    const problem = problemOf(() => parseJsonc('{\n  "a": 1\n  "b": 2\n}', '/w/devcontainer.json'));
    assert.equal(problem.code, 'config-invalid');
    assert.equal(problem.remedy, 'Mend it at /w/devcontainer.json:3:3.');
    assert.match(problem.message, /comma expected here/);
  });

  for (const text of ['', '[]', '"x"', 'null', '{', '{"a":}', '{]', '[1,']) {
    it(`refuses ${JSON.stringify(text)} with a Problem`, () => {
      assert.equal(problemOf(() => parseJsonc(text, 'f')).code, 'config-invalid');
    });
  }

  it('refuses JSON nested a million deep with a Problem', () => {
    assert.equal(problemOf(() => parseJsonc('['.repeat(1_000_000), 'f')).code, 'config-invalid');
  });
});
