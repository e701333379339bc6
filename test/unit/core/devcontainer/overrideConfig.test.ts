import assert from 'node:assert/strict';
import { overrideConfig } from '../../../../src/core/devcontainer/overrideConfig';

describe('overrideConfig', () => {
  it('puts the image in place of the build, and keeps the rest as the user wrote it', () => {
    const config = {
      name: '${localWorkspaceFolderBasename}',
      build: { dockerfile: 'Dockerfile' },
      dockerFile: 'D',
      context: '..',
      features: { a: {} },
      overrideFeatureInstallOrder: ['a'],
      remoteUser: 'me',
      mounts: ['source=${localEnv:HOME},target=/h,type=bind'],
      postCreateCommand: 'make',
      customizations: { vscode: {} },
    };
    assert.deepEqual(overrideConfig(config, 'dev:prebuild-1'), {
      name: config.name,
      remoteUser: 'me',
      mounts: config.mounts,
      postCreateCommand: 'make',
      customizations: { vscode: {} },
      image: 'dev:prebuild-1',
    });
  });
});
