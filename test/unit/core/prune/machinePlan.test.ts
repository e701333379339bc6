import assert from 'node:assert/strict';
import { parsePrebuildKey } from '../../../../src/core/key/prebuildKey';
import type { StoredContainer, StoredImage } from '../../../../src/core/ports';
import { planMachine } from '../../../../src/core/prune/machinePlan';
import type { PruneRules } from '../../../../src/core/prune/pruneRules';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-24T12:00:00Z');
const daysAgo = (days: number): number => NOW - days * DAY;
const key = (digit: string) => parsePrebuildKey(digit.repeat(64)) ?? assert.fail(digit);
const tag = (digit: string, repository = 'r.io/dev'): string =>
  `${repository}:prebuild-${key(digit)}`;
const uidImage = `vsc-shop-${'0'.repeat(64)}-uid:latest`;

const image = (digit: string, more: Partial<StoredImage> = {}): StoredImage => ({
  id: `id-${digit}`,
  tags: [tag(digit)],
  keyLabel: key(digit),
  since: daysAgo(40),
  ownSize: 1000,
  ...more,
});

const container = (imageId: string, more: Partial<StoredContainer> = {}): StoredContainer => ({
  id: `of-${imageId}`,
  name: `of-${imageId}`,
  imageId,
  stopped: true,
  folder: '/home/ann/shop',
  used: daysAgo(35),
  ...more,
});

/** What goes and what stays, each by its name. */
function plan(
  images: readonly StoredImage[],
  containers: readonly StoredContainer[] = [],
  rules: Partial<PruneRules> = {},
) {
  const all = { now: NOW, olderThan: 30 * DAY, keep: 0, current: new Set<never>(), ...rules };
  const planned = planMachine(images, containers, all);
  return {
    goes: [
      ...planned.containers.map(({ name }) => name),
      ...planned.images.map(({ reference }) => reference),
    ],
    stays: Object.fromEntries(planned.kept.map(({ image, why }) => [image, why])),
    bytes: planned.images.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

describe('what is cleaned up of a machine', () => {
  it('is an old image that nothing uses, with its stopped dev container', () => {
    assert.deepEqual(plan([image('a')], [container('id-a')]), {
      goes: ['of-id-a', tag('a')],
      stays: {},
      bytes: 1000,
    });
  });

  const using: readonly [string, Partial<StoredContainer>, string][] = [
    ['runs', { stopped: false }, 'in-use'],
    ['is no dev container', { folder: undefined }, 'in-use'],
    ['was used a short time ago', { used: daysAgo(2) }, 'recent'],
  ];
  for (const [what, more, why] of using) {
    it(`is nothing of a prebuild whose container ${what}`, () => {
      const idle = container('id-a', { name: 'idle' });
      const { goes, stays } = plan([image('a')], [idle, container('id-a', more)]);
      assert.deepEqual([goes, stays], [[], { [tag('a')]: why }]);
    });
  }

  it('is no image that got its name a short time ago, whenever it was made', () => {
    assert.deepEqual(plan([image('a', { since: daysAgo(29) })]).stays, { [tag('a')]: 'recent' });
  });

  it('is not the prebuild of an open workspace', () => {
    const { stays } = plan([image('a')], [], { current: new Set([key('a')]) });
    assert.deepEqual(stays, { [tag('a')]: 'current' });
  });

  it('is not the latest of each repository', () => {
    const images = [
      image('a', { since: daysAgo(50) }),
      image('b', { since: daysAgo(40) }),
      image('c', { tags: [tag('c', 'r.io/other')], since: daysAgo(90) }),
    ];
    const { goes, stays } = plan(images, [], { keep: 1 });
    assert.deepEqual(goes, [tag('a')]);
    assert.deepEqual(stays, { [tag('b')]: 'latest', [tag('c', 'r.io/other')]: 'latest' });
  });

  it('is not what somebody made from a prebuild, which inherits its label', () => {
    const images = [image('a'), image('a', { id: 'derived', tags: ['mine:1'] })];
    const { goes, stays } = plan(images, [container('derived', { stopped: false })]);
    assert.deepEqual([goes, stays], [[tag('a')], {}]);
  });

  it('is not an image whose tag of ours is for another key', () => {
    assert.deepEqual(plan([image('a', { tags: [tag('b')] })]).goes, []);
  });

  it('is our tag alone where a person gave the image another, which frees nothing', () => {
    const { goes, bytes } = plan([image('a', { tags: ['mine:1', tag('a')] })]);
    assert.deepEqual([goes, bytes], [[tag('a')], 0]);
  });

  it("is the image with the user's id as well, or neither", () => {
    const images = [image('a'), image('a', { id: 'uid', tags: [uidImage] })];
    assert.deepEqual(plan(images, [container('uid')]).goes, ['of-uid', tag('a'), uidImage]);
    assert.deepEqual(plan(images, [container('uid', { stopped: false })]).goes, []);
  });

  it('is a prebuild whose base has ONBUILD instructions, too', () => {
    const label = `${key('a')}+sha256:context`;
    assert.deepEqual(plan([image('a', { keyLabel: label })]).goes, [tag('a')]);
  });
});
