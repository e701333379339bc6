import assert from 'node:assert/strict';
import { remoteUserOf } from '../../../../src/core/devcontainer/imageMetadata';

describe('remoteUserOf', () => {
  const cases: Record<string, [label: string | undefined, user: string | undefined]> = {
    'the last remoteUser': ['[{"remoteUser":"a"},{"id":"x"},{"remoteUser":"b"}]', 'b'],
    'the containerUser where there is no remoteUser': ['[{"containerUser":"c"}]', 'c'],
    'an object in place of a list': ['{"remoteUser":"a"}', 'a'],
    'nothing of an empty label': ['', undefined],
    'nothing of garbage': ['[{"remoteUser":1},null,', undefined],
    'nothing where there is no label': [undefined, undefined],
  };
  for (const [name, [label, user]] of Object.entries(cases)) {
    it(`gives ${name}`, () => {
      assert.equal(remoteUserOf(label), user);
    });
  }
});
