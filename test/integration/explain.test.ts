import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolders } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';
import { forget } from './support/docker';
import { testWorkspaces } from './support/workspaces';

interface Reason {
  readonly change: string;
  readonly what: string;
  readonly at?: { readonly file: string; readonly line?: number };
  readonly files: readonly { readonly change: string; readonly path: string }[];
}

describe('explain', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();

  const reasonsOf = ({ json }: Awaited<ReturnType<typeof runCli>>): string[] =>
    (json['reasons'] as Reason[]).map(({ change, what }) => `${change}: ${what}`);

  it("explains a key against another machine's, with the line that reads what changed", async () => {
    const { folder, write } = makeWorkspace();
    const hash = await runCli(['hash', '--workspace-folder', folder]);
    const file = join(makeFolder(), 'hash.json');
    writeFileSync(file, hash.stdout);
    const args = ['explain', '--workspace-folder', folder, '--against', file];
    assert.deepEqual(reasonsOf(await runCli(args)), []);

    write({ 'app/test': '', 'README.md': 'read by nothing' });
    const explained = await runCli(args);
    assert.deepEqual(reasonsOf(explained), ['changed: what COPY app reads']);
    const [reason] = explained.json['reasons'] as Reason[];
    assert.deepEqual(reason?.at, { file: join(folder, 'Dockerfile'), line: 3 });
    assert.deepEqual(reason.files, [{ change: 'added', path: 'app/test' }]);
  });

  it('says why it builds, against what the workspace was built with last', async () => {
    const { folder, write } = makeWorkspace();
    const args = ['--workspace-folder', folder];
    const built = await runCli(['build', ...args]);
    write({ 'app/main': 'changed\n' });
    assert.deepEqual(reasonsOf(await runCli(['explain', ...args])), [
      'changed: what COPY app reads',
    ]);
    assert.deepEqual(
      reasonsOf(await runCli(['explain', ...args, '--against', String(built.json['hash'])])),
      ['changed: what COPY app reads'],
    );
    const opened = await runCli(['up', ...args]);
    assert.match(opened.stderr, /Why: changed: what COPY app reads \(Dockerfile:3\)/);
    assert.match(opened.stderr, /Why: {3}changed app\/main/);
    await forget(String(built.json['image']));
  });

  it('says that it knows no earlier key, and where to get one', async () => {
    const { folder } = makeWorkspace();
    const unknown = await runCli(['explain', '--workspace-folder', folder]);
    assert.equal(errorOf(unknown).code, 'record-missing');
    assert.match(errorOf(unknown).remedy, /hash --json/);
  });

  it('says that a file is no record', async () => {
    const { folder } = makeWorkspace();
    const args = ['explain', '--workspace-folder', folder, '--against', join(folder, 'Dockerfile')];
    assert.equal(errorOf(await runCli(args)).code, 'record-invalid');
    const none = ['explain', '--workspace-folder', folder, '--against', 'nowhere.json'];
    assert.equal(errorOf(await runCli(none)).code, 'record-invalid');
  });
});
