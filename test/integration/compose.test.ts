import assert from 'node:assert/strict';
import { join } from 'node:path';
import { temporaryFolders } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';

describe('a workspace of Docker Compose', () => {
  const makeFolder = temporaryFolders();

  const workspace = (): string =>
    makeFolder({
      '.devcontainer/devcontainer.json':
        '{\n"dockerComposeFile": "../compose.yaml",\n"service": "app" }\n',
      'compose.yaml': 'services: { app: { build: { args: { A: "${TOKEN:-none}" } } } }\n',
      Dockerfile: 'FROM scratch\nARG A\nLABEL a=$A\n',
    });

  it('has a key, which needs neither an engine nor Compose, and shows no value', async () => {
    const nowhere = { DOCKER_HOST: 'tcp://127.0.0.1:1', PATH: '', TOKEN: 'a very secret token' };
    const args = ['hash', '--workspace-folder', workspace()];
    const { code, json, stdout, stderr } = await runCli(args, nowhere);
    assert.equal(code, 0, stderr);
    assert.match(String(json['hash']), /^[0-9a-f]{64}$/);
    assert.equal((stdout + stderr).includes('secret'), false);
  });

  it('is not started yet: that is said before anything is asked or built', async () => {
    const folder = workspace();
    const args = ['up', '--workspace-folder', folder];
    const result = await runCli(args, { DOCKER_HOST: 'tcp://127.0.0.1:1' });
    const { code, place } = errorOf(result);
    assert.equal(code, 'compose-unsupported');
    assert.deepEqual(place?.file, join(folder, '.devcontainer/devcontainer.json'));
    assert.equal(place.line, 2);
  });
});
