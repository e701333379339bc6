import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AptView, aptDistribution, openFirstSuite } from './apt';
import type { Distribution } from './apt';
import { ensurePart } from './parts';

/** The engine's programs, of a suite whose builds need no newer libc than 2.34. */
const ENGINE_PACKAGES = ['docker.io', 'containerd', 'docker-buildx', 'docker-registry'];
/** Which suite has which of them: docker-cli and tini-static were split from other packages. */
const ENGINE_PACKAGES_OF_SOME_SUITES = ['docker-cli', 'docker-compose', 'tini', 'tini-static'];

/** What must fit this machine's own libc, so of its own suite. */
const HOST_PACKAGES = [
  'runc',
  'libseccomp2',
  'iptables',
  'libip4tc2',
  'libip6tc2',
  'libxtables12',
  'libmnl0',
  'libnetfilter-conntrack3',
  'libnfnetlink0',
  'libnftnl11',
  'busybox-static',
];

/** Debian 12's own engine has no buildx and no cache export; those of the later suites run on it. */
const DEBIAN_SUITES = ['forky', 'trixie'];

/** Raised by hand when the layout below changes. */
const LAYOUT = 1;

export interface EngineParts {
  /** For the daemon's PATH: every program it starts. */
  readonly daemonPath: string;
  /** For the tests' PATH: the docker client alone. */
  readonly clientPath: string;
  readonly plugins: readonly string[];
  readonly initProgram: string;
  readonly proxyProgram: string;
  readonly registryProgram: string;
  readonly busyboxProgram: string;
}

/** The unpacked engine, fetched first where it is missing. @throws where this machine has no apt. */
export async function ensureEngineParts(log: (line: string) => void): Promise<EngineParts> {
  const distribution = aptDistribution();
  if (distribution === undefined) {
    throw new Error(
      'No Docker engine answers here, and one can be unpacked only as root on Debian or Ubuntu. ' +
        'Install and start Docker (docs.docker.com/get-started/get-docker), ' +
        'so that `docker info` answers, and try again.',
    );
  }
  const recipe = `${distribution.codename} layout ${LAYOUT}`;
  const folder = await ensurePart('engine', recipe, async (making) => {
    log('Fetching the Docker engine and the registry as packages (about 40 s, once) …');
    return unpackEngine(distribution, making);
  });
  const inside = (...names: readonly string[]) => path.join(folder, ...names);
  return {
    daemonPath: inside('daemon'),
    clientPath: inside('client'),
    plugins: [inside(...PLUGINS, 'docker-buildx'), inside(...PLUGINS, 'docker-compose')].filter(
      (plugin) => existsSync(plugin),
    ),
    initProgram: inside('daemon/docker-init'),
    proxyProgram: inside('daemon/docker-proxy'),
    registryProgram: inside('usr/bin/docker-registry'),
    busyboxProgram: inside(existsSync(inside('bin/busybox')) ? 'bin/busybox' : 'usr/bin/busybox'),
  };
}

const PLUGINS = ['usr/libexec/docker/cli-plugins'];

async function unpackEngine(
  distribution: Distribution,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const suites = distribution.id === 'debian' ? DEBIAN_SUITES : [distribution.codename];
  const [engineView, hostView] = await Promise.all([
    openFirstSuite(distribution, suites),
    AptView.open(distribution, distribution.codename),
  ]);
  const versions = {
    ...(await engineView.unpack(folder, ENGINE_PACKAGES, ENGINE_PACKAGES_OF_SOME_SUITES)),
    ...(await hostView.unpack(folder, HOST_PACKAGES)),
  };
  linkPrograms(folder);
  return versions;
}

function linkPrograms(folder: string): void {
  const find = (name: string) => {
    const places = ['usr/sbin', 'usr/bin', 'sbin', 'bin'].map((place) => `${place}/${name}`);
    const found = places.find((place) => existsSync(path.join(folder, place)));
    if (found === undefined) {
      throw new Error(`The packages of the Docker engine hold no ${name}.`);
    }
    return found;
  };
  mkdirSync(path.join(folder, 'daemon'));
  mkdirSync(path.join(folder, 'client'));
  symlinkSync(`../${find('docker')}`, path.join(folder, 'client/docker'));
  for (const name of ['dockerd', 'docker-proxy', 'containerd', 'containerd-shim-runc-v2']) {
    symlinkSync(`../${find(name)}`, path.join(folder, 'daemon', name));
  }
  symlinkSync(`../${find('tini-static')}`, path.join(folder, 'daemon/docker-init'));
  writeWrapper(folder, 'runc', `"$root/${find('runc')}"`);
  // The packages leave these names to Debian's alternatives, which unpacking does not make.
  for (const name of ['iptables', 'ip6tables']) {
    for (const suffix of ['', '-save', '-restore']) {
      const program = `"$root/${find('xtables-nft-multi')}" ${name}${suffix}`;
      writeWrapper(folder, `${name}${suffix}`, program);
    }
  }
}

/** A program that finds the unpacked libraries by where it lies itself, as the folder gets renamed. */
function writeWrapper(folder: string, name: string, program: string): void {
  const multiarch = ['x86_64', 'aarch64', 'arm', 'riscv64', 'ppc64le', 's390x', 'i386']
    .flatMap((cpu) => [`${cpu}-linux-gnu`, `${cpu}-linux-gnueabihf`])
    .find((triplet) => existsSync(path.join(folder, 'usr/lib', triplet, 'xtables')));
  if (multiarch === undefined) {
    throw new Error('The package iptables holds its extensions in no known folder.');
  }
  const file = path.join(folder, 'daemon', name);
  const lines = [
    '#!/bin/sh',
    'root=$(dirname "$0")/..',
    `export LD_LIBRARY_PATH="$root/usr/lib/${multiarch}:$root/lib/${multiarch}"`,
    `export XTABLES_LIBDIR="$root/usr/lib/${multiarch}/xtables"`,
    `exec ${program} "$@"`,
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  chmodSync(file, 0o755);
}
