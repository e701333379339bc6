// Doubles: the engine keeps containers in memory, and the devcontainer CLI is a script.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { ContainerDetails, DockerApi } from '../../../../src/adapters/docker/dockerApi';
import { LocalWorkspaces } from '../../../../src/adapters/docker/localWorkspaces';
import { StartMarks } from '../../../../src/adapters/files/startMarks';
import type { Problem } from '../../../../src/core/problem';
import { MemoryTree } from '../../../support/memoryTree';
import { temporaryFolders, writeFiles } from '../../../support/temporaryFolder';
import { recordingLog } from '../registry/testServers';

const source = { folder: '/w', configFile: '/w/.devcontainer/devcontainer.json' };
const signal = new AbortController().signal;
const SUCCESS = {
  outcome: 'success',
  containerId: 'made',
  remoteUser: 'root',
  remoteWorkspaceFolder: '/w',
};

describe('a start that was killed', function () {
  this.timeout(20_000);
  const makeFolder = temporaryFolders();

  function setup(script: string) {
    const folder = makeFolder({ 'devcontainer.js': script });
    const done: string[] = [];
    const containers = new Map<string, ContainerDetails>();
    const add = (id: string, { running = true, created = Date.now() } = {}): void => {
      containers.set(id, {
        id,
        name: id,
        running,
        image: 'i',
        imageId: 'i',
        created,
        user: '',
        labels: {},
        mounts: [],
        times: [],
        stopped: false,
      });
    };
    const docker = {
      listContainers: () => Promise.resolve([...containers.values()]),
      inspectContainer: (id: string) => Promise.resolve(containers.get(id)),
      stopContainer: (id: string) => {
        done.push(`stop ${id}`);
        add(id, { running: false });
        return Promise.resolve();
      },
      removeContainer: (id: string) => {
        done.push(`remove ${id}`);
        containers.delete(id);
        return Promise.resolve();
      },
    } as unknown as DockerApi;
    const log = recordingLog();
    const marks = new StartMarks(path.join(folder, 'starts'), log);
    const cli = {
      script: path.join(folder, 'devcontainer.js'),
      node: process.execPath,
      docker: 'docker',
      idleAfter: 3000,
    };
    const tree = new MemoryTree({ [source.configFile]: '{ "image": "i" }' });
    const workspaces = new LocalWorkspaces(docker, cli, tree, marks, log);
    const start = (): Promise<string> =>
      workspaces
        .start({ source, image: 'i', existing: 'start' }, () => undefined, signal)
        .then(
          ({ id }) => id,
          (error: unknown) => (error as Problem).code,
        );
    const running = async (): Promise<string[]> =>
      (await workspaces.find(source, signal)).filter((each) => each.running).map(({ id }) => id);
    const write = (text: string): void => {
      writeFiles(folder, { 'devcontainer.js': text });
    };
    return { add, start, running, done, marks, write };
  }

  const succeed = `console.log(${JSON.stringify(JSON.stringify(SUCCESS))})`;
  const fail = (description: string): string =>
    `console.log(${JSON.stringify(JSON.stringify({ outcome: 'error', description }))}); process.exitCode = 1`;

  it('leaves nothing that is used: what it made is removed, what was there is started again', async () => {
    const { add, start, running, done, marks, write } = setup('process.kill(process.pid, 9)');
    add('earlier');
    assert.equal(await start(), 'container-start-broken');
    add('half-made');
    add('of-another-engine', { created: Date.now() - 60_000 });
    assert.deepEqual(await running(), []);

    write(succeed);
    assert.equal(await start(), 'made');
    assert.deepEqual(done, ['stop earlier', 'remove half-made', 'stop of-another-engine']);
    assert.equal(marks.read(source), undefined);
    add('made');
    assert.deepEqual(await running(), ['made']);
  });

  it('is what a start counts as that waits for nothing', async () => {
    const { start, marks } = setup('setInterval(() => undefined, 1000)');
    assert.equal(await start(), 'container-start-broken');
    assert.deepEqual(marks.read(source)?.containers, []);
  });

  it("is none where a hook of the person's own failed: the container is as it should be", async () => {
    const { add, start, running } = setup(
      fail('The postCreateCommand in the devcontainer.json failed.'),
    );
    assert.equal(await start(), 'container-start-failed');
    add('made');
    assert.deepEqual(await running(), ['made']);
  });
});
