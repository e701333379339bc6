import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildEvent } from '../../core/buildEvent';
import type { DockerfileRecipe, FeatureLayer, RecipePlaces } from '../../core/buildRecipe';
import type { Log } from '../../core/log';
import type { Builder, BuiltImage, ImageBuild } from '../../core/ports';
import type { Problem } from '../../core/problem';
import {
  buildxMissing,
  cacheExportUnsupported,
  dockerMissing,
  linkedBuildWithFeatures,
  temporaryFolderFull,
} from '../../core/problems';
import { referenceText } from '../../core/reference';
import { cliCommand, runCli } from '../devcontainer-cli/cli';
import type { DevcontainerCli } from '../devcontainer-cli/cli';
import { writeShadowFolder } from '../devcontainer-cli/shadowFolder';
import { inTemporaryFolder } from '../files/temporaryFolder';
import { mask } from '../process/command';
import type { Command } from '../process/command';
import { run } from '../process/run';
import type { Ending } from '../process/run';
import { MAIN_TARGET, bakeFile } from './bakeFile';
import { BuildFailure } from './buildFailure';
import {
  bakeTarget,
  buildxBakeCommand,
  buildxCommand,
  cacheDestination,
  cacheSource,
  commonOptions,
  secretsOf,
} from './buildxCommand';
import { withWrittenDockerfiles } from './inlineDockerfile';
import { PlainProgress } from './plainProgress';

/** Builds with `docker buildx`: directly, or below the devcontainer CLI where there are features. */
export class BuildxBuilder implements Builder {
  constructor(
    private readonly cli: DevcontainerCli,
    private readonly log: Log,
  ) {}

  async cacheExportProblem(signal: AbortSignal): Promise<Problem | undefined> {
    const { docker } = this.cli;
    const inspected = await this.ask([docker, 'buildx', 'inspect'], signal);
    const driver = /^Driver:\s*(\S+)/m.exec(inspected)?.[1];
    if (driver !== 'docker') {
      return undefined;
    }
    const status = await this.ask([docker, 'info', '--format', '{{json .DriverStatus}}'], signal);
    return status.includes('io.containerd.snapshotter.v1')
      ? undefined
      : cacheExportUnsupported('the engine keeps its images without the containerd image store');
  }

