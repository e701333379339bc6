import assert from 'node:assert/strict';
import type { DockerfileRecipe, FeatureLayer } from '../../../../src/core/buildRecipe';
import { shadowConfig } from '../../../../src/core/devcontainer/shadowConfig';

const base: DockerfileRecipe = {
  kind: 'dockerfile',
  dockerfile: '/w/Dockerfile',
  inline: undefined,
  context: '/w',
  target: undefined,
  buildArgs: new Map([['A', '1']]),
  options: ['--network=none'],
  linked: new Map(),
};
const layer: FeatureLayer = {
  features: [
    { id: 'ghcr.io/a/b:1', options: [['x', true]], folder: undefined },
    { id: './mine', options: [], folder: '/w/.devcontainer/mine' },
  ],
  overrideFeatureInstallOrder: ['./mine'],
  containerUser: undefined,
  remoteUser: 'me',
  configFolder: '/w/.devcontainer',
  lockFile: '/w/.devcontainer/devcontainer-lock.json',
};

describe('shadowConfig', () => {
  it('holds what shapes the image, with absolute paths, and nothing else', () => {
    const shadow = shadowConfig({ base, layer }, layer, ['--label=k=v'], '/s/Dockerfile');
    assert.deepEqual(shadow.config, {
      build: {
        dockerfile: '/w/Dockerfile',
        context: '/w',
        args: { A: '1' },
        options: ['--network=none', '--label=k=v'],
      },
      features: { 'ghcr.io/a/b:1': { x: true }, './mine': {} },
      overrideFeatureInstallOrder: ['./mine'],
      remoteUser: 'me',
    });
    assert.deepEqual(shadow.localFeatures, [{ from: '/w/.devcontainer/mine', to: './mine' }]);
    assert.equal(shadow.lockFile, layer.lockFile);
  });

  it('builds on a Dockerfile of one line where the config names an image', () => {
    const image = { kind: 'image', image: 'debian' } as const;
    const { config } = shadowConfig({ base: image, layer }, layer, [], '/s/Dockerfile');
    assert.deepEqual(config['build'], { dockerfile: '/s/Dockerfile', options: [] });
  });
});
