import assert from 'node:assert/strict';
import type { LocalImage, Prebuilds } from '../../../src/core/ports';
import type { Platform } from '../../../src/core/platform';
import { preparePrebuild } from '../../../src/core/preparePrebuild';
import { refuseImage } from '../../../src/core/refuseImage';
import { MemoryTree } from '../../support/memoryTree';

const AMD64 = 'linux/amd64' as Platform;
const ARM64 = 'linux/arm64' as Platform;
const signal = new AbortController().signal;

/** A double: no image here was built from a base with ONBUILD instructions. */
const prebuilds = { contextDigest: () => Promise.resolve('other') } as unknown as Prebuilds;

const prepare = (from: string) =>
  preparePrebuild(
    new MemoryTree({
      '/w/.devcontainer/devcontainer.json': '{ "build": { "dockerfile": "Dockerfile" } }',
      '/w/.devcontainer/Dockerfile': `FROM ${from}\nRUN true\n`,
    }),
    {
      source: { folder: '/w', configFile: '/w/.devcontainer/devcontainer.json' },
      platform: AMD64,
      environment: {},
      repository: undefined,
    },
  );

describe('an image that a registry gave', () => {
  const judge = async (from: string, image: { label?: string; platform?: Platform }) => {
    const prebuild = prepare(from);
    const label = image.label ?? prebuild.key;
    const given: LocalImage = {
      reference: 'r.example/dev:1',
      labels: label === '' ? {} : { 'devcontainer-prebuild.key': label },
      triggers: [],
      created: undefined,
      digests: [],
      platform: image.platform,
    };
    return (await refuseImage(given, prebuild, prebuilds, signal))?.code;
  };

  it('is what its tag says, by its label and its platform', async () => {
    assert.equal(await judge('debian', { platform: AMD64 }), undefined);
  });

  it('is refused without our label, and with that of another key', async () => {
    const other = prepare('debian:other').key;
    assert.equal(await judge('debian', { label: '' }), 'image-of-another-key');
    assert.equal(await judge('debian', { label: other }), 'image-of-another-key');
    const withContext = `${prepare('debian').key}+more`;
    assert.equal(await judge('debian', { label: withContext }), 'image-of-another-key');
  });

  it('is refused where it is for another platform, unless the Dockerfile asks for that', async () => {
    assert.equal(await judge('debian', { platform: ARM64 }), 'image-of-another-platform');
    const chosen = '--platform=linux/arm64 debian';
    assert.equal(await judge(chosen, { platform: ARM64 }), undefined);
  });
});
