import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { temporaryFolders } from '../support/temporaryFolder';
import { runCli } from './support/commandLine';
import type { CliResult } from './support/commandLine';
import { containersOf, docker, forget, machine } from './support/docker';
import { emptyRepository, testWorkspaces, unique } from './support/workspaces';

const NO_ENGINE = { DOCKER_HOST: 'tcp://127.0.0.1:1' };
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

describe('prune', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();
  const ending: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) {
      await end();
    }
  });

  it('removes what this tool made and nothing uses, and nothing else', async () => {
    const repository = emptyRepository();
    const { folder, write } = makeWorkspace();
    const on = ['--workspace-folder', folder, '--registry', repository];
    const old = await build('build', '--push', ...on);
    const ofFolder = `devcontainer.local_folder=${folder}`;
    const container = await docker('run', '-d', '--label', ofFolder, old.image, 'sleep', '1000');
    const mine = `localhost/mine/${unique()}:1`;
    await docker('tag', old.image, mine);
    ending.push(() => forget(mine));
    write({ 'app/main': 'edited\n' });
    const fresh = await build('build', '--push', ...on);
    await docker('pull', '--quiet', fresh.image);
    ending.push(() => forget(fresh.image));

    const foreign = `${repository}:prebuild-${'f'.repeat(64)}`;
    await docker('tag', machine('TEST_BUSYBOX'), foreign);
    await docker('push', '--quiet', foreign);
    await forget(foreign);
    await tagAs(repository, 'pinned', old.tag);

    // A folder without a devcontainer.json, whose prebuild would be kept.
    const all = ['prune', '--workspace-folder', makeFolder(), '--older-than', '0h'];
    const both = [...all, '--registry', repository];
    const used = await runCli([...both, '--dry-run']);
    assert.equal(used.code, 0, used.stderr);
    assert.deepEqual(keptOf(used, repository), {
      [old.image]: ['in-use', 'named'],
      [fresh.image]: ['latest', 'latest'],
      [foreign]: ['not-ours'],
    });

    await docker('kill', container);
    await tagAs(repository, 'pinned', fresh.tag);
    const planned = await runCli([...both, '--dry-run']);
    assert.ok(namesIn(planned, 'containers', 'id').includes(container));
    assert.ok(namesIn(planned, 'images', 'image').includes(old.image));
    assert.deepEqual(namesIn(planned, 'tags', 'image'), [old.image]);
    assert.deepEqual(await containersOf(folder), [container]);

    const refusing = await registryWithoutRemoval();
    const kept = await runCli(
      [...all, '--registry', repository.replace(machine('TEST_REGISTRY'), refusing)],
      NO_ENGINE,
    );
    assert.equal(kept.code, 0, kept.stderr);
    assert.deepEqual(namesIn(kept, 'problems', 'code'), [
      'engine-down',
      'registry-removal-unsupported',
    ]);
    assert.ok((await tagsOf(repository)).includes(old.tag));

    const remote = await runCli(both, NO_ENGINE);
    assert.equal(remote.code, 0, remote.stderr);
    assert.deepEqual(namesIn(remote, 'problems', 'code'), ['engine-down']);
    const left = (await tagsOf(repository)).filter((tag) => !/^(?:cache|latest)-/.test(tag));
    assert.deepEqual(left.sort(), ['pinned', fresh.tag, foreign.split(':').at(-1) ?? ''].sort());

    // An engine that was found is somebody's, with prebuilds of their own: there it is not emptied.
    if (machine('TEST_ENGINE') === 'unpacked') {
      const local = await runCli(all);
      assert.equal(local.code, 0, local.stderr);
      assert.deepEqual(await containersOf(folder), []);
      assert.equal(await docker('images', '--quiet', old.image), '');
      assert.notEqual(await docker('images', '--quiet', fresh.image), '');
      assert.equal(await docker('run', '--rm', mine, 'cat', '/app/main'), 'hello');
    }
  });

  /** Answers as the test registry does, but lets nobody remove anything, as some do. @returns its host. */
  async function registryWithoutRemoval(): Promise<string> {
    const server = createServer((request, response) => {
      if (request.method === 'DELETE') {
        response.writeHead(405).end('{"errors":[{"code":"UNSUPPORTED"}]}');
        return;
      }
      const { accept = '*/*' } = request.headers;
      void fetch(`http://${machine('TEST_REGISTRY')}${request.url ?? ''}`, { headers: { accept } })
        .then(async (answer) => {
          const body = Buffer.from(await answer.arrayBuffer());
          response.writeHead(answer.status).end(body);
        })
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ending.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `localhost:${(server.address() as AddressInfo).port}`;
  }
});

interface Built {
  readonly image: string;
  readonly tag: string;
}

async function build(...args: readonly string[]): Promise<Built> {
  const built = await runCli(args);
  assert.equal(built.code, 0, built.stderr);
  const tag = `prebuild-${built.json['hash'] as string}`;
  return { image: String(built.json['image']), tag };
}

/** The values of one field in a list of the result. */
function namesIn({ json }: CliResult, list: string, field: string): readonly string[] {
  return (json[list] as readonly Record<string, string>[]).map((entry) => entry[field] ?? '');
}

/** Why each image of a repository stays, on the machine and in the registry. */
function keptOf({ json }: CliResult, repository: string): Readonly<Record<string, string[]>> {
  const reasons: Record<string, string[]> = {};
  for (const { image, why } of json['kept'] as readonly { image: string; why: string }[]) {
    if (image.startsWith(repository)) {
      reasons[image] = [...(reasons[image] ?? []), why];
    }
  }
  return reasons;
}

const api = (repository: string): string => `http://${repository.replace('/', '/v2/')}`;

async function tagsOf(repository: string): Promise<readonly string[]> {
  const answer = await fetch(`${api(repository)}/tags/list`);
  return ((await answer.json()) as { readonly tags: readonly string[] }).tags;
}

/** Gives what a tag names a further tag. */
async function tagAs(repository: string, tag: string, of: string): Promise<void> {
  const found = await fetch(`${api(repository)}/manifests/${of}`, {
    headers: { accept: MANIFEST },
  });
  const headers = { 'content-type': found.headers.get('content-type') ?? MANIFEST };
  const method = 'PUT';
  const body = await found.arrayBuffer();
  const put = await fetch(`${api(repository)}/manifests/${tag}`, { method, headers, body });
  assert.equal(put.status, 201, await put.text());
}
