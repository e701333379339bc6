import assert from 'node:assert/strict';
import { chmodSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import { readConfig } from '../../../../src/core/devcontainer/parseConfig';
import { collectInputs } from '../../../../src/core/key/collectInputs';
import { computeKey } from '../../../../src/core/key/computeKey';
import { hostPlatform } from '../../../../src/core/platform';
import { problemOf } from '../../../support/problemOf';
import { temporaryFolders, writeFiles } from '../../../support/temporaryFolder';

const CONFIG = {
  name: 'shop',
  build: { dockerfile: '../Dockerfile', args: { VERSION: '1', UNUSED: '1' } },
  features: { './tool': { a: true, b: 'x' } },
  remoteUser: 'me',
};
const DOCKERFILE = `# the tools
FROM debian AS unneeded
COPY other /
FROM debian
ARG VERSION
COPY app \\
  /app
RUN make
`;

describe('the prebuild key', () => {
  const makeFolder = temporaryFolders();
  let folder = '';

  beforeEach(() => {
    folder = makeFolder({
      '.devcontainer/devcontainer.json': JSON.stringify(CONFIG),
      '.devcontainer/tool/install.sh': 'echo\n',
      Dockerfile: DOCKERFILE,
      'app/main.c': 'int main;\n',
      'app/run.sh': 'true\n',
      'other/x': '',
      'README.md': '',
    });
  });

  const key = (environment: Record<string, string> = {}, platform = 'x64'): string => {
    const source = { folder, configFile: join(folder, '.devcontainer/devcontainer.json') };
    const config = readConfig(nodeFileTree, source, environment);
    return computeKey(
      collectInputs(config, hostPlatform(platform), environment, nodeFileTree).inputs,
    );
  };
  const write = (name: string, text: string) => (): void => {
    writeFiles(folder, { [name]: text });
  };
  const configure = (changes: object): (() => void) =>
    write('.devcontainer/devcontainer.json', JSON.stringify({ ...CONFIG, ...changes }));

  const changes: Record<string, () => void> = {
    'a copied file changes': () => {
      write('app/main.c', 'int other;\n')();
    },
    'a file is added to what is copied': () => {
      write('app/test', '')();
    },
    'a copied file becomes executable': () => {
      chmodSync(join(folder, 'app/run.sh'), 0o755);
    },
    'a copied file is renamed': () => {
      renameSync(join(folder, 'app/run.sh'), join(folder, 'app/go.sh'));
    },
    'an instruction changes': () => {
      write('Dockerfile', DOCKERFILE.replace('make', 'make all'))();
    },
    'the base image is another': () => {
      write('Dockerfile', DOCKERFILE.replaceAll('FROM debian', 'FROM debian:12'))();
    },
    'a build argument that is declared changes': () => {
      configure({ build: { ...CONFIG.build, args: { VERSION: '2' } } })();
    },
    'the target is another': () => {
      configure({ build: { ...CONFIG.build, target: 'unneeded' } })();
    },
    "a feature's option changes": () => {
      configure({ features: { './tool': { a: false, b: 'x' } } })();
    },
    "a local feature's script changes": () => {
      write('.devcontainer/tool/install.sh', 'id\n')();
    },
    'a feature goes': () => {
      configure({ features: {} })();
    },
    'the user that features are told of changes': () => {
      configure({ remoteUser: 'you' })();
    },
    'a lock file pins a feature': () => {
      write('.devcontainer/devcontainer-lock.json', '{"features":{"./tool":{"version":"1"}}}')();
    },
    'an ignore file hides a copied file': () => {
      write('.dockerignore', 'app/run.sh\n')();
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`changes where ${name}`, () => {
      const before = key();
      change();
      assert.notEqual(key(), before);
    });
  }

  const nothings: Record<string, () => void> = {
    'a file that nothing copies changes': () => {
      write('README.md', 'more\n')();
    },
    'a stage that nobody needs changes': () => {
      write('Dockerfile', DOCKERFILE.replace('COPY other /', 'RUN id'))();
    },
    'a comment and the layout of the Dockerfile change': () => {
      write(
        'Dockerfile',
        DOCKERFILE.replace('# the tools', '# all').replace('app \\\n  ', 'app   '),
      )();
    },
    'the Dockerfile gets CR LF': () => {
      write('Dockerfile', DOCKERFILE.replaceAll('\n', '\r\n'))();
    },
    'a build argument that nobody declares changes': () => {
      configure({ build: { ...CONFIG.build, args: { VERSION: '1', UNUSED: '2' } } })();
    },
    'the name, a hook, a mount and an extension change': () => {
      configure({
        name: 'other',
        postCreateCommand: 'make',
        mounts: ['source=a,target=/a'],
        customizations: { vscode: { extensions: ['a.b'] } },
      })();
    },
    'cacheFrom changes': () => {
      configure({ build: { ...CONFIG.build, cacheFrom: 'x/y' } })();
    },
    'the order of keys changes': () => {
      write(
        '.devcontainer/devcontainer.json',
        JSON.stringify(Object.fromEntries(Object.entries(CONFIG).reverse())),
      )();
    },
    "the order of a feature's options changes": () => {
      configure({ features: { './tool': { b: 'x', a: true } } })();
    },
    'a path is spelled otherwise': () => {
      configure({ build: { ...CONFIG.build, dockerfile: '.././Dockerfile', context: '../' } })();
    },
    'the modification time of a copied file changes': () => {
      utimesSync(join(folder, 'app/main.c'), 1, 1);
    },
    'the mode of a copied folder changes': () => {
      chmodSync(join(folder, 'app'), 0o700);
    },
    'a file is ignored that nothing copies': () => {
      write('.dockerignore', 'README.md\n')();
    },
  };
  for (const [name, change] of Object.entries(nothings)) {
    it(`stays where ${name}`, () => {
      const before = key();
      change();
      assert.equal(key(), before);
    });
  }

  it('is another for another platform', () => {
    assert.notEqual(key({}, 'x64'), key({}, 'arm64'));
  });

  it('counts every file where an option may ask for another platform than is copied by name', () => {
    configure({ build: { ...CONFIG.build, options: ['--platform=linux/arm64'] } })();
    write('Dockerfile', 'FROM scratch\nARG TARGETARCH\nCOPY bin-$TARGETARCH /\n')();
    write('bin-amd64', '')();
    const before = key({}, 'x64');
    write('bin-arm64', '')();
    assert.notEqual(key({}, 'x64'), before);
  });

  it('follows a variable of the environment by its value', () => {
    configure({ build: { ...CONFIG.build, args: { VERSION: '${localEnv:V}' } } })();
    assert.notEqual(key({ V: '1' }), key({ V: '2' }));
    assert.equal(key({ V: '1', W: '1' }), key({ V: '1', W: '2' }));
  });

  it('is the same in another folder', () => {
    const before = key();
    const other = makeFolder();
    rmSync(other, { recursive: true });
    renameSync(folder, other);
    folder = other;
    assert.equal(key(), before);
  });

  it('counts the files of a named context', () => {
    const options = ['--build-context', 'lib=lib'];
    const build = { ...CONFIG.build, options };
    write('Dockerfile', 'FROM debian\nCOPY --from=lib x /\n')();
    write('lib/x', '1')();
    write('lib/y', '1')();
    configure({ build })();
    const before = key();
    write('lib/y', '2')();
    assert.equal(key(), before);
    write('lib/x', '2')();
    assert.notEqual(key(), before);
  });

  it('is the same in whatever order devcontainer.json names its features', () => {
    const features = { './tool': {}, 'ghcr.io/acme/b:1': {}, 'ghcr.io/acme/a:1': {} };
    configure({ features })();
    const before = key();
    configure({ features: Object.fromEntries(Object.entries(features).reverse()) })();
    assert.equal(key(), before);
  });

  it('names a Dockerfile, a context or a feature that is missing, with its place', () => {
    const cases: [object, string][] = [
      [{ build: { dockerfile: 'Nowhere' } }, 'dockerfile-missing'],
      [{ build: { dockerfile: '../Dockerfile', context: 'nowhere' } }, 'context-missing'],
      [{ features: { './nowhere': {} } }, 'feature-invalid'],
    ];
    for (const [config, code] of cases) {
      configure(config)();
      const problem = problemOf(() => key());
      assert.equal(problem.code, code);
      assert.equal(problem.place?.line, 1);
    }
  });
});
