import assert from 'node:assert/strict';
import { bakeFile } from '../../../../src/adapters/docker/bakeFile';
import type { DockerfileRecipe } from '../../../../src/core/buildRecipe';

const lib: DockerfileRecipe = {
  kind: 'dockerfile',
  dockerfile: '/w/lib/Dockerfile',
  inline: undefined,
  context: '/w/lib',
  target: undefined,
  buildArgs: new Map([['A', '${x} %{y} $z']]),
  options: [],
  linked: new Map(),
};

describe('bakeFile', () => {
  it('builds a recipe with those whose results it reads', () => {
    const app: DockerfileRecipe = {
      ...lib,
      dockerfile: '/w/Dockerfile',
      context: '/w',
      target: 'dev',
      buildArgs: new Map(),
      options: [
        '--build-context=src=/w/src',
        '--label=a=b=c',
        '--network=host',
        '--add-host=h:1.1.1.1',
        '--add-host=h:::1',
        '--secret=id=a,src=/a',
        '--secret=id=b,src=/b',
      ],
      linked: new Map([['lib', lib]]),
    };
    const main = { platforms: ['linux/amd64'], labels: { key: '1' }, tags: ['x:1'] };
    assert.deepEqual(JSON.parse(bakeFile(app, main)), {
      target: {
        prebuild: {
          context: '/w',
          dockerfile: '/w/Dockerfile',
          args: {},
          target: 'dev',
          platforms: ['linux/amd64'],
          labels: { key: '1', a: 'b=c' },
          tags: ['x:1'],
          contexts: { src: '/w/src', lib: 'target:linked-1' },
          network: 'host',
          'extra-hosts': { h: '1.1.1.1,::1' },
          secret: ['id=a,src=/a', 'id=b,src=/b'],
        },
        'linked-1': {
          context: '/w/lib',
          dockerfile: '/w/lib/Dockerfile',
          args: { A: '$${x} %%{y} $z' },
          platforms: ['linux/amd64'],
        },
      },
    });
  });
});
