import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CommandFailed, run, tryRun } from './command';
import { machineFolder } from './parts';

/** One line of a machine's apt sources: where it takes its packages from. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

export interface Distribution {
  readonly id: 'debian' | 'ubuntu';
  readonly codename: string;
}

/** The Debian or Ubuntu that this machine is, where packages can be fetched as they must be: as root. */
export function aptDistribution(): Distribution | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return undefined;
  }
  const release = readFileSync('/etc/os-release', 'utf8');
  const value = (key: string) =>
    new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1] ?? '';
  const id = value('ID');
  return id === 'debian' || id === 'ubuntu'
    ? { id, codename: value('VERSION_CODENAME') }
    : undefined;
}

/** The sources of binary packages that this machine itself is set up with, in the order of its files. */
export function machineAptSources(): readonly AptSource[] {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).sort() : []).map((name) =>
      path.join(folder, name),
    ),
  ].filter((file) => existsSync(file));
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8').replace(/^[ \t]*#.*\n?/gm, '');
    if (file.endsWith('.sources')) {
      return text.split(/\n\s*\n/).flatMap(parseStanza);
    }
    return file.endsWith('.list') ? text.split('\n').flatMap(parseLine) : [];
  });
}

/** One stanza of a .sources file (deb822): a field goes on in the lines that begin with a space. */
function parseStanza(stanza: string): readonly AptSource[] {
  const fields = new Map<string, string[]>();
  for (const field of stanza.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = field.indexOf(':');
    const words = field.slice(colon + 1).trim();
    fields.set(field.slice(0, colon).toLowerCase(), words === '' ? [] : words.split(/\s+/));
  }
  const words = (field: string) => fields.get(field) ?? [];
  if (!words('types').includes('deb') || words('enabled')[0] === 'no') {
    return [];
  }
  return words('uris').map((uri) => ({
    uri,
    suites: words('suites'),
    components: words('components'),
  }));
}

/** One line of a .list file: `deb [options] uri suite component…`. */
function parseLine(line: string): readonly AptSource[] {
  const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)((?:\s+\S+)*)\s*$/.exec(line.trim());
  const [, uri, suite, components = ''] = match ?? [];
  if (uri === undefined || suite === undefined) {
    return [];
  }
  return [{ uri, suites: [suite], components: components.trim().split(/\s+/) }];
}

/** The sources of the distribution itself, without those of other makers that were added to it. */
export function distributionSources({ codename }: Distribution): readonly AptSource[] {
  const own = (suite: string) => suite === codename || suite.startsWith(`${codename}-`);
  return machineAptSources()
    .filter(({ components }) => components.includes('main'))
    .map((source) => ({ ...source, suites: source.suites.filter(own) }))
    .filter(({ suites }) => suites.length > 0);
}

/** The mirror of the distribution's own suite, which has its other suites beside it. */
export function distributionMirror(distribution: Distribution): string {
  const main = distributionSources(distribution).find(({ suites }) =>
    suites.includes(distribution.codename),
  );
  if (main === undefined) {
    throw new Error(
      `This machine's apt sources name no mirror of ${distribution.codename} main. ` +
        'Add one to /etc/apt/sources.list, so that the test machine can fetch its parts.',
    );
  }
  return main.uri;
}

/**
 * A view of one suite that apt keeps apart from the machine's own: what is fetched through it is
 * verified like any package, and the machine's own lists and installed packages stay as they are.
 */
export class AptView {
  private constructor(
    private readonly folder: string,
    private readonly options: readonly string[],
  ) {}

  /** Opens the view of a suite with fresh lists. @throws CommandFailed where the mirror lacks it. */
  static async open(distribution: Distribution, suite: string): Promise<AptView> {
    const folder = machineFolder('apt', suite);
    mkdirSync(path.join(folder, 'lists/partial'), { recursive: true });
    mkdirSync(path.join(folder, 'cache/archives/partial'), { recursive: true });
    const keyring = `/usr/share/keyrings/${distribution.id}-archive-keyring.gpg`;
    const signedBy = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
    const mirror = distributionMirror(distribution);
    const components = distribution.id === 'ubuntu' ? 'main universe' : 'main';
    const sources = path.join(folder, 'sources.list');
    writeFileSync(sources, `deb ${signedBy}${mirror} ${suite} ${components}\n`);
    writeFileSync(path.join(folder, 'status'), '');
    const settings = {
      'Dir::Etc::sourcelist': sources,
      'Dir::Etc::sourceparts': '-',
      'Dir::Etc::preferencesparts': '-',
      'Dir::State': folder,
      'Dir::State::lists': path.join(folder, 'lists'),
      'Dir::State::status': path.join(folder, 'status'),
      'Dir::Cache': path.join(folder, 'cache'),
      'Acquire::Languages': 'none',
      'Acquire::Retries': '3',
      // apt's unprivileged user need not be able to reach this folder.
      'APT::Sandbox::User': 'root',
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    const view = new AptView(folder, options);
    const update = ['update', '-o', 'APT::Update::Error-Mode=any'];
    await run('apt-get', ['-q', ...options, ...update]);
    return view;
  }

  /**
   * Fetches packages and unpacks them into a folder, without their dependencies and scripts.
   * @returns the versions by name; an optional package that the suite lacks is left out.
   */
  async unpack(
    into: string,
    required: readonly string[],
    optional: readonly string[] = [],
  ): Promise<Readonly<Record<string, string>>> {
    const downloads = path.join(this.folder, `downloads-${process.pid}`);
    mkdirSync(downloads, { recursive: true });
    try {
      const offered: string[] = [];
      for (const name of optional) {
        if ((await tryRun('apt-cache', [...this.options, 'show', name])) !== undefined) {
          offered.push(name);
        }
      }
      const names = [...required, ...offered];
      await run('apt-get', ['-q', ...this.options, 'download', ...names], { cwd: downloads });
      const versions: Record<string, string> = {};
      for (const file of readdirSync(downloads)) {
        const archive = path.join(downloads, file);
        await run('dpkg-deb', ['--extract', archive, into]);
        const shown = await run('dpkg-deb', [
          '--show',
          '--showformat=${Package} ${Version}',
          archive,
        ]);
        const [name = file, version = ''] = shown.split(' ');
        versions[name] = version;
      }
      return versions;
    } finally {
      rmSync(downloads, { recursive: true, force: true });
    }
  }
}

/** Installs packages on this machine itself: for programs that cannot be used unpacked. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-q', 'update'], { environment });
  const options = ['-q', '-y', '--no-install-recommends'];
  await run('apt-get', ['install', ...options, ...names], { environment });
}

/** The settings by which this machine's apt reaches its mirror, for an apt on the same network. */
export async function networkAptSettings(): Promise<readonly string[]> {
  const dump = await run('apt-config', ['dump']);
  const wanted = /^Acquire::(Check-Valid-Until|Check-Date|https?::(Proxy|Verify-\w+)\S*) "[^"]+";$/;
  return dump.split('\n').filter((line) => wanted.test(line));
}

/** The first of the suites that the mirror offers. */
export async function openFirstSuite(
  distribution: Distribution,
  suites: readonly string[],
): Promise<AptView> {
  const failures: string[] = [];
  for (const suite of suites) {
    try {
      return await AptView.open(distribution, suite);
    } catch (error) {
      if (!(error instanceof CommandFailed)) {
        throw error;
      }
      failures.push(error.message);
    }
  }
  throw new Error(
    `The mirror of this machine's apt sources offers none of ${suites.join(', ')}. ` +
      `Install Docker 27 or newer by hand, so that \`docker info\` answers.\n${failures.join('\n')}`,
  );
}
