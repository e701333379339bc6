import assert from 'node:assert/strict';
import { registryNotSet } from '../../../src/core/problems';
import type { PrebuildView } from '../../../src/vscode/prebuildView';
import { statusBarText } from '../../../src/vscode/statusBarText';

const key = 'c0ffee'.padEnd(64, '0');
const texts: [view: PrebuildView, text: string | undefined, sentence: RegExp][] = [
  [{ kind: 'hidden' }, undefined, /^$/],
  [{ kind: 'untrusted' }, '$(lock) Prebuild', /Restricted Mode/],
  [{ kind: 'checking' }, '$(sync~spin) Prebuild', /Looking/],
  [{ kind: 'working', step: 'Building' }, '$(sync~spin) Building', /Building/],
  [
    {
      kind: 'known',
      key,
      behind: undefined,
      state: { kind: 'running', container: 'c', image: 'i' },
    },
    '$(vm-running) Running',
    /runs/,
  ],
  [
    { kind: 'known', key, behind: undefined, state: { kind: 'local', image: 'i' } },
    '$(check) Prebuilt',
    /on this machine/,
  ],
  [
    { kind: 'known', key, behind: undefined, state: { kind: 'registry', image: 'i', digest: 'd' } },
    '$(cloud) Prebuilt',
    /in the registry/,
  ],
  [
    { kind: 'known', key, behind: undefined, state: { kind: 'cache', cache: 'c' } },
    '$(layers) Cache only',
    /layer cache/,
  ],
  [
    { kind: 'known', key, behind: undefined, state: { kind: 'miss' } },
    '$(circle-slash) No prebuild',
    /neither/,
  ],
  [
    {
      kind: 'known',
      key,
      behind: undefined,
      state: { kind: 'unreachable', problem: registryNotSet() },
    },
    '$(warning) Unreachable',
    /no registry/,
  ],
  [{ kind: 'failed', problem: registryNotSet() }, '$(warning) Prebuild', /no registry/],
];

describe('statusBarText', () => {
  for (const [view, text, sentence] of texts) {
    const name = view.kind === 'known' ? view.state.kind : view.kind;
    it(`says ${name} in a word, and in a sentence on hovering and to a screen reader`, () => {
      const shown = statusBarText(view);
      assert.equal(shown?.text, text);
      assert.match(shown?.tooltip[0] ?? '', sentence);
      assert.match(shown?.label ?? '', sentence);
    });
  }

  it('says that a prebuild is behind, by what, and how to renew it; it stays a hit', () => {
    const behind = 'base image debian:bookworm has moved, prebuild of 12 days ago';
    const shown = statusBarText({
      kind: 'known',
      key,
      state: { kind: 'registry', image: 'i', digest: 'd' },
      behind,
    });
    assert.equal(shown?.text, '$(cloud) Prebuilt (behind)');
    assert.ok(shown.tooltip[1]?.includes(behind) && shown.tooltip[1].includes('Renew Prebuild'));
    assert.match(shown.label, /12 days ago/);
    assert.equal(shown.severity, 'normal');
  });

  it('gives the remedy where something failed', () => {
    const shown = statusBarText({ kind: 'failed', problem: registryNotSet() });
    assert.ok(shown?.tooltip.includes(registryNotSet().remedy));
    assert.equal(shown?.severity, 'warning');
  });
});
