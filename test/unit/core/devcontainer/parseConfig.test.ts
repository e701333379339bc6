import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import type { DockerfileRecipe } from '../../../../src/core/buildRecipe';
import { readConfig } from '../../../../src/core/devcontainer/parseConfig';
import type { DevContainerConfig } from '../../../../src/core/devcontainer/parseConfig';
import type { Problem } from '../../../../src/core/problem';
import { problemOf } from '../../../support/problemOf';
import { temporaryFolders } from '../../../support/temporaryFolder';

describe('readConfig', () => {
  const makeFolder = temporaryFolders();
  let folder = '';

  const read = (config: unknown, environment: Record<string, string> = {}): DevContainerConfig => {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    folder = makeFolder({ '.devcontainer/devcontainer.json': text });
    const configFile = join(folder, '.devcontainer/devcontainer.json');
    return readConfig(nodeFileTree, { folder, configFile }, environment).config;
  };
  const dockerfile = (config: unknown, environment?: Record<string, string>): DockerfileRecipe => {
    const { base } = read(config, environment).recipe;
    assert.ok(base.kind === 'dockerfile');
    return base;
  };
  const refused = (config: unknown): Problem => problemOf(() => read(config));

  it('reads an image', () => {
    assert.deepEqual(read({ image: 'debian:12' }).recipe, {
      base: { kind: 'image', image: 'debian:12' },
      layer: undefined,
    });
  });

  it("takes the Dockerfile's folder as the context, as the devcontainer CLI does", () => {
    const recipe = dockerfile({ build: { dockerfile: '../docker/Dockerfile' } });
    assert.equal(recipe.dockerfile, join(folder, 'docker/Dockerfile'));
    assert.equal(recipe.context, join(folder, 'docker'));
  });

  it('finds the context from devcontainer.json', () => {
    const recipe = dockerfile({ build: { dockerfile: 'Dockerfile', context: '..' } });
    assert.equal(recipe.context, folder);
  });

  it('reads the top-level spellings dockerFile and context', () => {
    const recipe = dockerfile({ dockerFile: 'Dockerfile', context: '..' });
    assert.equal(recipe.dockerfile, join(folder, '.devcontainer/Dockerfile'));
    assert.equal(recipe.context, folder);
  });

  it('substitutes variables in what shapes the image, and names the environment that it read', () => {
    const build = {
      dockerfile: 'Dockerfile',
      args: { A: '${localEnv:TOKEN}', B: '${localEnv:NONE:x:y}', C: '${containerEnv:D}' },
      target: '${localWorkspaceFolderBasename}',
    };
    const config = read({ build, name: '${localEnv:UNSEEN}' }, { TOKEN: 'secret' });
    const { base } = config.recipe;
    assert.ok(base.kind === 'dockerfile');
    assert.deepEqual(
      [...base.buildArgs],
      [
        ['A', 'secret'],
        ['B', 'x'],
        ['C', '${containerEnv:D}'],
      ],
    );
    assert.equal(base.target, folder.split('/').at(-1));
    assert.deepEqual(config.environmentRead, ['NONE', 'TOKEN']);
  });

  it('keeps an empty build argument: unset and empty differ to a Dockerfile', () => {
    const recipe = dockerfile({ build: { dockerfile: 'D', args: { A: '' } } });
    assert.deepEqual([...recipe.buildArgs], [['A', '']]);
  });

  it('makes the folders of named contexts absolute, from the workspace', () => {
    const options = ['--build-context', 'lib=lib', '--build-context=img=docker-image://x'];
    assert.deepEqual(dockerfile({ build: { dockerfile: 'D', options } }).options, [
      '--build-context',
      `lib=${join(folder, 'lib')}`,
      '--build-context=img=docker-image://x',
    ]);
  });

  it('reads features in each form, options sorted by name', () => {
    const features = { 'a/b/c:1': { z: true, a: 'x' }, 'a/b/d': '1.2', './local': {} };
    const { layer } = read({ image: 'x', features, remoteUser: 'me' }).recipe;
    assert.ok(layer !== undefined);
    assert.deepEqual(
      layer.features.map(({ id, options, folder: local }) => [id, options, local]),
      [
        [
          'a/b/c:1',
          [
            ['a', 'x'],
            ['z', true],
          ],
          undefined,
        ],
        ['a/b/d', [['version', '1.2']], undefined],
        ['./local', [], join(folder, '.devcontainer/local')],
      ],
    );
    assert.equal(layer.remoteUser, 'me');
  });

  it('takes one cacheFrom or several', () => {
    const build = { dockerfile: 'D', cacheFrom: 'a' };
    assert.deepEqual(read({ build }).cacheFrom, ['a']);
    assert.deepEqual(read({ build: { ...build, cacheFrom: ['a', 'b'] } }).cacheFrom, ['a', 'b']);
  });

  const problems: Record<string, [config: unknown, code: string, line?: number]> = {
    'neither image nor build': [{}, 'nothing-to-build'],
    'a syntax error': ['{\n"image": x }', 'config-invalid', 2],
    'an image that is no string': ['{\n"image": 1 }', 'config-invalid', 2],
    'a build argument that is no string': [
      { build: { dockerfile: 'D', args: { A: 1 } } },
      'config-invalid',
      1,
    ],
    'options that are no list': [{ build: { dockerfile: 'D', options: 'x' } }, 'config-invalid', 1],
    'a feature option of another type': [
      { image: 'x', features: { a: { b: 1 } } },
      'feature-invalid',
      1,
    ],
    'a local feature outside the folder': [
      { image: 'x', features: { './../../a': {} } },
      'feature-invalid',
      1,
    ],
    'an image that is a command': [{ image: 'debian\nRUN id' }, 'config-invalid', 1],
    'a compose file that is not there': [
      { dockerComposeFile: 'c.yml', service: 's' },
      'compose-file-missing',
      1,
    ],
    'a compose file without a service': [{ dockerComposeFile: 'c.yml' }, 'config-invalid', 1],
    'compose files that are no list': [{ dockerComposeFile: 1, service: 's' }, 'config-invalid', 1],
  };
  for (const [name, [config, code, line]] of Object.entries(problems)) {
    it(`refuses ${name}, with its place`, () => {
      const problem = refused(config);
      assert.equal(problem.code, code);
      assert.equal(problem.place?.line, line);
      assert.notEqual(problem.remedy, '');
    });
  }

  it('says which folder has no devcontainer.json', () => {
    const empty = makeFolder();
    const source = { folder: empty, configFile: join(empty, 'devcontainer.json') };
    assert.equal(problemOf(() => readConfig(nodeFileTree, source, {})).code, 'config-missing');
  });
});
