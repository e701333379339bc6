import assert from 'node:assert/strict';
import type { FileTrace } from '../../../src/core/tracedFileTree';
import { concerns, planWatch } from '../../../src/core/watchPlan';

const named = (trace: FileTrace): string[] =>
  planWatch(trace)
    .map(({ folder, depth }) => `${depth} ${folder}`)
    .sort();

describe('what is watched', () => {
  it('is each folder by itself where there are few, so that nothing else below is', () => {
    assert.deepEqual(
      named({ files: ['/w/Dockerfile', '/w/.dockerignore'], folders: ['/home', '/w/app'] }),
      ['in /home', 'in /w', 'in /w/app'],
    );
  });

  it('is the topmost folder with all below where there are many', () => {
    const folders = ['/w/app', ...Array.from({ length: 60 }, (_, index) => `/w/app/d${index}`)];
    assert.deepEqual(named({ files: ['/w/Dockerfile', '/w/app/x'], folders }), [
      'below /w/app',
      'in /w',
    ]);
  });

  const isConcern = concerns({ files: ['/w/Dockerfile', '/w/gone'], folders: ['/w/app'] });
  for (const path of ['/w/Dockerfile', '/w/gone', '/w/app/main.c', '/w/app/created']) {
    it(`concerns ${path}`, () => {
      assert.ok(isConcern(path));
    });
  }
  for (const path of ['/w/README.md', '/w/app', '/w/app/below/x']) {
    it(`leaves ${path} alone, which was not looked at`, () => {
      assert.ok(!isConcern(path));
    });
  }
});
