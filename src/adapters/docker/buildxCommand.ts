import type { DockerfileRecipe } from '../../core/buildRecipe';
import type { ImageBuild } from '../../core/ports';
import { referenceText } from '../../core/reference';
import type { Command } from '../process/command';
import { MAIN_TARGET } from './bakeFile';
import type { BakeTarget } from './bakeFile';

/** The options that every build of ours has, whoever calls buildx. */
export function commonOptions(metadataFile: string): readonly string[] {
  return [
    // The attestation holds the time of the build: with it the index digest differs each time.
    '--provenance=false',
    '--metadata-file',
    metadataFile,
  ];
}

/** `type=registry,ref=…` unless the user's `cacheFrom` spells out a type of its own. */
export function cacheSource(reference: string): string {
  return reference.includes('type=') ? reference : `type=registry,ref=${reference}`;
}

/**
 * The cache to write: every stage's layers (`mode=max`), in a form that every registry takes
 * (`image-manifest`), and never a reason for the build to fail (`ignore-error`). Layers that are in no image
 * are packed by zstd, as only BuildKit has to read them; those of the image stay as they are, which saves
 * their second upload.
 */
export function cacheDestination(reference: string): string {
  return `type=registry,ref=${reference},mode=max,image-manifest=true,compression=zstd,ignore-error=true`;
}

/** The command that builds a recipe without features. */
export function buildxCommand(
  docker: string,
  recipe: DockerfileRecipe,
  build: ImageBuild,
  metadataFile: string,
): Command {
  const { platform, reference, labels, cacheFrom, cacheTo, output, layerCache, bases } = build;
  return {
    file: docker,
    args: [
      'buildx',
      'build',
      '--progress=plain',
      ...commonOptions(metadataFile),
      '--platform',
      platform,
      '--file',
      recipe.dockerfile,
      ...(recipe.target === undefined ? [] : ['--target', recipe.target]),
      ...[...recipe.buildArgs].flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
      ...(layerCache === 'ignore'
        ? ['--no-cache']
        : cacheFrom.flatMap((from) => ['--cache-from', cacheSource(from)])),
      ...(cacheTo === undefined ? [] : ['--cache-to', cacheDestination(cacheTo)]),
      ...(bases === 'fetched' ? ['--pull'] : []),
      '--tag',
      referenceText(reference),
      output === 'push' ? '--push' : '--load',
      // Last, as in the devcontainer CLI: where an option is given twice, the user's wins.
      ...recipe.options,
      recipe.context,
    ],
    environment: { BUILDKIT_PROGRESS: 'plain', NO_COLOR: '1' },
    secrets: secretsOf(build),
  };
}

/** What a bake file's target has of a build, beside the recipe. */
export function bakeTarget({
  platform,
  reference,
  labels,
  cacheFrom,
  cacheTo,
  output,
  layerCache,
  bases,
}: ImageBuild): BakeTarget {
  return {
    platforms: [platform],
    tags: [referenceText(reference)],
    labels,
    output: [output === 'push' ? 'type=registry' : 'type=docker'],
    ...(layerCache === 'ignore'
      ? { 'no-cache': true }
      : { 'cache-from': cacheFrom.map((from) => cacheSource(from)) }),
    ...(cacheTo === undefined ? {} : { 'cache-to': [cacheDestination(cacheTo)] }),
    ...(bases === 'fetched' ? { pull: true } : {}),
  };
}

/** The command that builds a recipe that reads the results of other builds, from a bake file. */
export function buildxBakeCommand(
  docker: string,
  file: string,
  build: ImageBuild,
  metadataFile: string,
): Command {
  return {
    file: docker,
    args: [
      'buildx',
      'bake',
      '--progress=plain',
      ...commonOptions(metadataFile),
      '--file',
      file,
      MAIN_TARGET,
    ],
    environment: {
      BUILDKIT_PROGRESS: 'plain',
      NO_COLOR: '1',
      // The file is our own: bake need not ask whether it may read the contexts.
      BUILDX_BAKE_ENTITLEMENTS_FS: '0',
    },
    secrets: secretsOf(build),
  };
}

/** Build arguments that came from the environment may be secrets: no log shows their values. */
export function secretsOf({ config }: ImageBuild): readonly string[] {
  const { base } = config.recipe;
  return config.environmentRead.length === 0 || base.kind === 'image'
    ? []
    : argumentsOf(base).filter((value) => value.length > 3);
}

function argumentsOf({ buildArgs, linked }: DockerfileRecipe): readonly string[] {
  return [...buildArgs.values(), ...[...linked.values()].flatMap(argumentsOf)];
}
