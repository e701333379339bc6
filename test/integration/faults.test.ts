import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolders } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';
import { containersOf } from './support/docker';
import { testWorkspaces } from './support/workspaces';

const execute = promisify(execFile);

/** Every sentence that a person meets: whole, with a remedy, and with nothing of a program's insides. */
function assertKind({ message, remedy, cause }: ReturnType<typeof errorOf>): void {
  assert.match(message, /^(?:[A-Z"]|devcontainer\.json ).*\.$/s);
  assert.match(remedy, /^[A-Z].*\.$/s);
  assert.doesNotMatch(`${message} ${remedy} ${cause ?? ''}`, /\bat .+:\d+:\d+\)|node:internal/);
}

describe('faults of Docker', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();

  const open = async (environment: NodeJS.ProcessEnv): Promise<ReturnType<typeof errorOf>> => {
    const { folder } = makeWorkspace();
    const failed = await runCli(['up', '--workspace-folder', folder], environment);
    assert.equal(failed.code, 1, failed.stderr);
    const error = errorOf(failed);
    assertKind(error);
    return error;
  };

  it('says that Docker is not installed', async () => {
    const empty = makeFolder();
    const { code } = await open({ PATH: empty, DOCKER_HOST: `unix://${empty}/docker.sock` });
    assert.equal(code, 'docker-missing');
  });

  it('says that the engine is down, and where it was looked for', async () => {
    const error = await open({ DOCKER_HOST: 'unix:///no/such/docker.sock' });
    assert.equal(error.code, 'engine-down');
    assert.match(error.message, /\/no\/such\/docker\.sock/);
  });

  it('says that buildx is missing', async () => {
    // A docker without plugins: they are found beside its config and below its own folders.
    const config = makeFolder({ 'config.json': '{}' });
    const error = await open({ DOCKER_CONFIG: config });
    assert.equal(error.code, 'buildx-missing');
  });
});

describe('faults of the registry', () => {
  const makeWorkspace = testWorkspaces();

  it('builds all the same where nothing listens', async () => {
    const { folder } = makeWorkspace();
    const where = ['--workspace-folder', folder, '--registry', 'localhost:1/acme/dev'];
    const state = await runCli(['check', ...where]);
    assert.deepEqual([state.code, state.json['state']], [4, 'unreachable'], state.stderr);
    assert.equal(errorOf(state).code, 'registry-refused');
    assertKind(errorOf(state));

    const opened = await runCli(['up', ...where]);
    assert.equal(opened.json['how'], 'built', opened.stderr);
    assert.ok(opened.stderr.includes(`Warning: ${errorOf(state).message}`), opened.stderr);
  });

  it('fails to publish at once where the registry refuses', async () => {
    const { folder } = makeWorkspace();
    const args = ['build', '--push', '--workspace-folder', folder];
    const failed = await runCli([...args, '--registry', 'localhost:1/acme/dev']);
    assert.equal(errorOf(failed).code, 'registry-refused');
    assert.doesNotMatch(failed.stderr, /Building/);
  });
});

describe('faults of the workspace', () => {
  const makeWorkspace = testWorkspaces();
  const config = '.devcontainer/devcontainer.json';

  const cases: Record<
    string,
    { files: Record<string, string>; code: string; at: string; says?: RegExp }
  > = {
    'a syntax error in devcontainer.json': {
      files: { [config]: '{\n  "image": "x"\n  "name": "y"\n}' },
      code: 'config-invalid',
      at: `${config}:3:3`,
    },
    'neither image nor build': {
      files: { [config]: '{ "name": "x" }' },
      code: 'nothing-to-build',
      at: config,
    },
    'a Dockerfile that is missing': {
      files: { [config]: '{ "build": {\n "dockerfile": "Nowhere" } }' },
      code: 'dockerfile-missing',
      at: `${config}:2:2`,
      says: /\.devcontainer\/Nowhere/,
    },
    'a source that is missing': {
      files: { Dockerfile: 'FROM scratch\nCOPY nowhere /\n' },
      code: 'source-missing',
      at: 'Dockerfile:2',
      says: /nowhere/,
    },
    'an instruction that does not exist': {
      files: { Dockerfile: 'FROM scratch\nCOPPY a /\n' },
      code: 'dockerfile-invalid',
      at: 'Dockerfile:2',
    },
  };
  for (const [name, { files, code, at, says }] of Object.entries(cases)) {
    it(`says where there is ${name}`, async () => {
      const { folder, write } = makeWorkspace();
      write(files);
      const failed = await runCli(['up', '--workspace-folder', folder]);
      const error = errorOf(failed);
      assert.equal(error.code, code, failed.stderr);
      assertKind(error);
      assert.match(error.message, says ?? /./);
      const { file = '', line, column } = error.place ?? {};
      assert.equal(
        [file, line, column].filter((part) => part !== undefined).join(':'),
        join(folder, at),
      );
    });
  }

  it('names the instruction that failed, with its last lines', async () => {
    const { folder, write } = makeWorkspace();
    const base = process.env['TEST_BUSYBOX'] ?? '';
    write({ Dockerfile: `FROM ${base}\nRUN echo first\nRUN echo "the reason" && exit 7\n` });
    const failed = await runCli(['up', '--workspace-folder', folder]);
    const error = errorOf(failed);
    assert.equal(error.code, 'build-step-failed', failed.stderr);
    assertKind(error);
    assert.match(error.message, /RUN echo "the reason" && exit 7/);
    assert.equal(error.cause, 'the reason\nexit code 7');
    assert.deepEqual(error.place, { file: join(folder, 'Dockerfile'), line: 3 });
    assert.deepEqual(await containersOf(folder), []);
  });

  it('names the feature script that failed', async () => {
    const files = {
      '.devcontainer/bad/devcontainer-feature.json': '{ "id": "bad", "version": "1.0.0" }',
      '.devcontainer/bad/install.sh': '#!/bin/sh\necho "no such tool" && exit 3\n',
    };
    const { folder } = makeWorkspace({ features: { './bad': {} } }, files);
    const failed = await runCli(['up', '--workspace-folder', folder]);
    assert.equal(errorOf(failed).code, 'build-step-failed', failed.stderr);
    assert.match(errorOf(failed).cause ?? '', /no such tool/);
  });

  it('keeps a container whose hook failed out of the way of the next try', async () => {
    const { folder } = makeWorkspace({ postCreateCommand: 'echo hook says no >&2; exit 9' });
    const failed = await runCli(['up', '--workspace-folder', folder]);
    assert.equal(errorOf(failed).code, 'container-start-failed', failed.stderr);
    assertKind(errorOf(failed));
  });

  it('writes nothing into the tree', async () => {
    const { folder } = makeWorkspace({ features: {} });
    const tree = async (): Promise<string> =>
      (await execute('find', [folder, '-printf', '%P %y %m %s %T@\n'])).stdout;
    const before = await tree();
    await runCli(['up', '--workspace-folder', folder]);
    assert.equal(await tree(), before);
  });

  it('follows a folder that is reached by a link', async () => {
    const { folder } = makeWorkspace();
    const link = join(dirname(folder), 'by-link');
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folder, link);
    try {
      const opened = await runCli(['up', '--workspace-folder', link]);
      assert.equal(opened.code, 0, opened.stderr);
      const again = await runCli(['up', '--workspace-folder', link]);
      assert.equal(again.json['how'], 'running', again.stderr);
    } finally {
      const [id = ''] = await containersOf(link);
      await execute('docker', ['rm', '--force', id]);
      await execute('rm', [link]);
    }
  });
});
