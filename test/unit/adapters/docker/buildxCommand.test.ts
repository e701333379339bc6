import assert from 'node:assert/strict';
import { buildxCommand } from '../../../../src/adapters/docker/buildxCommand';
import type { DockerfileRecipe } from '../../../../src/core/buildRecipe';
import type { ImageBuild } from '../../../../src/core/ports';
import { hostPlatform } from '../../../../src/core/platform';

const recipe: DockerfileRecipe = {
  kind: 'dockerfile',
  dockerfile: '/w/-odd $name/Dockerfile',
  inline: undefined,
  context: '/w/-odd $name',
  target: 'dev',
  buildArgs: new Map([['TOKEN', 'a b"c']]),
  options: ['--network=none'],
  linked: new Map(),
};
const build: ImageBuild = {
  config: {
    source: { folder: '/w', configFile: '/w/.devcontainer.json' },
    recipe: { base: recipe, layer: undefined },
    places: {
      base: { file: '' },
      context: { file: '' },
      options: undefined,
      buildArgs: new Map(),
      linked: new Map(),
    },
    kind: 'single',
    platform: undefined,
    cacheFrom: [],
    workspaceFolder: undefined,
    environmentRead: [],
  },
  platform: hostPlatform('x64'),
  reference: { host: 'r.io', repository: 'dev', tag: 'prebuild-1', digest: undefined },
  labels: { key: '1' },
  cacheFrom: ['r.io/dev:cache-main', 'type=local,src=/c'],
  output: 'load',
  cacheTo: undefined,
  layerCache: 'use',
  bases: 'kept',
};

const argsOf = (changes: Partial<ImageBuild>): readonly string[] =>
  buildxCommand('docker', recipe, { ...build, ...changes }, '/t/metadata.json').args;

const after = (args: readonly string[], flag: string): (string | undefined)[] =>
  args.flatMap((arg, index) => (arg === flag ? [args[index + 1]] : []));

describe('buildxCommand', () => {
  it('reads caches and writes none when opening', () => {
    const args = argsOf({});
    assert.deepEqual(after(args, '--cache-from'), [
      'type=registry,ref=r.io/dev:cache-main',
      'type=local,src=/c',
    ]);
    assert.equal(args.includes('--cache-to'), false);
    assert.ok(args.includes('--load'));
  });

  it('writes a cache of all stages that cannot fail the build when publishing', () => {
    const args = argsOf({ output: 'push', cacheTo: 'r.io/dev:cache-main' });
    assert.deepEqual(after(args, '--cache-to'), [
      'type=registry,ref=r.io/dev:cache-main,mode=max,image-manifest=true,compression=zstd,ignore-error=true',
    ]);
    assert.ok(args.includes('--push'));
  });

  it('reads no cache where none is wanted', () => {
    const args = argsOf({ layerCache: 'ignore' });
    assert.ok(args.includes('--no-cache'));
    assert.equal(args.includes('--cache-from'), false);
  });

  it('passes names and values as they are, the context last', () => {
    const args = argsOf({});
    assert.deepEqual(after(args, '--build-arg'), ['TOKEN=a b"c']);
    assert.deepEqual(after(args, '--file'), ['/w/-odd $name/Dockerfile']);
    assert.deepEqual(args.slice(-2), ['--network=none', '/w/-odd $name']);
  });

  it('hides build arguments in the log where they came from the environment', () => {
    const config = { ...build.config, environmentRead: ['TOKEN'] };
    const { secrets } = buildxCommand('docker', recipe, { ...build, config }, '/t/m');
    assert.deepEqual(secrets, ['a b"c']);
  });
});
