import { dirname } from 'node:path';
import type { DockerfileRecipe, ImageRecipe, RecipePlaces } from '../buildRecipe';
import { processEnvironment, readEnvFiles, withFiles } from '../compose/environment';
import { loadProject } from '../compose/loadProject';
import { projectName } from '../compose/projectName';
import { serviceShare } from '../compose/serviceBuild';
import type { ServiceBuild, ServiceShare } from '../compose/serviceBuild';
import type { FileTree } from '../fileTree';
import type { Platform } from '../platform';
import type { Place } from '../problem';
import { composeFileMissing, composeInvalid } from '../problems';
import { parseImageReference } from '../reference';
import type { WorkspaceSource } from '../workspaceSource';
import { findComposeFiles } from './composeFiles';

/** What a config asks of Docker Compose, variables substituted. */
export interface ComposeRequest {
  readonly source: WorkspaceSource;
  /** The property `dockerComposeFile` as a list. */
  readonly named: readonly string[];
  readonly service: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the config names the compose files, and the service. */
  readonly filesPlace: Place;
  readonly servicePlace: Place;
}

/** The share of a compose service in a recipe. */
export interface ComposeRecipe {
  readonly base: DockerfileRecipe | ImageRecipe;
  readonly places: RecipePlaces;
  readonly platform: Platform | undefined;
  readonly user: string | undefined;
  readonly cacheFrom: readonly string[];
  /** The variables that were read in what shapes the image. */
  readonly variables: readonly string[];
}

/**
 * The recipe of the service that a config names, the same as a config with that Dockerfile or image has.
 * @throws Problem
 */
export function composeRecipe(tree: FileTree, request: ComposeRequest): ComposeRecipe {
  const { source, named, service, filesPlace } = request;
  const own = processEnvironment(request.environment);
  const { files, envFiles, defaultName } = findComposeFiles(tree, source, named, own);
  const missing = files.find((file) => tree.readText(file) === undefined);
  if (missing !== undefined) {
    throw composeFileMissing(missing, filesPlace);
  }
  const known = withFiles(own, readEnvFiles(tree, envFiles, own, filesPlace));
  const name = projectName(tree, files, known, defaultName);
  const environment = new Map([...known, ['COMPOSE_PROJECT_NAME', name]]);
  const folder = dirname(files[0]);
  const project = loadProject({ tree, files, folder, environment, place: filesPlace });
  return recipeOf(serviceShare(project, service, request.servicePlace));
}

function recipeOf(share: ServiceShare): ComposeRecipe {
  const { platform, user } = share;
  const common = {
    platform,
    user: user === undefined || user.value === '' ? undefined : user.value,
  };
  if (share.kind === 'build') {
    return {
      ...common,
      base: dockerfileRecipe(share.build),
      places: placesOf(share.build),
      cacheFrom: share.build.cacheFrom,
      variables: variablesOf(share.build),
    };
  }
  const { value: image, place, variables } = share.image;
  if (parseImageReference(image) === undefined) {
    throw composeInvalid(place, `"${image}" is no image reference`);
  }
  const places = {
    base: place,
    context: place,
    options: undefined,
    buildArgs: new Map(),
    linked: new Map(),
  };
  return { ...common, base: { kind: 'image', image }, places, cacheFrom: [], variables };
}

function dockerfileRecipe(build: ServiceBuild): DockerfileRecipe {
  const { dockerfile, context, target, args, contexts } = build;
  const folders = [...contexts].flatMap(([name, source]) =>
    source.kind === 'source' ? [`--build-context=${name}=${source.value}`] : [],
  );
  return {
    kind: 'dockerfile',
    dockerfile: dockerfile.kind === 'file' ? dockerfile.path : dockerfile.place.file,
    inline:
      dockerfile.kind === 'file'
        ? undefined
        : { text: dockerfile.text, line: dockerfile.place.line ?? 1 },
    context: context.value,
    target: target?.value,
    buildArgs: new Map([...args].map(([name, { value }]) => [name, value])),
    options: [...folders.sort(), ...build.options],
    linked: linkedOf(build, dockerfileRecipe),
  };
}

function placesOf(build: ServiceBuild): RecipePlaces {
  const { dockerfile, context, args, contexts, optionsPlace } = build;
  const [source] = [...contexts.values()];
  return {
    base: dockerfile.place,
    context: context.place,
    options: source?.place ?? optionsPlace,
    buildArgs: new Map([...args].map(([name, { place }]) => [name, place])),
    linked: linkedOf(build, placesOf),
  };
}

function variablesOf(build: ServiceBuild): readonly string[] {
  const { dockerfile, context, target, args, contexts, optionVariables } = build;
  return [
    ...dockerfile.variables,
    ...context.variables,
    ...(target?.variables ?? []),
    ...[...args.values()].flatMap(({ variables }) => variables),
    ...[...contexts.values()].flatMap((source) =>
      source.kind === 'source' ? source.variables : variablesOf(source.build),
    ),
    ...optionVariables,
  ];
}

function linkedOf<T>(
  { contexts }: ServiceBuild,
  of: (build: ServiceBuild) => T,
): ReadonlyMap<string, T> {
  const linked = new Map<string, T>();
  for (const [name, source] of [...contexts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (source.kind === 'service') {
      linked.set(name, of(source.build));
    }
  }
  return linked;
}
