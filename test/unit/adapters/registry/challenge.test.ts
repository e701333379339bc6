import assert from 'node:assert/strict';
import { parseChallenges } from '../../../../src/adapters/registry/challenge';

describe('parseChallenges', () => {
  const cases: Readonly<Record<string, readonly [string, Record<string, string>][]>> = {
    '': [],
    'Basic realm="Registry Realm"': [['basic', { realm: 'Registry Realm' }]],
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"':
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:a/b:pull,push',
          },
        ],
      ],
    'Bearer realm="https://r/t", error="invalid_token", Basic realm="r"': [
      ['bearer', { realm: 'https://r/t', error: 'invalid_token' }],
      ['basic', { realm: 'r' }],
    ],
    'BEARER Realm = https://r/t , Service=s': [['bearer', { realm: 'https://r/t', service: 's' }]],
    'Negotiate, Basic realm="a \\"b\\", c"': [
      ['negotiate', {}],
      ['basic', { realm: 'a "b", c' }],
    ],
    'realm="without a scheme"': [],
    'Bearer realm="never ends': [['bearer', {}]],
    '=,"': [],
  };

  for (const [header, expected] of Object.entries(cases)) {
    it(`reads ${header === '' ? 'nothing' : header}`, () => {
      const challenges = parseChallenges(header).map(({ scheme, parameters }) => [
        scheme,
        Object.fromEntries(parameters),
      ]);
      assert.deepEqual(challenges, expected);
    });
  }
});
