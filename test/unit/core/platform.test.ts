import assert from 'node:assert/strict';
import { hostPlatform, parsePlatform, platformParts } from '../../../src/core/platform';

describe('parsePlatform', () => {
  const cases: Record<string, string | undefined> = {
    'linux/amd64': 'linux/amd64',
    'Linux/X86_64': 'linux/amd64',
    'linux/arm64/v8': 'linux/arm64',
    'linux/aarch64': 'linux/arm64',
    'linux/arm': 'linux/arm/v7',
    'linux/arm/7': 'linux/arm/v7',
    'linux/armhf': 'linux/arm/v7',
    'linux/armel': 'linux/arm/v6',
    'linux/arm64/v9': 'linux/arm64/v9',
    'linux/386': 'linux/386',
    ' linux/riscv64 ': 'linux/riscv64',
    amd64: undefined,
    'linux/': undefined,
    'linux/a/b/c': undefined,
    '': undefined,
  };
  for (const [text, expected] of Object.entries(cases)) {
    it(`reads "${text}" as ${expected ?? 'none'}`, () => {
      assert.equal(parsePlatform(text), expected);
    });
  }
});

describe('hostPlatform', () => {
  it("is Linux of Node's architecture, whatever the desktop is", () => {
    assert.equal(hostPlatform('x64'), 'linux/amd64');
    assert.equal(hostPlatform('arm64'), 'linux/arm64');
    assert.equal(hostPlatform('arm'), 'linux/arm/v7');
  });
});

describe('platformParts', () => {
  it('gives what TARGETOS, TARGETARCH and TARGETVARIANT name', () => {
    assert.deepEqual(platformParts(hostPlatform('arm')), {
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
    });
  });
});
