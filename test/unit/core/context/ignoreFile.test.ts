import assert from 'node:assert/strict';
import {
  ignoreFileCandidates,
  ignoresNothing,
  parseIgnoreFile,
} from '../../../../src/core/context/ignoreFile';
import { Problem } from '../../../../src/core/problem';

const ignores = (text: string, path: string): boolean =>
  parseIgnoreFile(text, '.dockerignore').ignores(path);

describe('an ignore file (rule 21)', () => {
  it('has comments in the first column only', () => {
    assert.equal(ignores('#a\n #b', '#a'), false);
    assert.equal(ignores('#a\n #b', '#b'), true);
  });

  it('has its byte order mark, line ends and white space taken off', () => {
    for (const text of ['\ufeffa', 'a\r\nb\r\n', '\t a \n', '\ufeff#x\r\n\r\n a']) {
      assert.equal(ignores(text, 'a'), true);
    }
    assert.equal(ignores('\ufeff#a', '#a'), false);
  });

  it('loses a leading slash, behind `!`, too', () => {
    assert.equal(ignores('/a', 'a/b'), true);
    assert.equal(ignores('*\n! /a/../b/', 'b'), false);
    assert.equal(ignores('*\n! /a/../b/', 'a'), true);
  });

  it('cannot ignore the root', () => {
    for (const text of ['/', '.', './']) {
      assert.equal(ignores(text, 'a'), false);
    }
  });

  it('goes by the case of letters', () => {
    assert.equal(ignores('Foo', 'foo'), false);
  });

  it('says in which line a malformed pattern stands', () => {
    for (const text of ['a\n\n[', 'a\n# x\n!']) {
      assert.throws(
        () => ignores(text, 'x'),
        (error) =>
          error instanceof Problem &&
          error.place?.file === '.dockerignore' &&
          error.place.line === 3,
      );
    }
  });

  it('may be missing', () => {
    assert.equal(ignoresNothing.ignores('a'), false);
  });

  it('beside the Dockerfile beats that of the context (rule 20)', () => {
    assert.deepEqual(ignoreFileCandidates('/w/.devcontainer/Dockerfile', '/w/'), [
      '/w/.devcontainer/Dockerfile.dockerignore',
      '/w/.dockerignore',
    ]);
  });
});
