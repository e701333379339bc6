import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolders } from '../support/temporaryFolder';
import { runCli } from './support/commandLine';
import { docker, forget, machine } from './support/docker';
import { emptyRepository, readInside, testWorkspaces, unique } from './support/workspaces';

describe('a base image with ONBUILD instructions, whose name does not say so', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();
  let base = '';

  beforeEach(async () => {
    base = `${emptyRepository()}:1`;
    const folder = makeFolder();
    mkdirSync(folder, { recursive: true });
    const text = `FROM ${machine('TEST_BUSYBOX')}\nLABEL of=${unique()}\nONBUILD COPY . /everything\n`;
    writeFileSync(join(folder, 'Dockerfile'), text);
    await docker('buildx', 'build', '--provenance=false', '--tag', base, '--push', folder);
  });

  it('never gives a stale container: whatever it may read counts', async () => {
    const { folder, write } = makeWorkspace({}, { Dockerfile: `FROM ${base}\n`, notes: 'first\n' });
    const args = ['up', '--workspace-folder', folder, '--existing', 'replace'];
    const first = await runCli(args);
    assert.equal(first.json['how'], 'built', first.stderr);
    assert.equal((await runCli(args)).json['how'], 'running');

    write({ notes: 'second\n' });
    const second = await runCli(args);
    assert.equal(second.json['how'], 'built', second.stderr);
    assert.equal(await readInside(folder, '/everything/notes'), 'second');
    assert.equal((await runCli(args)).json['how'], 'running');
  });

  it('is published again where anything changed, and not where nothing did', async () => {
    const { folder, write } = makeWorkspace({}, { Dockerfile: `FROM ${base}\n`, notes: 'first\n' });
    const registry = emptyRepository();
    const args = ['build', '--push', '--workspace-folder', folder, '--registry', registry];
    const first = await runCli(args);
    assert.equal(first.json['how'], 'built', first.stderr);
    assert.equal((await runCli(args)).json['how'], 'present');
    write({ notes: 'second\n' });
    const second = await runCli(args);
    assert.equal(second.json['how'], 'built', second.stderr);
    await forget(String(second.json['image']));
    const up = ['up', '--workspace-folder', folder, '--registry', registry];
    assert.equal((await runCli(up)).json['how'], 'pulled');
    assert.equal(await readInside(folder, '/everything/notes'), 'second');
  });

  it('is recorded on the image by its digest', async () => {
    const { folder } = makeWorkspace({}, { Dockerfile: `FROM ${base}\n` });
    const built = await runCli(['build', '--workspace-folder', folder]);
    const format = '{{index .Config.Labels "devcontainer-prebuild.resolved"}}';
    const label = await docker('inspect', '--format', format, String(built.json['image']));
    const { [base]: digest } = JSON.parse(label) as Record<string, string>;
    const inspected = await docker('buildx', 'imagetools', 'inspect', base);
    assert.match(inspected, new RegExp(`^Digest: *${String(digest)}$`, 'm'));
    await forget(String(built.json['image']));
  });
});
