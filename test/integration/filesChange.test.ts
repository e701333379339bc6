import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolders, writeFiles } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';
import { docker, forget } from './support/docker';
import { emptyRepository, readInside, testWorkspaces } from './support/workspaces';

describe('files that change between the key and the build', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();

  /**
   * A PATH on which the real docker is run by a script that edits a file before a build: the moment that a
   * person's edit meets once in a thousand times.
   */
  const editingBefore = (file: string, how: 'the first build' | 'each build'): string => {
    const folder = makeFolder();
    const path = process.env['PATH'] ?? '';
    const mark = how === 'the first build' ? join(folder, 'mark') : join(folder, 'nowhere', 'mark');
    writeFiles(folder, {
      docker: [
        '#!/bin/sh',
        `if [ "$1 $2" = 'buildx build' ] && [ ! -e '${mark}' ]; then`,
        `  touch '${mark}' 2>/dev/null`,
        `  date +%s.%N > '${file}'`,
        'fi',
        `PATH='${path}' exec docker "$@"`,
        '',
      ].join('\n'),
    });
    chmodSync(join(folder, 'docker'), 0o755);
    return `${folder}${delimiter}${path}`;
  };

  it('are built under the key that they have then', async () => {
    const { folder } = makeWorkspace();
    const args = ['--workspace-folder', folder];
    const before = await runCli(['hash', ...args]);
    const file = join(folder, 'app/main');
    const opened = await runCli(['up', ...args], { PATH: editingBefore(file, 'the first build') });
    assert.equal(opened.code, 0, opened.stderr);
    const after = await runCli(['hash', ...args]);
    assert.notEqual(after.json['hash'], before.json['hash']);
    assert.equal(opened.json['hash'], after.json['hash']);
    assert.match(await readInside(folder, '/app/main'), /^\d+\.\d+$/);
  });

  it('are never pushed under the key that they had before', async () => {
    const { folder } = makeWorkspace();
    const registry = emptyRepository();
    const args = ['--workspace-folder', folder, '--registry', registry];
    const before = await runCli(['hash', ...args]);
    const file = join(folder, 'app/main');
    const environment = { PATH: editingBefore(file, 'the first build') };
    const built = await runCli(['build', '--push', ...args], environment);
    assert.equal(built.code, 0, built.stderr);
    const tag = (key: unknown): string => `${registry}:prebuild-${String(key)}`;
    await assert.rejects(docker('buildx', 'imagetools', 'inspect', tag(before.json['hash'])));
    await docker('buildx', 'imagetools', 'inspect', tag(built.json['hash']));
    await forget(String(built.json['image']));
  });

  it('are given up where they never rest, with what to do', async () => {
    const { folder } = makeWorkspace();
    const environment = { PATH: editingBefore(join(folder, 'app/main'), 'each build') };
    const opened = await runCli(['up', '--workspace-folder', folder], environment);
    assert.equal(errorOf(opened).code, 'files-restless');
    assert.match(errorOf(opened).remedy, /dockerignore/);
  });
});
