import assert from 'node:assert/strict';
import { parsePrebuildKey } from '../../../src/core/key/prebuildKey';
import { hostPlatform } from '../../../src/core/platform';
import type { PublicationState } from '../../../src/core/publication';
import { parseRepository } from '../../../src/core/reference';
import { publishedText, publishingText } from '../../../src/vscode/publishingText';
import { publishSetting } from '../../../src/vscode/settings';
import manifest from '../../../package.json';

const key = parsePrebuildKey('a'.repeat(64));
const repository = parseRepository('ghcr.io/acme/dev');
assert.ok(key !== undefined && repository !== undefined);
const order = {
  source: { folder: '/w', configFile: '/w/.devcontainer.json' },
  platform: hostPlatform('x64'),
  repository,
  key,
  insecureRegistries: [],
};
const running: PublicationState = {
  status: 'running',
  process: { pid: 7, host: 'here' },
  beat: 1,
  progress: 'exporting to image',
};

describe('publishingText', () => {
  const textOf = (...states: PublicationState[]): ReturnType<typeof publishingText> =>
    publishingText(states.map((state, index) => ({ id: String(index), order, state })));

  it('is hidden where nothing is under way', () => {
    assert.equal(textOf(), undefined);
    assert.equal(textOf({ status: 'cancelled' }, { status: 'done', how: 'pushed' }), undefined);
  });

  it('names each image and what it is at, and how to cancel', () => {
    const shown = textOf(running, { status: 'interrupted' }, { status: 'queued' });
    assert.equal(shown?.text, '$(cloud-upload) Publishing 2');
    const image = `ghcr.io/acme/dev:prebuild-${key}`;
    assert.equal(shown.tooltip[0], `Publishing ${image}: exporting to image`);
    assert.equal(shown.tooltip[1], `Publishing ${image}: Starting`);
    assert.match(shown.tooltip[2] ?? '', /cancel/);
    assert.equal(textOf(running)?.text, '$(cloud-upload) Publishing');
  });

  it('tells apart who published, and that nobody did', () => {
    const texts = (['pushed', 'present', 'outdated'] as const).map((how) =>
      publishedText(order, how),
    );
    assert.match(texts[0] ?? '', /is published: ghcr/);
    assert.match(texts[1] ?? '', /has the prebuild already/);
    assert.match(texts[2] ?? '', /not published/);
  });
});

describe('devcontainerPrebuild.publish', () => {
  const declared = manifest.contributes.configuration.properties['devcontainerPrebuild.publish'];
  const read = (value: unknown): string => publishSetting({ get: () => value as never });

  it('takes each value that package.json declares', () => {
    assert.deepEqual(declared.enum.map(read), declared.enum);
    assert.equal(declared.enum.length, declared.markdownEnumDescriptions.length);
  });

  it('takes anything else for the default', () => {
    for (const value of [undefined, null, '', 'always', 1]) {
      assert.equal(read(value), declared.default);
    }
  });
});
