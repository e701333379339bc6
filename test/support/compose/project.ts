import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { nodeFileTree } from '../../../src/adapters/files/nodeFileTree';
import {
  processEnvironment,
  projectEnvFiles,
  readEnvFiles,
  withFiles,
} from '../../../src/core/compose/environment';
import { loadProject } from '../../../src/core/compose/loadProject';
import { projectName } from '../../../src/core/compose/projectName';
import { serviceShare } from '../../../src/core/compose/serviceBuild';
import { dockerPlugin } from '../dockerPlugin';
import type { ServiceBuild, ServiceShare } from '../../../src/core/compose/serviceBuild';

/** A project of Docker Compose, as small as its point allows. */
export interface ComposeCase {
  readonly files: Readonly<Record<string, string>>;
  /** The compose files, from the project's folder; `compose.yaml` unless said otherwise. */
  readonly composeFiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a project says of its images: by service, in words that both sides can be put into. */
export type Images = Readonly<Record<string, unknown>>;

/** What a resolution comes to; a refusal with its reason. */
export type Resolution =
  | { readonly kind: 'images'; readonly images: Images }
  | { readonly kind: 'refused'; readonly reason: string };

let compose: readonly [string, ...string[]] | undefined;

/** As Compose itself resolves it. */
export function resolvedByCompose(folder: string, project: ComposeCase): Resolution {
  const files = composeFiles(folder, project).flatMap((file) => ['-f', file]);
  const [program, ...first] = (compose ??= dockerPlugin('compose'));
  const { status, stdout, stderr } = spawnSync(
    program,
    [...first, ...files, '--profile', '*', 'config', '--format', 'json'],
    { cwd: folder, env: environmentOf(folder, project), encoding: 'utf8', timeout: 30_000 },
  );
  if (status !== 0) {
    return { kind: 'refused', reason: stderr.trim() };
  }
  const { services = {} } = JSON.parse(stdout) as { services?: Record<string, unknown> };
  return { kind: 'images', images: services };
}

/** As the key resolves it: the services that Compose has, in the same form. */
export function resolvedByKey(
  folder: string,
  project: ComposeCase,
  services: readonly string[],
): Resolution {
  try {
    const files = composeFiles(folder, project);
    const [first = ''] = files;
    const place = { file: join(folder, 'devcontainer.json') };
    const own = processEnvironment(environmentOf(folder, project));
    const envFiles = projectEnvFiles(nodeFileTree, first, own, folder);
    const known = withFiles(own, readEnvFiles(nodeFileTree, envFiles, own, place));
    const name = projectName(nodeFileTree, files, known, folder.split('/').at(-1) ?? '');
    const environment = new Map([...known, ['COMPOSE_PROJECT_NAME', name]]);
    const request = { tree: nodeFileTree, files, folder: dirname(first), environment, place };
    const loaded = loadProject(request);
    const images = services.map((each) => [
      each,
      inComposeWords(serviceShare(loaded, each, place)),
    ]);
    return { kind: 'images', images: Object.fromEntries(images) as Images };
  } catch (error) {
    return { kind: 'refused', reason: String(error) };
  }
}

function composeFiles(folder: string, project: ComposeCase): readonly string[] {
  return (project.composeFiles ?? ['compose.yaml']).map((file) => join(folder, file));
}

function environmentOf(folder: string, { environment }: ComposeCase): Record<string, string> {
  const { PATH = '', DOCKER_CONFIG } = process.env;
  return {
    PATH,
    HOME: '/home/me',
    PWD: folder,
    ...(DOCKER_CONFIG === undefined ? {} : { DOCKER_CONFIG }),
    ...environment,
  };
}

type Json = Readonly<Record<string, unknown>>;

function inComposeWords(share: ServiceShare): Json {
  return share.kind === 'image'
    ? { image: share.image.value }
    : { build: buildInWords(share.build) };
}

function buildInWords({
  context,
  dockerfile,
  target,
  args,
  contexts,
  options,
}: ServiceBuild): Json {
  const labels = options.flatMap((option) => {
    const [, name, value] = /^--label=([^=]*)=([\s\S]*)$/.exec(option) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return {
    context: context.value,
    dockerfile: dockerfile.kind === 'file' ? dockerfile.path : undefined,
    inline: dockerfile.kind === 'inline' ? dockerfile.text : undefined,
    target: target?.value,
    args: Object.fromEntries([...args].map(([name, { value }]) => [name, value])),
    labels: Object.fromEntries(labels),
    contexts: Object.fromEntries(
      [...contexts].map(([name, source]) => [
        name,
        source.kind === 'source' ? source.value : 'service',
      ]),
    ),
    options: options.filter((option) => !option.startsWith('--label')),
  };
}

/** Compose's own output, cut down to the same. */
export function inKeyWords(service: unknown): Json {
  const { image, build } = service as { image?: string; build?: Json };
  if (build === undefined) {
    return { image: unescaped(image) };
  }
  const context = text(build['context']);
  const dockerfile = text(build['dockerfile']);
  return {
    build: {
      context,
      dockerfile:
        dockerfile === undefined
          ? undefined
          : dockerfile.startsWith('/')
            ? dockerfile
            : join(context ?? '', dockerfile),
      inline: text(build['dockerfile_inline']),
      target: text(build['target']),
      args: texts(build['args']),
      labels: texts(build['labels']),
      contexts: Object.fromEntries(
        Object.entries(texts(build['additional_contexts'])).map(([name, source]) => [
          name,
          source.startsWith('service:') ? 'service' : source,
        ]),
      ),
      options: optionsInWords(build),
    },
  };
}

function optionsInWords(build: Json): readonly string[] {
  const network = text(build['network']);
  const hosts = (build['extra_hosts'] as readonly string[] | undefined) ?? [];
  const allowed = (build['entitlements'] as readonly string[] | undefined) ?? [];
  return [
    ...(network === undefined ? [] : [`--network=${network}`]),
    ...hosts.map((host) => `--add-host=${host.replace('=', ':')}`),
    ...allowed.map((each) => `--allow=${each}`),
    ...(build['privileged'] === true ? ['--allow=security.insecure'] : []),
  ];
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries((value ?? {}) as Record<string, string | null>).flatMap(([name, each]) =>
      each === null ? [] : [[unescaped(name) ?? '', unescaped(each) ?? '']],
    ),
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? unescaped(value) : undefined;
}

/** `config` writes a dollar sign as `$$`, so that its output can be read again. */
function unescaped(value: string | undefined): string | undefined {
  return value?.replaceAll('$$', '$');
}
