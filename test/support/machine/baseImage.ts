import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AptView, aptDistribution, distributionSources } from './apt';
import { installPackages, networkAptSettings } from './apt';
import type { Distribution } from './apt';
import { run, tryRun } from './command';
import type { TestEngine } from './engine';
import { ensureEngineParts } from './engineParts';
import { ensurePart } from './parts';
import type { TestRegistry } from './registry';

export interface BaseImages {
  /** Debian in its smallest form, in which apt-get works inside builds. */
  readonly base: string;
  /** A few megabytes with /bin/sh and the usual programs. */
  readonly busybox: string;
}

interface BaseImage {
  readonly name: string;
  /** What it stands for where images can be pulled. */
  readonly published: string;
  readonly command: string;
  /** Makes the root file system where none can be pulled. */
  readonly bootstrap: (log: (line: string) => void) => Promise<string>;
}

const BASE: BaseImage = {
  name: 'base',
  published: 'debian:bookworm-slim',
  command: '/bin/bash',
  bootstrap: ensureDebianTarball,
};

const BUSYBOX: BaseImage = {
  name: 'busybox',
  published: 'busybox:stable',
  command: '/bin/sh',
  bootstrap: ensureBusyboxTarball,
};

/**
 * Makes sure that the registry has `base:1` and `busybox:1`. What it has already is kept, because every
 * import gives an image another digest.
 */
export async function ensureBaseImages(
  engine: TestEngine,
  registry: TestRegistry,
  log: (line: string) => void,
): Promise<BaseImages> {
  return {
    base: await ensureImage(BASE, engine, registry, log),
    busybox: await ensureImage(BUSYBOX, engine, registry, log),
  };
}

async function ensureImage(
  image: BaseImage,
  engine: TestEngine,
  { address }: TestRegistry,
  log: (line: string) => void,
): Promise<string> {
  const reference = `${address}/${image.name}:1`;
  if (await hasManifest(address, image.name)) {
    return reference;
  }
  const { environment } = engine;
  // Kept under a name of no registry, so that the next registry gets the same image, digest and all.
  const local = `devcontainer-prebuild-tests/${image.name}:1`;
  if ((await tryRun('docker', ['image', 'inspect', local], { environment })) === undefined) {
    await obtain(image, local, engine, log);
  }
  await run('docker', ['tag', local, reference], { environment });
  await run('docker', ['push', '--quiet', reference], { environment });
  return reference;
}

async function obtain(
  image: BaseImage,
  local: string,
  { origin, environment }: TestEngine,
  log: (line: string) => void,
): Promise<void> {
  if (origin === 'found') {
    log(`Pulling ${image.published} …`);
    const pulled = await tryRun('docker', ['pull', '--quiet', image.published], { environment });
    if (pulled !== undefined) {
      await run('docker', ['tag', image.published, local], { environment });
      return;
    }
  }
  const tarball = await image.bootstrap(log);
  log(`Importing ${image.name} …`);
  const command = ['--change', `CMD ["${image.command}"]`];
  await run('docker', ['import', ...command, tarball, local], { environment });
}

/** Whether the registry has the tag `1`; asked of the registry, as the engine asks its own store first. */
async function hasManifest(address: string, name: string): Promise<boolean> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ].join(', ');
  const url = `http://${address.replace(/^localhost:/, '127.0.0.1:')}/v2/${name}/manifests/1`;
  return new Promise((resolve, reject) => {
    request(url, { method: 'HEAD', headers: { accept } }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', reject)
      .end();
  });
}

function requireDistribution(what: string): Distribution {
  const distribution = aptDistribution();
  if (distribution?.id !== 'debian') {
    throw new Error(
      `${what} can be neither pulled nor made here, which takes root on Debian. ` +
        'Check that `docker pull` reaches a registry, and try again.',
    );
  }
  return distribution;
}

/** Raised by hand when the way the root file system is made changes. */
const DEBIAN_LAYOUT = 1;

