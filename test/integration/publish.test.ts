import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { temporaryFolders } from '../support/temporaryFolder';
import { runCli } from './support/commandLine';
import { docker, forget, machine } from './support/docker';
import { emptyRepository, testWorkspaces, unique } from './support/workspaces';

const commit = '0123456789abcdef0123456789abcdef01234567';
/** What git keeps of a clone of `shop` at the branch `topic`. */
const git = {
  '.git/HEAD': 'ref: refs/heads/topic\n',
  '.git/config': '[remote "origin"]\n\turl = git@host:acme/shop.git\n',
  '.git/refs/heads/topic': `${commit}\n`,
};

describe('build --push', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();

  const manifestOf = async (reference: string): Promise<Record<string, unknown>> =>
    JSON.parse(await docker('buildx', 'imagetools', 'inspect', '--raw', reference)) as Record<
      string,
      unknown
    >;
  const mediaTypes = (value: unknown): readonly string[] =>
    [...JSON.stringify(value).matchAll(/"mediaType":"([^"]*(?:layer|rootfs)[^"]*)"/g)].map(
      ([, type]) => type ?? '',
    );

  it('leaves what made it on the image, tags it as the last of its branch, and explains a miss elsewhere by it', async () => {
    const Dockerfile = [
      `FROM ${machine('TEST_BUSYBOX')} AS tools`,
      `RUN echo ${unique()} > /made`,
      `FROM ${machine('TEST_BUSYBOX')}`,
      'COPY --from=tools /made /made',
      'COPY app /app\n',
    ].join('\n');
    const { folder, write } = makeWorkspace({}, { ...git, Dockerfile });
    const repository = emptyRepository();
    const where = ['--workspace-folder', folder, '--registry', repository];
    const pushed = await runCli(['build', '--push', ...where]);
    assert.equal(pushed.code, 0, pushed.stderr);
    const { hash, image, digest } = pushed.json;

    await docker('pull', '--quiet', String(image));
    const labels = JSON.parse(
      await docker('image', 'inspect', '--format', '{{json .Config.Labels}}', String(image)),
    ) as Record<string, string>;
    assert.equal(labels['devcontainer-prebuild.key'], hash);
    assert.equal(labels['org.opencontainers.image.revision'], commit);
    assert.match(labels['devcontainer-prebuild.version'] ?? '', /^\d+\.\d+\.\d+/);
    const resolved = labels['devcontainer-prebuild.resolved'] ?? '';
    assert.match(resolved, new RegExp(`"${machine('TEST_BUSYBOX')}":"sha256:[0-9a-f]{64}"`));
    assert.ok(!JSON.stringify(labels).includes(folder), 'no path of this machine');

    const latest = `${repository}:latest-shop-topic-linux-`;
    const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const inspected = await docker('buildx', 'imagetools', 'inspect', `${latest}${architecture}`);
    assert.match(inspected, new RegExp(`Digest: +${String(digest)}`));

    const cache = await manifestOf(`${repository}:cache-shop-topic-linux-${architecture}`);
    // Of the stage that is in no image; the image's own layers are not uploaded a second time.
    assert.ok(
      mediaTypes(cache).some((type) => type.endsWith('+zstd')),
      JSON.stringify(cache),
    );
    const layers = mediaTypes(await manifestOf(String(image)));
    assert.deepEqual([...new Set(layers.map((type) => type.split(/[.+]/).at(-1)))], ['gzip']);

    // Another machine, which knows nothing of this workspace.
    const elsewhere = { XDG_STATE_HOME: makeFolder() };
    write({ 'app/main': 'changed\n' });
    const explained = await runCli(['explain', ...where], elsewhere);
    assert.deepEqual(
      (explained.json['reasons'] as { what: string; files: unknown }[]).map(({ what, files }) => [
        what,
        files,
      ]),
      [['what COPY app reads', [{ change: 'changed', path: 'app/main' }]]],
      explained.stderr,
    );
    const built = await runCli(['build', ...where], elsewhere);
    assert.match(built.stderr, /Why: changed: what COPY app reads \(Dockerfile:5\)/);
    assert.match(
      built.stderr,
      /Why: compared with the prebuild published last, .*latest-shop-topic/,
    );
    await forget(String(built.json['image']));
    await forget(String(image));
  });

  it('makes a prebuild for each platform, of the branch that it is told', async () => {
    const { folder } = makeWorkspace({}, { Dockerfile: 'FROM scratch\nCOPY app /app\n' });
    const repository = emptyRepository();
    const platforms = ['linux/amd64', 'linux/arm64'];
    const built = await runCli([
      ...['build', '--push', '--workspace-folder', folder, '--registry', repository],
      ...['--platform', platforms.join(','), '--branch', 'main', '--default-branch', 'main'],
    ]);
    const prebuilds = built.json['prebuilds'] as { hash: string; how: string; image: string }[];
    assert.deepEqual(
      prebuilds.map(({ how }) => how),
      ['built', 'built'],
      built.stderr,
    );
    for (const [index, platform] of platforms.entries()) {
      await forget(String(prebuilds[index]?.image));
      const check = ['check', '--workspace-folder', folder, '--registry', repository];
      const { json } = await runCli([...check, '--platform', platform]);
      assert.deepEqual([json['state'], json['hash']], ['registry', prebuilds[index]?.hash]);
    }
  });

  it('says that a base image has moved; the prebuild stays a hit until it is renewed', async () => {
    const repository = emptyRepository();
    const base = `${machine('TEST_REGISTRY')}/test/${unique()}:1`;
    const moveBase = async (): Promise<void> => {
      const folder = makeFolder({
        Dockerfile: `FROM ${machine('TEST_BUSYBOX')}\nRUN echo ${unique()} > /base\n`,
      });
      await docker('buildx', 'build', '--provenance=false', '--push', '--tag', base, folder);
      rmSync(folder, { recursive: true });
    };
    await moveBase();
    const { folder } = makeWorkspace({ image: base, build: undefined });
    const where = ['--workspace-folder', folder, '--registry', repository];
    const first = await runCli(['build', '--push', ...where]);
    assert.equal(first.code, 0, first.stderr);
    const check = async (): Promise<Readonly<Record<string, unknown>>> => {
      await forget(String(first.json['image']));
      return (await runCli(['check', '--freshness', ...where])).json;
    };
    assert.deepEqual((await check())['freshness'], { state: 'current' });

    await moveBase();
    const behind = await check();
    assert.equal(behind['state'], 'registry');
    const freshness = behind['freshness'] as { state: string; moved: { name: string }[] };
    assert.equal(freshness.state, 'behind');
    assert.deepEqual(
      freshness.moved.map(({ name }) => name),
      [base],
    );

    const renewed = await runCli(['build', '--push', '--force', '--pull', ...where]);
    assert.equal(renewed.json['hash'], first.json['hash']);
    assert.notEqual(renewed.json['digest'], first.json['digest']);
    assert.deepEqual((await check())['freshness'], { state: 'current' });
  });
});
