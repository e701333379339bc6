import assert from 'node:assert/strict';
import { join } from 'node:path';
import { temporaryFolders } from '../support/temporaryFolder';
import { errorOf, runCli } from './support/commandLine';
import { docker, forget, machine } from './support/docker';
import { unique } from './support/workspaces';

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
    assert.equal(place?.file, join(folder, '.devcontainer/devcontainer.json'));
  });

  describe('is built, by whatever builds such a service', () => {
    const made: string[] = [];
    afterEach(async () => {
      for (const image of made.splice(0)) {
        await forget(image);
      }
    });

    /** Builds, and reads a file of the image; a second build finds it. */
    const builtFile = async (folder: string, file: string): Promise<string> => {
      const args = ['build', '--workspace-folder', folder];
      const built = await runCli(args);
      assert.equal(built.json['how'], 'built', built.stderr);
      made.push(String(built.json['image']));
      assert.equal((await runCli(args)).json['how'], 'present');
      return docker('run', '--rm', String(built.json['image']), 'cat', file);
    };
    const config = '{ "dockerComposeFile": "../compose.yaml", "service": "app" }';
    const busybox = (): string => machine('TEST_BUSYBOX');
    const once = (): string => `RUN echo ${unique()} > /unique`;

    it('from its Dockerfile, with its arguments', async () => {
      const folder = makeFolder({
        '.devcontainer/devcontainer.json': config,
        '.env': 'WHO=world\n',
        'compose.yaml':
          'services: { app: { build: { context: app, args: { GREETING: "hello $WHO" } } } }\n',
        'app/Dockerfile': [
          `FROM ${busybox()}`,
          once(),
          'ARG GREETING',
          'RUN echo "$GREETING" > /greeting',
        ].join('\n'),
      });
      assert.equal(await builtFile(folder, '/greeting'), 'hello world');
    });

    it('from its inline Dockerfile', async () => {
      const folder = makeFolder({
        '.devcontainer/devcontainer.json': config,
        'compose.yaml': [
          'services:',
          '  app:',
          '    build:',
          '      dockerfile_inline: |',
          `        FROM ${busybox()}`,
          `        ${once()}`,
          '        COPY note /note',
          '',
        ].join('\n'),
        note: 'from the context\n',
      });
      assert.equal(await builtFile(folder, '/note'), 'from the context');
    });

    it("from another service's result", async () => {
      const folder = makeFolder({
        '.devcontainer/devcontainer.json': config,
        'compose.yaml': [
          'services:',
          '  app:',
          '    build:',
          '      context: app',
          '      additional_contexts: { tools: "service:tools" }',
          '  tools:',
          '    build: tools',
          '',
        ].join('\n'),
        'app/Dockerfile': `FROM ${busybox()}\n${once()}\nCOPY --from=tools /made /made\n`,
        'tools/Dockerfile': `FROM ${busybox()}\nCOPY part /made\n`,
        'tools/part': 'by tools\n',
      });
      assert.equal(await builtFile(folder, '/made'), 'by tools');
    });

    it('with features on top', async () => {
      const folder = makeFolder({
        '.devcontainer/devcontainer.json': JSON.stringify({
          dockerComposeFile: '../compose.yaml',
          service: 'app',
          features: { './tool': {} },
        }),
        '.devcontainer/tool/devcontainer-feature.json':
          '{ "id": "tool", "version": "1.0.0", "name": "Tool" }',
        '.devcontainer/tool/install.sh': '#!/bin/sh\necho by the feature > /tool\n',
        'compose.yaml': 'services: { app: { build: . } }\n',
        Dockerfile: `FROM ${busybox()}\n${once()}\n`,
      });
      assert.equal(await builtFile(folder, '/tool'), 'by the feature');
    });
  });
});
