import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodeFileTree } from '../../../../src/adapters/files/nodeFileTree';
import type { DockerfileRecipe } from '../../../../src/core/buildRecipe';
import { parseJsonc } from '../../../../src/core/devcontainer/jsonc';
import { readConfig } from '../../../../src/core/devcontainer/parseConfig';
import type { DevContainerConfig } from '../../../../src/core/devcontainer/parseConfig';
import type { BuildInput } from '../../../../src/core/key/buildInputs';
import { collectInputs } from '../../../../src/core/key/collectInputs';
import { hostPlatform } from '../../../../src/core/platform';
import { problemOf } from '../../../support/problemOf';
import { temporaryFolders } from '../../../support/temporaryFolder';

type Files = Readonly<Record<string, string>>;

describe('a config of Docker Compose', () => {
  const makeFolder = temporaryFolders();
  let folder = '';

  const read = (config: object, files: Files, environment: Files = {}): DevContainerConfig => {
    folder = makeFolder({ '.devcontainer/devcontainer.json': JSON.stringify(config), ...files });
    const configFile = join(folder, '.devcontainer/devcontainer.json');
    return readConfig(nodeFileTree, { folder, configFile }, environment).config;
  };
  /** One that names `../compose.yaml` and its service `app`. */
  const ofService = (
    service: string,
    files: Files = {},
    environment: Files = {},
  ): DevContainerConfig =>
    read(
      { dockerComposeFile: '../compose.yaml', service: 'app' },
      { 'compose.yaml': `services:\n  app: ${service}\n`, ...files },
      environment,
    );
  const dockerfileOf = ({ recipe: { base } }: DevContainerConfig): DockerfileRecipe => {
    assert.ok(base.kind === 'dockerfile');
    return base;
  };
  const collected = (config: DevContainerConfig): ReturnType<typeof collectInputs> =>
    collectInputs(
      { config, document: parseJsonc('{}', '') },
      config.platform ?? hostPlatform('x64'),
      {},
      nodeFileTree,
    );
  const inputs = (config: DevContainerConfig): readonly BuildInput[] => collected(config).inputs;
  const digests = (config: DevContainerConfig): ReadonlyMap<string, string> =>
    new Map(inputs(config).map(({ kind, name, digest }) => [`${kind} ${name}`, digest]));

  it('gives an image the inputs that a config of that image has', () => {
    const compose = ofService('{ image: "debian:12" }');
    assert.deepEqual(inputs(compose), inputs(read({ image: 'debian:12' }, {})));
  });

  it('gives a build the inputs that a config of that Dockerfile has', () => {
    const files = { 'app/Dockerfile': 'FROM x AS dev\nARG A\nCOPY f /\nFROM y\n', 'app/f': 'f' };
    const compose = ofService(
      '{ image: me/app, build: { context: app, target: dev, args: [A=1], labels: { a: 1 } } }',
      files,
    );
    const build = {
      dockerfile: '../app/Dockerfile',
      target: 'dev',
      args: { A: '1' },
      options: ['--label=a=1'],
    };
    assert.deepEqual(inputs(compose), inputs(read({ build }, files)));
  });

  it('is told from a config of its own container, so that starting can be refused', () => {
    assert.equal(ofService('{ image: x }').kind, 'compose');
    assert.equal(read({ image: 'x' }, {}).kind, 'single');
  });

  it('reads several files, the later over the earlier', () => {
    const config = read(
      { dockerComposeFile: ['../a.yaml', 'b.yaml'], service: 'app' },
      {
        'a.yaml': 'services: { app: { build: { context: ./src, args: { A: 1 } } } }',
        '.devcontainer/b.yaml': 'services: { app: { build: { args: [A=2] } } }',
      },
    );
    assert.equal(dockerfileOf(config).context, join(folder, 'src'));
    assert.deepEqual([...dockerfileOf(config).buildArgs], [['A', '2']]);
  });

  it("finds the CLI's default files where none are named", () => {
    const files = {
      'docker-compose.yml': 'services: { app: { image: "a:$T" } }',
      'docker-compose.override.yml': 'services: { app: { image: "b:$T" } }',
      'other.yml': 'services: { app: { image: "c:$T" } }',
      '.env': 'T=1\n',
    };
    const config = { dockerComposeFile: [], service: 'app' };
    const image = (more: Files, environment?: Files): unknown =>
      read(config, { ...files, ...more }, environment).recipe.base;
    assert.deepEqual(image({}), { kind: 'image', image: 'b:1' });
    const named = { kind: 'image', image: 'c:1' };
    assert.deepEqual(image({ '.env': 'T=1\nCOMPOSE_FILE=other.yml\n' }), named);
    assert.deepEqual(image({}, { COMPOSE_FILE: 'other.yml' }), named);
  });

  it('names the variables that shape the image, and no others', () => {
    const config = ofService(
      '{ build: { context: ., args: { A: "${TOKEN:-}", B: } }, environment: { X: "$UNSEEN" } }',
      {},
      { TOKEN: 'secret', B: 'b' },
    );
    assert.deepEqual(config.environmentRead, ['B', 'TOKEN']);
  });

  it('minds no variable that only something else needs', () => {
    const config = read(
      { dockerComposeFile: '../compose.yaml', service: 'app' },
      {
        'compose.yaml':
          'services: { app: { image: x, environment: { A: "${A:?}" } }, db: { image: "${B:?}" } }',
      },
    );
    assert.deepEqual(config.recipe.base, { kind: 'image', image: 'x' });
  });

  it("takes the service's platform, and its user where there are features", () => {
    const compose = 'services: { app: { image: x, platform: linux/aarch64, user: node } }';
    const config = read(
      { dockerComposeFile: '../c.yaml', service: 'app', features: { 'a/b/c': {} } },
      { 'c.yaml': compose },
    );
    assert.equal(config.platform, 'linux/arm64');
    assert.equal(config.recipe.layer?.containerUser, 'node');
  });

  it('says where each input stands', () => {
    const config = read(
      { dockerComposeFile: '../compose.yaml', service: 'app' },
      {
        'compose.yaml':
          'services:\n  app:\n    build:\n      args:\n        A: 1\n      labels:\n        b: c\n',
        Dockerfile: 'FROM x\nARG A\n',
      },
    );
    const places = [...collected(config).origins].flatMap(([{ kind }, { place }]) =>
      place?.file === join(folder, 'compose.yaml') ? [[kind, place.line]] : [],
    );
    assert.deepEqual(places, [
      ['argument', 5],
      ['option', 7],
    ]);
  });

  describe('with an inline Dockerfile', () => {
    const service = (text: string): string =>
      `\n    build:\n      dockerfile_inline: |\n${text.replace(/^/gm, '        ')}`;

    it('counts its text as a Dockerfile, and its lines as those of the compose file', () => {
      const config = ofService(service('FROM x\nCOPY f /'), { f: '', Dockerfile: 'FROM y' });
      const [stage] = [...collected(config).origins].filter(([{ kind }]) => kind === 'files');
      assert.deepEqual(stage?.[1].place, { file: join(folder, 'compose.yaml'), line: 6 });
      const written = read(
        { build: { dockerfile: '../Dockerfile' } },
        { Dockerfile: 'FROM x\nCOPY f /', f: '' },
      );
      assert.deepEqual(inputs(config), inputs(written));
    });

    it('shows what is wrong at its line', () => {
      const config = ofService(service('FROM x\nBOTCH'));
      const problem = problemOf(() => collected(config));
      assert.equal(problem.code, 'dockerfile-invalid');
      assert.deepEqual(problem.place, { file: join(folder, 'compose.yaml'), line: 6 });
    });
  });

  describe('with additional contexts', () => {
    const build =
      '{ build: { context: ., additional_contexts: { lib: ./lib, far: "docker-image://a" } } }';
    const files = { Dockerfile: 'FROM far\nCOPY --from=lib x /\n', 'lib/x': '1', 'lib/y': '1' };

    it('counts what is read of a folder, and the name of what is remote', () => {
      const before = digests(ofService(build, files));
      const same = digests(ofService(build, { ...files, 'lib/y': '2' }));
      assert.deepEqual(same, before);
      const read = digests(ofService(build, { ...files, 'lib/x': '2' }));
      assert.notEqual(read.get('files lib /x !'), before.get('files lib /x !'));
      const other = digests(ofService(build.replace('//a', '//b'), files));
      const far = 'option --build-context far';
      assert.ok(before.get(far) !== undefined);
      assert.notEqual(other.get(far), before.get(far));
    });

    it("counts another service's build that is read", () => {
      const withLib = (dockerfile: string, lib: string): DevContainerConfig =>
        ofService(
          `{ build: { context: ., additional_contexts: { lib: "service:lib" } } }\n  lib: { build: ${lib} }`,
          {
            Dockerfile: 'FROM x\nCOPY --from=lib /x /\n',
            'lib/Dockerfile': dockerfile,
            'lib/f': '',
          },
        );
      const before = withLib('FROM y\nARG A\nCOPY f /\n', '{ context: lib, args: { A: 1 } }');
      assert.equal(dockerfileOf(before).linked.get('lib')?.context, join(folder, 'lib'));
      const names = [...digests(before).keys()].filter((name) => name.includes('lib: '));
      assert.deepEqual(names, ['stage lib: 0', 'argument lib: A', 'files lib: /f !']);
      const after = withLib('FROM y\nARG A\nCOPY f /\n', '{ context: lib, args: { A: 2 } }');
      assert.notEqual(
        digests(after).get('argument lib: A'),
        digests(before).get('argument lib: A'),
      );
    });
  });

  it("counts a secret's name, and not where it lies", () => {
    const withSecret = (file: string): ReadonlyMap<string, string> =>
      digests(
        ofService(`{ build: { context: ., secrets: [s] } }\nsecrets: { s: { file: ${file} } }`, {
          Dockerfile: 'FROM x',
        }),
      );
    assert.deepEqual(withSecret('/here/s'), withSecret('/there/s'));
  });

  const problems: Readonly<Record<string, [service: string, code: string, line: number]>> = {
    'a required variable': ['{ image: "${X:?say it}" }', 'compose-variable-missing', 2],
    'a malformed variable': ['{ image: "${X" }', 'compose-interpolation-invalid', 2],
    'neither image nor build': ['\n    ports: []', 'compose-nothing-to-build', 2],
    'an image that is a command': ['{ image: "x\\nRUN id" }', 'compose-invalid', 2],
    'a platform that is none': ['{ image: x, platform: moon }', 'compose-invalid', 2],
    'a context elsewhere': ['{ build: "https://x/y.git" }', 'compose-remote', 2],
    'an extended file elsewhere': [
      '{ extends: { file: "git@x:y.git", service: z } }',
      'compose-remote',
      2,
    ],
    'contexts in circles': [
      '{ build: { additional_contexts: { a: "service:app" } } }',
      'compose-goes-in-circles',
      2,
    ],
    'malformed YAML': ['[', 'compose-invalid', 3],
  };
  for (const [name, [service, code, line]] of Object.entries(problems)) {
    it(`refuses ${name}, with its place in the compose file`, () => {
      const problem = problemOf(() => ofService(service));
      assert.equal(problem.code, code);
      assert.deepEqual(
        { file: problem.place?.file, line: problem.place?.line },
        { file: join(folder, 'compose.yaml'), line },
      );
      assert.notEqual(problem.remedy, '');
    });
  }

  it('refuses a service that is not there, and says which are', () => {
    const config = { dockerComposeFile: '../c.yaml', service: 'web' };
    const problem = problemOf(() => read(config, { 'c.yaml': 'services: { app: { image: x } }' }));
    assert.equal(problem.code, 'compose-service-unknown');
    assert.match(problem.remedy, /: app\.$/);
    assert.equal(problem.place?.file, join(folder, '.devcontainer/devcontainer.json'));
  });
});
