import { parseArgs } from 'node:util';
import { parsePlatform } from '../core/platform';
import type { Platform } from '../core/platform';
import { DEFAULT_KEEP, DEFAULT_OLDER_THAN, parseAge } from '../core/prune/pruneRules';
import { parseRepository } from '../core/reference';
import { PUBLISH_VERB } from '../core/publishOrder';
import type { Repository } from '../core/reference';

export type Verb = 'hash' | 'check' | 'explain' | 'build' | 'up';

/** What a person asked the command line for, parsed. */
export interface Invocation {
  readonly verb: Verb;
  readonly workspaceFolder: string;
  readonly config: string | undefined;
  readonly repository: Repository | undefined;
  /** None: this machine's. `build` alone takes several. */
  readonly platforms: readonly Platform[];
  /** What git does not tell. */
  readonly branch: string | undefined;
  readonly defaultBranch: string | undefined;
  readonly output: 'json' | 'text';
  readonly detail: 'steps' | 'everything';
  readonly publish: 'push' | 'load';
  readonly present: 'keep' | 'rebuild';
  readonly layerCache: 'use' | 'ignore';
  readonly bases: 'kept' | 'fetched';
  /** check: whether registries are asked what base images and features are now. */
  readonly freshness: 'asked' | 'unasked';
  readonly existing: 'ask' | 'replace' | 'keep';
  /** explain: a key, or a file that `hash --json` wrote. */
  readonly against: string | undefined;
  readonly insecureRegistries: readonly string[];
}

/** What a person asked of one Dockerfile, with no workspace around it. */
export interface ReadsQuestion {
  readonly dockerfile: string;
  readonly target: string | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly platform: Platform | undefined;
  readonly output: 'json' | 'text';
}

/** What a person asked to be cleaned up. */
export interface PruneQuestion extends Pick<
  Invocation,
  'workspaceFolder' | 'repository' | 'output' | 'detail' | 'insecureRegistries'
> {
  /** Milliseconds. */
  readonly olderThan: number;
  readonly keep: number;
  readonly mode: 'remove' | 'dry-run';
}

export type ParsedArguments =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  | { readonly kind: 'reads'; readonly question: ReadsQuestion }
  /** What the editor starts in the background; USAGE does not name it. */
  | { readonly kind: 'publish'; readonly publicationFolder: string }
  | { readonly kind: 'prune'; readonly question: PruneQuestion }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly reason: string };

export const USAGE = `devcontainer-prebuild <command> [options]

Commands
  hash     print the prebuild key of a workspace; reads files only
  check    say where its prebuilt image is; builds nothing
  explain  say why its key differs from an earlier one
  build    build the prebuilt image, and with --push publish it and its layer cache
  up       start the workspace's dev container from its prebuilt image
  reads    list what a Dockerfile reads of its build context
  prune    remove old prebuilds that nothing uses from this machine and the registry

Options
  --workspace-folder DIR   the folder that has the devcontainer.json (default: this folder)
  --config FILE            which devcontainer.json, where there are several
  --registry REPOSITORY    where prebuilds live, such as ghcr.io/acme/devcontainers
                           (default: DEVCONTAINER_PREBUILD_REGISTRY, else the workspace's
                           .vscode/settings.json, devcontainerPrebuild.registry)
  --insecure-registry HOST a registry that speaks plain HTTP; may be repeated
  --platform OS/ARCH       such as linux/arm64 (default: this machine's); build takes several,
                           with commas, and makes a prebuild for each
  --branch NAME            the branch whose layer cache is read and written, where git does not
                           tell, as in most CI; --default-branch NAME, the one to fall back on
  --json                   one JSON object on standard output
  --verbose                every command line and every line of the build on standard error
  --push                   build: push the image and its layer cache
  --force                  build: build although the prebuilt image is there
  --no-cache               build: use no layer cache
  --pull                   build: fetch base images anew; with --force a prebuild is renewed
  --freshness              check: say also whether base images or features have moved since
  --existing replace|keep  up: what to do with a container made from an earlier prebuild
  --against KEY|FILE       explain: an earlier key of this machine, or what "hash --json" wrote
                           (default: the key that the workspace was opened or built with last)
  --dockerfile FILE        reads: the Dockerfile
  --target STAGE           reads: the stage to build (default: the last)
  --build-arg NAME=VALUE   reads: may be repeated
  --older-than AGE         prune: what was made or used since stays (default: 30d; 12h, 2w)
  --keep N                 prune: the N latest of each repository stay (default: 1)
  --dry-run                prune: say what would go, and remove nothing
  --help, --version

Exit codes
  0  done; check: the prebuilt image is there
  1  failed, with a sentence and a remedy
  2  the command line was not understood
  3  check: there is no prebuilt image (its state is "miss" or "cache")
  4  check: the registry did not answer
  130  cancelled
`;

const VERBS: ReadonlySet<string> = new Set<Verb>(['hash', 'check', 'explain', 'build', 'up']);