async function ensureDebianTarball(log: (line: string) => void): Promise<string> {
  const distribution = requireDistribution('Debian as an image');
  const sources = distributionSources(distribution).map(({ uri, suites, components }) =>
    suites.map((suite) => `${uri} ${suite} ${components.join(' ')}`),
  );
  const binarySources = sources.flat().map((source) => `deb ${source}`);
  const sourceSources = sources.flat().map((source) => `deb-src ${source}`);
  const settings = await networkAptSettings();
  const recipe = [`layout ${DEBIAN_LAYOUT}`, ...binarySources, ...settings].join('\n');
  return ensureTarball('debian', recipe, async (folder) => {
    log('Making Debian as an image (about a minute, once) …');
    const view = await AptView.open(distribution, distribution.codename);
    const tools = path.join(folder, 'tools');
    const { mmdebstrap = '' } = await view.unpack(tools, ['mmdebstrap']);
    if ((await tryRun('perl', ['-MPod::Usage', '-e', '1'])) === undefined) {
      await installPackages(['perl']);
    }
    const listFile = path.join(folder, 'sources.list');
    writeFileSync(listFile, `${[...binarySources, ...sourceSources].join('\n')}\n`);
    // Not given to mmdebstrap itself, whose filter needs Python.
    const slimFile = path.join(folder, 'slim');
    const exclusions = UNREAD_FILES.map((pattern) => `path-exclude=${pattern}\n`);
    writeFileSync(slimFile, exclusions.join(''));
    const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
    await run(
      'perl',
      [
        path.join(tools, 'usr/bin/mmdebstrap'),
        '--mode=root',
        '--variant=minbase',
        '--include=ca-certificates',
        ...(existsSync(keyring) ? [`--keyring=${keyring}`] : []),
        ...settings.map((setting) => `--aptopt=${setting}`),
        '--dpkgopt=force-unsafe-io',
        ...ownCertificates().map(
          (file) => `--customize-hook=upload ${file} ${CERTIFICATES}/${path.basename(file)}`,
        ),
        '--chrooted-customize-hook=update-ca-certificates',
        `--chrooted-customize-hook=rm -rf ${UNREAD_FILES.join(' ')}`,
        `--customize-hook=upload ${slimFile} /etc/dpkg/dpkg.cfg.d/slim`,
        // The lists of sources are not fetched while bootstrapping: nothing needs them then.
        `--customize-hook=upload ${listFile} /etc/apt/sources.list`,
        distribution.codename,
        path.join(folder, TARBALL),
        ...binarySources,
      ],
      // A killed bootstrap leaves its half-made root with the half-made part.
      { environment: { ...process.env, TMPDIR: folder, DEBIAN_FRONTEND: 'noninteractive' } },
    );
    [tools, listFile, slimFile].forEach((each) => {
      rmSync(each, { recursive: true });
    });
    return { mmdebstrap };
  });
}

/** As in Debian's own slim images. */
const UNREAD_FILES = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
];

const CERTIFICATES = '/usr/local/share/ca-certificates';

/** The certificates that this machine's owner added, as its network may put its own before a site's. */
function ownCertificates(): readonly string[] {
  return existsSync(CERTIFICATES)
    ? readdirSync(CERTIFICATES)
        .filter((name) => name.endsWith('.crt') && !/\s/.test(name))
        .map((name) => path.join(CERTIFICATES, name))
    : [];
}

async function ensureBusyboxTarball(log: (line: string) => void): Promise<string> {
  requireDistribution('busybox as an image');
  const { busyboxProgram } = await ensureEngineParts(log);
  return ensureTarball('busybox', `layout 1 of ${busyboxProgram}`, async (folder) => {
    const root = path.join(folder, 'root');
    for (const name of [
      'bin',
      'sbin',
      'usr/bin',
      'usr/sbin',
      'etc',
      'root',
      'home',
      'tmp',
      'var',
    ]) {
      mkdirSync(path.join(root, name), { recursive: true, mode: name === 'tmp' ? 0o1777 : 0o755 });
    }
    copyFileSync(busyboxProgram, path.join(root, 'bin/busybox'));
    const applets = (await run(busyboxProgram, ['--list-full'])).trim().split('\n');
    for (const applet of applets.filter((name) => name !== 'bin/busybox')) {
      symlinkSync('/bin/busybox', path.join(root, applet));
    }
    writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\n');
    const owner = ['--owner=0', '--group=0', '--numeric-owner'];
    await run('tar', ['--create', '--file', path.join(folder, TARBALL), ...owner, '-C', root, '.']);
    rmSync(root, { recursive: true });
    return { busybox: busyboxProgram };
  });
}

const TARBALL = 'root.tar';
const DIGEST = 'root.tar.sha256';

/** A part that is one tarball; made anew where the file is no longer the one that was made. */
async function ensureTarball(
  name: string,
  recipe: string,
  make: (folder: string) => Promise<Readonly<Record<string, string>>>,
): Promise<string> {
  const makeWithDigest = async (folder: string) => {
    const versions = await make(folder);
    writeFileSync(path.join(folder, DIGEST), await sha256(path.join(folder, TARBALL)));
    return versions;
  };
  const folder = await ensurePart(name, recipe, makeWithDigest);
  if (
    (await sha256(path.join(folder, TARBALL))) !== readFileSync(path.join(folder, DIGEST), 'utf8')
  ) {
    rmSync(folder, { recursive: true });
    await ensurePart(name, recipe, makeWithDigest);
  }
  return path.join(folder, TARBALL);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
