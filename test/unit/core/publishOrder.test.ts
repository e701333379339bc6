import assert from 'node:assert/strict';
import { parsePrebuildKey } from '../../../src/core/key/prebuildKey';
import type { OpenedWorkspace } from '../../../src/core/openInWorkspace';
import { hostPlatform } from '../../../src/core/platform';
import {
  orderAfterOpen,
  orderedImage,
  parsePublishOrder,
  publishOrderText,
} from '../../../src/core/publishOrder';
import type { PublishOrder, PublishPolicy } from '../../../src/core/publishOrder';
import { parseRepository } from '../../../src/core/reference';

const key = parsePrebuildKey('a'.repeat(64));
const repository = parseRepository('ghcr.io/acme/dev');
assert.ok(key !== undefined && repository !== undefined);
const order: PublishOrder = {
  source: { folder: '/w', configFile: '/w/.devcontainer.json' },
  platform: hostPlatform('arm64'),
  repository,
  key,
  insecureRegistries: ['registry.acme:5000'],
};

describe('orderAfterOpen', () => {
  const request = { ...order, environment: { TOKEN: 'secret' } };
  const cases: [PublishPolicy, OpenedWorkspace['how'], 'registry' | 'none', boolean][] = [
    ['afterOpen', 'built', 'registry', true],
    ['afterOpen', 'built', 'none', false],
    ['afterOpen', 'pulled', 'registry', false],
    ['afterOpen', 'local', 'registry', false],
    ['afterOpen', 'running', 'registry', false],
    ['afterOpen', 'kept', 'registry', false],
    ['onBuild', 'built', 'registry', false],
    ['never', 'built', 'registry', false],
  ];
  for (const [policy, how, registry, orders] of cases) {
    it(`orders ${orders ? 'the push' : 'nothing'}: ${policy}, ${how}, registry: ${registry}`, () => {
      const asked = { ...request, repository: registry === 'none' ? undefined : repository };
      const made = orderAfterOpen(policy, asked, { how, key }, order.insecureRegistries);
      assert.deepEqual(made, orders ? order : undefined);
    });
  }
});

describe('an order as text', () => {
  it('is read as it was written, and names the image', () => {
    assert.deepEqual(parsePublishOrder(publishOrderText(order)), order);
    assert.equal(orderedImage(order), `ghcr.io/acme/dev:prebuild-${key}`);
  });

  const damages: Record<string, (text: string) => string> = {
    'cut off': (text) => text.slice(0, -1),
    'no object': () => '[]',
    'without a folder': (text) => text.replace('"folder"', '"fold"'),
    'for a key that is none': (text) => text.replace(key, 'a'),
    'for a platform that is none': (text) => text.replace('linux/arm64', 'linux'),
    'to a repository with a tag': (text) => text.replace('acme/dev', 'acme/dev:1'),
    'with registries that are no list': (text) => text.replace('["registry.acme:5000"]', '"x"'),
  };
  for (const [name, damage] of Object.entries(damages)) {
    it(`is refused: ${name}`, () => {
      assert.equal(parsePublishOrder(damage(publishOrderText(order))), undefined);
    });
  }
});
