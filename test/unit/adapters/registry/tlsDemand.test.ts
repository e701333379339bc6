import assert from 'node:assert/strict';
import { tlsDemand } from '../../../../src/adapters/registry/tlsDemand';

describe('tlsDemand', () => {
  const named = ['registry.lan:5000', 'plain.example', 'localhost:5001'];
  const cases = {
    preferred: ['localhost', 'LOCALHOST:5000', '127.0.0.1', '127.8.9.1:80', '[::1]:5000'],
    unverified: ['Registry.lan:5000', 'plain.example', 'localhost:5001'],
    required: [
      'ghcr.io',
      'localhost.example',
      '127.0.0.1.example',
      '128.0.0.1',
      '[::2]',
      'registry.lan',
      'registry.lan:5001',
      'plain.example:443',
    ],
  };
  for (const [demand, hosts] of Object.entries(cases)) {
    for (const host of hosts) {
      it(`is ${demand} for ${host}`, () => {
        assert.equal(tlsDemand(host, named), demand);
      });
    }
  }
});
