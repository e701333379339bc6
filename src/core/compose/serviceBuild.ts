import { isAbsolute, join } from 'node:path';
import { parsePlatform } from '../platform';
import type { Platform } from '../platform';
import type { Place } from '../problem';
import {
  composeGoesInCircles,
  composeInvalid,
  composeNothingToBuild,
  composeRemote,
  composeServiceUnknown,
} from '../problems';
import { isElsewhere } from './absolutePaths';
import { isNull } from './composeNode';
import type { ComposeNode } from './composeNode';
import type { ComposeProject } from './loadProject';
import { readMap, readPairs, readText, readValue } from './readNode';
import type { Located } from './readNode';
import { buildOptions } from './serviceOptions';

/** From what a service's container is made, as far as it shapes the image. */
export type ServiceShare = {
  readonly platform: Platform | undefined;
  /** The user that the service names; features are installed with a view to it. */
  readonly user: Located | undefined;
} & (
  | { readonly kind: 'image'; readonly image: Located }
  | { readonly kind: 'build'; readonly build: ServiceBuild }
);

/** The build of a service; paths are absolute. */
export interface ServiceBuild {
  readonly context: Located;
  readonly dockerfile: ServiceDockerfile;
  readonly target: Located | undefined;
  readonly args: ReadonlyMap<string, Located>;
  readonly contexts: ReadonlyMap<string, NamedSource>;
  /** Further options of `docker buildx build`, and where the first of them stands. */
  readonly options: readonly string[];
  readonly optionsPlace: Place | undefined;
  readonly optionVariables: readonly string[];
  readonly cacheFrom: readonly string[];
}

export type ServiceDockerfile =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly place: Place;
      readonly variables: readonly string[];
    }
  | {
      readonly kind: 'inline';
      readonly text: string;
      /** Where its first line stands. */
      readonly place: Place;
      readonly variables: readonly string[];
    };

/** What an additional context is: a folder or a remote source, or another service's image. */
export type NamedSource =
  | ({ readonly kind: 'source' } & Located)
  | { readonly kind: 'service'; readonly build: ServiceBuild; readonly place: Place };

/** What the schema of Compose knows; a property beyond it may do anything. */
const KNOWN: ReadonlySet<string> = new Set([
  'additional_contexts',
  'args',
  'cache_from',
  'cache_to',
  'context',
  'dockerfile',
  'dockerfile_inline',
  'entitlements',
  'extra_hosts',
  'isolation',
  'labels',
  'network',
  'no_cache',
  'no_cache_filter',
  'platforms',
  'privileged',
  'provenance',
  'pull',
  'sbom',
  'secrets',
  'shm_size',
  'ssh',
  'tags',
  'target',
  'ulimits',
]);

/**
 * The share of a service that shapes its image. A profile that is not active hides nothing: the
 * devcontainer CLI asks for all of them.
 * @param place where the service is named.
 * @throws Problem
 */
export function serviceShare(project: ComposeProject, name: string, place: Place): ServiceShare {
  const node = serviceNode(project, name, place);
  const service = readMap(node, `services.${name}`);
  const platform = platformOf(service);
  const user = readText(service.get('user'), 'user');
  const build = service.get('build');
  if (build !== undefined) {
    return { kind: 'build', build: new BuildReader(project, []).read(name, build), platform, user };
  }
  const image = readText(service.get('image'), 'image');
  if (image === undefined || image.value === '') {
    throw composeNothingToBuild(name, node.place);
  }
  return { kind: 'image', image, platform, user };
}

function serviceNode(project: ComposeProject, name: string, place: Place): ComposeNode {
  const node = project.services.get(name);
  if (node === undefined) {
    throw composeServiceUnknown(name, [...project.services.keys()], place);
  }
  return node;
}

/** `platform`, else the only one that the build is for. */
function platformOf(service: ReadonlyMap<string, ComposeNode>): Platform | undefined {
  const own = readText(service.get('platform'), 'platform');
  const build = service.get('build');
  const list = build?.kind === 'map' ? build.entries.get('platforms') : undefined;
  const only = list?.kind === 'list' && list.items.length === 1 ? list.items[0] : undefined;
  const named = own ?? readText(only, 'an entry of build.platforms');
  if (named === undefined || named.value === '') {
    return undefined;
  }
  const platform = parsePlatform(named.value);
  if (platform === undefined) {
    throw composeInvalid(named.place, `"${named.value}" is no platform such as linux/arm64`);
  }
  return platform;
}