/** Parses the words after the program's name. */
export function parseArguments(words: readonly string[]): ParsedArguments {
  const [first, publicationFolder] = words;
  if (first === PUBLISH_VERB && publicationFolder !== undefined) {
    return { kind: 'publish', publicationFolder };
  }
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(words);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help === true) {
    return { kind: 'help' };
  }
  if (values.version === true) {
    return { kind: 'version' };
  }
  const [verb, ...others] = positionals;
  if (others.length > 0) {
    return wrong(`"${others.join(' ')}" is too much`);
  }
  const platforms = parsePlatforms(values.platform ?? '');
  if (platforms === undefined || (platforms.length > 1 && verb !== 'build')) {
    const wanted = verb === 'build' ? 'a list of platforms' : 'a platform';
    return wrong(`"${values.platform ?? ''}" is not ${wanted} such as linux/arm64`);
  }
  if (verb === 'reads') {
    return values.dockerfile === undefined
      ? wrong('"reads" needs --dockerfile')
      : {
          kind: 'reads',
          question: {
            dockerfile: values.dockerfile,
            target: values.target,
            buildArgs: parseBuildArgs(values['build-arg'] ?? []),
            platform: platforms[0],
            output: values.json === true ? 'json' : 'text',
          },
        };
  }
  if (verb === 'prune') {
    return parsePrune(values);
  }
  if (verb === undefined || !isVerb(verb)) {
    return wrong(verb === undefined ? 'no command was given' : `there is no command "${verb}"`);
  }
  const repository = values.registry === undefined ? undefined : parseRepository(values.registry);
  if (values.registry !== undefined && repository === undefined) {
    return wrong(`"${values.registry}" is no repository such as ghcr.io/acme/devcontainers`);
  }
  const existing = values.existing ?? 'ask';
  if (existing !== 'ask' && existing !== 'replace' && existing !== 'keep') {
    return wrong(`--existing takes "replace" or "keep", not "${existing}"`);
  }
  return {
    kind: 'run',
    invocation: {
      verb,
      workspaceFolder: values['workspace-folder'] ?? '.',
      config: values.config,
      repository,
      platforms,
      branch: values.branch,
      defaultBranch: values['default-branch'],
      output: values.json === true ? 'json' : 'text',
      detail: values.verbose === true ? 'everything' : 'steps',
      publish: values.push === true ? 'push' : 'load',
      present: values.force === true ? 'rebuild' : 'keep',
      layerCache: values['no-cache'] === true ? 'ignore' : 'use',
      bases: values.pull === true ? 'fetched' : 'kept',
      freshness: values.freshness === true ? 'asked' : 'unasked',
      existing,
      against: values.against,
      insecureRegistries: values['insecure-registry'] ?? [],
    },
  };
}

function parsePrune(values: ReturnType<typeof parseWords>['values']): ParsedArguments {
  const repository = values.registry === undefined ? undefined : parseRepository(values.registry);
  if (values.registry !== undefined && repository === undefined) {
    return wrong(`"${values.registry}" is no repository such as ghcr.io/acme/devcontainers`);
  }
  const age = values['older-than'];
  const olderThan = age === undefined ? DEFAULT_OLDER_THAN : parseAge(age);
  if (olderThan === undefined) {
    return wrong(`--older-than takes an age such as 30d, 12h or 2w, not "${age ?? ''}"`);
  }
  const keep = values.keep ?? String(DEFAULT_KEEP);
  if (!/^\d{1,6}$/.test(keep)) {
    return wrong(`--keep takes a number, not "${keep}"`);
  }
  return {
    kind: 'prune',
    question: {
      workspaceFolder: values['workspace-folder'] ?? '.',
      repository,
      olderThan,
      keep: Number(keep),
      mode: values['dry-run'] === true ? 'dry-run' : 'remove',
      output: values.json === true ? 'json' : 'text',
      detail: values.verbose === true ? 'everything' : 'steps',
      insecureRegistries: values['insecure-registry'] ?? [],
    },
  };
}

function parseWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      'workspace-folder': { type: 'string' },
      config: { type: 'string' },
      registry: { type: 'string' },
      'insecure-registry': { type: 'string', multiple: true },
      platform: { type: 'string' },
      branch: { type: 'string' },
      'default-branch': { type: 'string' },
      json: { type: 'boolean' },
      verbose: { type: 'boolean' },
      push: { type: 'boolean' },
      force: { type: 'boolean' },
      'no-cache': { type: 'boolean' },
      pull: { type: 'boolean' },
      freshness: { type: 'boolean' },
      existing: { type: 'string' },
      against: { type: 'string' },
      dockerfile: { type: 'string' },
      target: { type: 'string' },
      'build-arg': { type: 'string', multiple: true },
      'older-than': { type: 'string' },
      keep: { type: 'string' },
      'dry-run': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
}

/** `linux/amd64,linux/arm64`; each counts once. @returns undefined where one is no platform. */
function parsePlatforms(text: string): readonly Platform[] | undefined {
  const words = text.split(',').filter((word) => word !== '');
  const platforms = words.map((word) => parsePlatform(word.trim()));
  const known = platforms.filter((platform) => platform !== undefined);
  return known.length < words.length || (text !== '' && words.length === 0)
    ? undefined
    : [...new Set(known)];
}

/** `NAME=VALUE`; a name alone is given, and empty. */
function parseBuildArgs(definitions: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    definitions.map((definition) => {
      const [name = '', ...value] = definition.split('=');
      return [name, value.join('=')];
    }),
  );
}

function isVerb(word: string): word is Verb {
  return VERBS.has(word);
}

const wrong = (reason: string): ParsedArguments => ({ kind: 'wrong', reason });