  async build(
    build: ImageBuild,
    report: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage> {
    // Asked beforehand: without buildx, docker only complains of flags that it does not know, and the
    // devcontainer CLI builds in another way.
    await this.ask([this.cli.docker, 'buildx', 'version'], signal);
    return inTemporaryFolder(async (folder) => {
      const { base, layer } = build.config.recipe;
      if (layer !== undefined && base.kind === 'dockerfile') {
        refuseLinked(base, build.config.places);
      }
      const metadataFile = join(folder, 'metadata.json');
      const failure = new BuildFailure(base.kind === 'dockerfile' ? base : undefined);
      const progress = new PlainProgress();
      const secrets = secretsOf(build);
      const onLine = (line: string): void => {
        const event = progress.read(mask(line, secrets));
        if (event !== undefined) {
          failure.follow(event);
          report(event);
        }
      };
      const ending =
        layer === undefined
          ? await this.buildPlain(folder, build, metadataFile, onLine, signal)
          : await this.buildWithFeatures(folder, layer, build, metadataFile, onLine, signal);
      signal.throwIfAborted();
      if (ending.status === 'failed' && ending.reason === 'missing') {
        throw dockerMissing();
      }
      if (ending.status !== 'exited' || ending.code !== 0) {
        const problem = failure.problem(textOf(ending));
        const { code, reason = '' } = problem;
        throw code === 'build-no-space' && reason.includes(folder)
          ? temporaryFolderFull(dirname(folder), reason)
          : problem;
      }
      return {
        reference: referenceText(build.reference),
        digest: await readDigest(metadataFile),
      };
    });
  }

  private async buildPlain(
    folder: string,
    build: ImageBuild,
    metadataFile: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Ending> {
    const { base } = build.config.recipe;
    const recipe =
      base.kind === 'image'
        ? await imageRecipe(folder, base.image)
        : await withWrittenDockerfiles(base, folder);
    const command =
      recipe.linked.size === 0
        ? buildxCommand(this.cli.docker, recipe, build, metadataFile)
        : await this.bakeCommand(folder, recipe, build, metadataFile);
    return run(command, { signal, log: this.log, onStdout: onLine, onStderr: onLine });
  }

  private async bakeCommand(
    folder: string,
    recipe: DockerfileRecipe,
    build: ImageBuild,
    metadataFile: string,
  ): Promise<Command> {
    const file = join(folder, 'bake.json');
    await writeFile(file, bakeFile(recipe, bakeTarget(build)), { mode: 0o600 });
    return buildxBakeCommand(this.cli.docker, file, build, metadataFile);
  }

  private async buildWithFeatures(
    folder: string,
    layer: FeatureLayer,
    build: ImageBuild,
    metadataFile: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Ending> {
    const { config, labels, platform, reference, cacheFrom, cacheTo, output, layerCache, bases } =
      build;
    const options = [
      ...commonOptions(metadataFile),
      ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`),
      ...(bases === 'fetched' ? ['--pull'] : []),
    ];
    const { base } = config.recipe;
    const recipe =
      base.kind === 'image'
        ? config.recipe
        : { ...config.recipe, base: await withWrittenDockerfiles(base, folder) };
    const lock = await writeShadowFolder(folder, recipe, layer, options);
    const args = [
      '--workspace-folder',
      folder,
      '--image-name',
      referenceText(reference),
      '--platform',
      platform,
      lock === 'locked' ? '--frozen-lockfile' : '--no-lockfile',
      ...(layerCache === 'ignore'
        ? ['--no-cache']
        : cacheFrom.flatMap((from) => ['--cache-from', cacheSource(from)])),
      ...(cacheTo === undefined ? [] : ['--cache-to', cacheDestination(cacheTo)]),
      ...(output === 'push' ? ['--push'] : []),
    ];
    const command = cliCommand(this.cli, 'build', args, secretsOf(build));
    const { ending, result } = await runCli(command, onLine, this.log, signal);
    if (ending.status === 'exited' && ending.code !== 0) {
      const message = result?.['message'];
      return { ...ending, stderr: typeof message === 'string' ? `Error: ${message}` : '' };
    }
    return ending;
  }

  /** Runs a question to Docker. @throws Problem where Docker or buildx is not there. */
  private async ask([file = '', ...args]: readonly string[], signal: AbortSignal): Promise<string> {
    const ending = await run({ file, args }, { signal, log: this.log });
    signal.throwIfAborted();
    if (ending.status === 'failed' && ending.reason === 'missing') {
      throw dockerMissing();
    }
    if (ending.status !== 'exited' || ending.code !== 0) {
      const text = ending.status === 'exited' ? ending.stderr : '';
      throw args[0] === 'buildx' && !/daemon|connect/.test(text)
        ? buildxMissing(text.split('\n')[0] ?? '')
        : new BuildFailure(undefined).problem(text);
    }
    return ending.stdout;
  }
}

/** What a program that failed says, or what is said of it. */
function textOf(ending: Ending): string {
  switch (ending.status) {
    case 'exited':
      return ending.stderr;
    case 'failed':
      return ending.cause;
    case 'cancelled':
      return '';
  }
}

/** A Dockerfile for a config that names an image only; the context is empty. */
async function imageRecipe(folder: string, image: string): Promise<DockerfileRecipe> {
  const dockerfile = join(folder, 'Dockerfile');
  await writeFile(dockerfile, `FROM ${image}\n`);
  return {
    kind: 'dockerfile',
    dockerfile,
    inline: undefined,
    context: folder,
    target: undefined,
    buildArgs: new Map(),
    options: [],
    linked: new Map(),
  };
}

/** The devcontainer CLI builds one target, and no other beside it. @throws Problem */
function refuseLinked({ linked }: DockerfileRecipe, places: RecipePlaces): void {
  const [first] = linked.keys();
  if (first !== undefined) {
    throw linkedBuildWithFeatures(first, places.linked.get(first)?.base ?? places.base);
  }
}

async function readDigest(metadataFile: string): Promise<string | undefined> {
  try {
    const metadata = JSON.parse(await readFile(metadataFile, 'utf8')) as Record<string, unknown>;
    // Bake writes that of each target under its name.
    const main = (metadata[MAIN_TARGET] ?? metadata) as Record<string, unknown>;
    const digest = main['containerimage.digest'];
    return typeof digest === 'string' ? digest : undefined;
  } catch {
    // A builder that writes none: the image is built all the same.
    return undefined;
  }
}