class BuildReader {
  constructor(
    private readonly project: ComposeProject,
    /** The services whose contexts led here. */
    private readonly chain: readonly string[],
  ) {}

  read(service: string, node: ComposeNode): ServiceBuild {
    if (isNull(node)) {
      throw composeInvalid(node.place, 'build is neither a path nor a mapping');
    }
    const build = readMap(node, 'build');
    for (const [name, { place }] of build) {
      if (!KNOWN.has(name) && !name.startsWith('x-')) {
        throw composeInvalid(place, `build has no property "${name}" that is known here`);
      }
    }
    const context = this.context(build, node.place);
    const { options, place: optionsPlace, variables } = buildOptions(build, this.project);
    const target = readText(build.get('target'), 'build.target');
    return {
      context,
      dockerfile: dockerfileOf(build, context),
      target: target?.value === '' ? undefined : target,
      args: this.args(build.get('args')),
      contexts: this.contexts(service, build.get('additional_contexts')),
      options,
      optionsPlace,
      optionVariables: variables,
      cacheFrom: cacheFrom(build.get('cache_from')),
    };
  }

  private context(build: ReadonlyMap<string, ComposeNode>, place: Place): Located {
    const context = readText(build.get('context'), 'build.context');
    if (context === undefined || context.value === '') {
      throw composeInvalid(place, 'build.context is empty');
    }
    if (isElsewhere(context.value)) {
      throw composeRemote(context.value, context.place);
    }
    return context;
  }

  /** An argument without a value takes that of the environment; where there is none, it is not given. */
  private args(node: ComposeNode | undefined): ReadonlyMap<string, Located> {
    const args = new Map<string, Located>();
    for (const [name, arg] of readPairs(node, 'build.args')) {
      const { place } = arg;
      if (arg.value !== undefined) {
        args.set(name, arg);
        continue;
      }
      const value = this.project.environment.get(name);
      if (value !== undefined) {
        args.set(name, { value, place, variables: [name] });
      }
    }
    return args;
  }

  private contexts(
    service: string,
    node: ComposeNode | undefined,
  ): ReadonlyMap<string, NamedSource> {
    const sources = new Map<string, NamedSource>();
    for (const [name, source] of readMap(node, 'build.additional_contexts')) {
      const text = readValue(source, `build.additional_contexts.${name}`);
      const other = /^service:([\s\S]*)$/.exec(text.value)?.[1];
      sources.set(
        name,
        other === undefined
          ? { kind: 'source', ...text }
          : { kind: 'service', build: this.linked(service, other, text.place), place: text.place },
      );
    }
    return sources;
  }

  private linked(from: string, name: string, place: Place): ServiceBuild {
    const chain = [...this.chain, from];
    if (chain.includes(name)) {
      throw composeGoesInCircles('additional_contexts', [...chain, name], place);
    }
    const node = serviceNode(this.project, name, place);
    const build = readMap(node, `services.${name}`).get('build');
    if (build === undefined) {
      throw composeInvalid(place, `the service "${name}", whose image it reads, has no build`);
    }
    return new BuildReader(this.project, chain).read(name, build);
  }
}

function dockerfileOf(
  build: ReadonlyMap<string, ComposeNode>,
  context: Located,
): ServiceDockerfile {
  const node = build.get('dockerfile_inline');
  const inline = readText(node, 'build.dockerfile_inline');
  const named = readText(build.get('dockerfile'), 'build.dockerfile');
  if (inline !== undefined && inline.value !== '') {
    if (named !== undefined && named.value !== '') {
      throw composeInvalid(named.place, 'build has both a dockerfile and a dockerfile_inline');
    }
    const line = node?.kind === 'scalar' ? node.textLine : undefined;
    const place = { file: inline.place.file, line: line ?? inline.place.line ?? 1 };
    return { kind: 'inline', text: inline.value, place, variables: inline.variables };
  }
  const { value, place, variables } =
    named === undefined || named.value === '' ? { ...context, value: 'Dockerfile' } : named;
  const path = isAbsolute(value) ? value : join(context.value, value);
  return { kind: 'file', path, place, variables };
}

function cacheFrom(node: ComposeNode | undefined): readonly string[] {
  const nodes = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
  return nodes.flatMap((item) => readText(item, 'build.cache_from')?.value ?? []);
}
