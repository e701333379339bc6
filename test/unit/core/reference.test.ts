import assert from 'node:assert/strict';
import { parsePrebuildKey } from '../../../src/core/key/prebuildKey';
import { hostPlatform } from '../../../src/core/platform';
import {
  branchReference,
  parseImageReference,
  parseRepository,
  prebuildReference,
  referenceText,
} from '../../../src/core/reference';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference', () => {
  const cases: Record<
    string,
    [host: string, repository: string, tag?: string | undefined, digest?: string]
  > = {
    debian: ['docker.io', 'library/debian'],
    'debian:bookworm': ['docker.io', 'library/debian', 'bookworm'],
    'acme/dev': ['docker.io', 'acme/dev'],
    'docker.io/debian': ['docker.io', 'library/debian'],
    'ghcr.io/acme/dev:1': ['ghcr.io', 'acme/dev', '1'],
    'localhost:5000/dev': ['localhost:5000', 'dev'],
    'localhost/dev:1': ['localhost', 'dev', '1'],
    'a.b/c:1': ['a.b', 'c', '1'],
    [`ghcr.io/a/b@${DIGEST}`]: ['ghcr.io', 'a/b', undefined, DIGEST],
    [`ghcr.io/a/b:1@${DIGEST}`]: ['ghcr.io', 'a/b', '1', DIGEST],
    '[::1]:5000/a': ['[::1]:5000', 'a'],
  };
  for (const [text, [host, repository, tag, digest]] of Object.entries(cases)) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseImageReference(text), { host, repository, tag, digest });
    });
  }

  for (const text of ['', 'A/B', 'a b', '-a', 'a:', 'a@sha256:1', 'a//b', 'FROM x\nRUN y', '--x']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseImageReference(text), undefined);
    });
  }
});

describe('parseRepository', () => {
  it('forgives a scheme and a slash at the end', () => {
    assert.deepEqual(parseRepository(' https://ghcr.io/acme/dev/ '), {
      host: 'ghcr.io',
      repository: 'acme/dev',
      tag: undefined,
      digest: undefined,
    });
  });

  it('refuses a tag, as the tag is the key', () => {
    assert.equal(parseRepository('ghcr.io/acme/dev:1'), undefined);
  });
});

const key = parsePrebuildKey('0'.repeat(64));
assert.ok(key !== undefined);

describe('prebuildReference', () => {
  it('is tagged by the key alone, in the configured repository', () => {
    assert.equal(
      referenceText(prebuildReference({ host: 'ghcr.io', repository: 'acme/dev' }, key)),
      `ghcr.io/acme/dev:prebuild-${key}`,
    );
  });

  it('is a name of the local store where no registry is set', () => {
    assert.equal(
      referenceText(prebuildReference(undefined, key)),
      `devcontainer-prebuild:prebuild-${key}`,
    );
  });
});

describe('branchReference', () => {
  const repository = { host: 'ghcr.io', repository: 'acme/dev' };
  const tag = (project: string, branch: string): string =>
    branchReference('cache', repository, project, branch, hostPlatform('arm')).tag ?? '';

  it('names project, branch and platform', () => {
    assert.equal(tag('shop', 'main'), 'cache-shop-main-linux-arm-v7');
  });

  it('keeps names apart that differ only in characters a tag cannot have', () => {
    assert.notEqual(tag('shop', 'feature/a'), tag('shop', 'feature-a'));
    assert.notEqual(tag('shop', 'ä'), tag('shop', 'ö'));
    assert.notEqual(tag('Shop', 'main'), tag('shop', 'main'));
  });

  it('is a tag by the grammar, however long and odd the names are', () => {
    for (const name of ['x'.repeat(300), '../..', '-', '', 'a b$c"d', '日本']) {
      assert.match(tag(name, name), /^[\w][\w.-]{0,127}$/);
    }
  });
});
