import assert from 'node:assert/strict';
import { parsePrebuildKey } from '../../../../src/core/key/prebuildKey';
import { KEY_LABEL } from '../../../../src/core/labels';
import { planRegistry, withoutNamedElsewhere } from '../../../../src/core/prune/registryPlan';
import type { PrebuildTag, RegistryPlan } from '../../../../src/core/prune/registryPlan';
import { parseAge } from '../../../../src/core/prune/pruneRules';
import { pruningText, sizeText } from '../../../../src/core/prune/pruneText';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-24T12:00:00Z');
const key = (digit: string) => parsePrebuildKey(digit.repeat(64)) ?? assert.fail(digit);
const image = (digit: string): string => `r.io/dev:prebuild-${key(digit)}`;
const RULES = { now: NOW, olderThan: 30 * DAY, keep: 0, current: new Set<never>() };

/** A tag of an image that was made some days ago. @param labelled the key on its label. */
function prebuild(
  digit: string,
  days: number | undefined,
  labelled: string | undefined = key(digit),
): PrebuildTag {
  return {
    reference: {
      host: 'r.io',
      repository: 'dev',
      tag: `prebuild-${key(digit)}`,
      digest: undefined,
    },
    key: key(digit),
    content: {
      digest: `sha256:${digit}`,
      images: [
        {
          labels: labelled === '' ? {} : { [KEY_LABEL]: labelled },
          created: days === undefined ? undefined : NOW - days * DAY,
        },
      ],
    },
  };
}

const shown = ({ tags, kept }: RegistryPlan) => ({
  goes: tags.map(({ digest }) => digest),
  stays: Object.fromEntries(kept.map((one) => [one.image, one.why])),
});

describe('what is cleaned up of a registry', () => {
  it('is a tag of ours that is old, but for the latest', () => {
    const prebuilds = [prebuild('a', 60), prebuild('b', 50), prebuild('c', 40), prebuild('d', 3)];
    assert.deepEqual(shown(planRegistry(prebuilds, { ...RULES, keep: 2 })), {
      goes: ['sha256:a', 'sha256:b'],
      stays: { [image('c')]: 'latest', [image('d')]: 'latest' },
    });
    assert.deepEqual(shown(planRegistry(prebuilds, RULES)).stays, { [image('d')]: 'recent' });
  });

  it('is not the prebuild of an open workspace', () => {
    const rules = { ...RULES, current: new Set([key('a')]) };
    assert.deepEqual(shown(planRegistry([prebuild('a', 60)], rules)).stays, {
      [image('a')]: 'current',
    });
  });

  it('is nothing that does not say it is a prebuild of that key, and such is no latest one', () => {
    const foreign = [prebuild('a', 60, key('b')), prebuild('c', 1, '')];
    const { goes, stays } = shown(
      planRegistry([...foreign, prebuild('d', 50)], { ...RULES, keep: 1 }),
    );
    assert.deepEqual(goes, []);
    assert.deepEqual(stays, {
      [image('a')]: 'not-ours',
      [image('c')]: 'not-ours',
      [image('d')]: 'latest',
    });
  });

  it('is nothing of which one image of several is not ours', () => {
    const mixed = prebuild('a', 60);
    const [ours] = mixed.content.images;
    assert.ok(ours !== undefined);
    const images = [ours, { ...ours, labels: {} }];
    const tag = { ...mixed, content: { ...mixed.content, images } };
    assert.deepEqual(shown(planRegistry([tag], RULES)).stays, { [image('a')]: 'not-ours' });
  });

  it('is nothing that does not say when it was made, or says 1970', () => {
    const epoch = { ...RULES, now: 60 * DAY };
    assert.deepEqual(shown(planRegistry([prebuild('a', undefined)], RULES)).goes, []);
    assert.deepEqual(shown(planRegistry([prebuild('a', NOW / DAY)], epoch)).goes, []);
  });

  it('is nothing that another tag leads to, through any number of indexes', () => {
    const plan = planRegistry(
      ['a', 'b', 'c', 'd'].map((digit) => prebuild(digit, 60)),
      RULES,
    );
    const reached = new Map([
      [`prebuild-${key('a')}`, ['sha256:a']],
      // An index of ours that names another of ours.
      [`prebuild-${key('b')}`, ['sha256:b', 'sha256:c']],
      [`prebuild-${key('c')}`, ['sha256:c']],
      [`prebuild-${key('d')}`, ['sha256:d']],
      ['latest-shop-main-linux-amd64', ['sha256:b']],
      ['everywhere', ['sha256:1', 'sha256:2', 'sha256:d']],
    ]);
    assert.deepEqual(shown(withoutNamedElsewhere(plan, reached)), {
      goes: ['sha256:a'],
      stays: { [image('b')]: 'named', [image('c')]: 'named', [image('d')]: 'named' },
    });
  });
});

describe('the words of a clean-up', () => {
  it('are ages in hours, days and weeks', () => {
    const hours = (text: string): number => (parseAge(text) ?? NaN) / 3_600_000;
    assert.deepEqual(['0h', '12h', '30d', '2w'].map(hours), [0, 12, 720, 336]);
    for (const text of ['', '30', 'd', '1.5d', '-1d', '30 d', '30days', '999999d']) {
      assert.equal(parseAge(text), undefined, text);
    }
  });

  it('say how much of what goes', () => {
    assert.deepEqual([1, 834, 12_400_000, 1_234_000_000].map(sizeText), [
      '1 byte',
      '834 bytes',
      '12.4 MB',
      '1.2 GB',
    ]);
    const one = { id: 'i', name: 'n', folder: '/f', key: key('a'), reference: 'r', bytes: 2e6 };
    const [tag] = planRegistry([prebuild('a', 60)], RULES).tags;
    assert.ok(tag !== undefined);
    const nothing = { containers: [], images: [], tags: [], kept: [], problems: [] };
    assert.equal(
      pruningText({ ...nothing, images: [one, one], containers: [one], tags: [tag] }),
      '2 images and 1 container on this machine (at least 4.0 MB), 1 tag in the registry',
    );
    assert.equal(pruningText(nothing), '');
  });
});
