import { resolve } from 'node:path';
import type { DockerfileRecipe } from '../buildRecipe';
import { ignoreFileCandidates, ignoresNothing, parseIgnoreFile } from '../context/ignoreFile';
import type { IgnoreMatcher } from '../context/ignoreFile';
import { selectFiles } from '../context/selectFiles';
import { isRemoteContext, readBuildOptions } from '../devcontainer/buildOptions';
import type { DevContainerConfig } from '../devcontainer/parseConfig';
import { planBuild } from '../dockerfile/planBuild';
import type { BuildPlan } from '../dockerfile/planBuild';
import type { ContextRead } from '../dockerfile/reads';
import type { FileTree } from '../fileTree';
import type { Platform } from '../platform';
import { contextMissing, dockerfileMissing } from '../problems';
import type { InputList } from './buildInputs';
import { digestOf } from './encoding';
import { filesDigest } from './filesDigest';

export interface DockerfileInputsRequest {
  readonly config: DevContainerConfig;
  readonly recipe: DockerfileRecipe;
  readonly platform: Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tree: FileTree;
}

/**
 * Adds what the build of a Dockerfile reads: its needed stages, the arguments they see, and the files
 * that they select.
 */
export function addDockerfileInputs(list: InputList, request: DockerfileInputsRequest): void {
  const { config, recipe, tree, platform } = request;
  const { document } = config;
  const text = tree.readText(recipe.dockerfile);
  if (text === undefined) {
    const path =
      document.value['dockerFile'] === undefined ? ['build', 'dockerfile'] : ['dockerFile'];
    throw dockerfileMissing(recipe.dockerfile, document.placeOf(path));
  }
  if (!isFolder(tree, recipe.context)) {
    const path = document.value['context'] === undefined ? ['build', 'context'] : ['context'];
    throw contextMissing(recipe.context, document.placeOf(path));
  }
  const options = readBuildOptions(recipe.options, request.environment);
  const buildArgs = new Map([...recipe.buildArgs, ...options.buildArgs]);
  const plan = planBuild({
    text,
    file: recipe.dockerfile,
    target: options.target ?? recipe.target,
    buildArgs,
    platform,
    platformIsCertain: !options.others.some((word) => /^--platform(?:=|$)/.test(word)),
    namedContexts: new Set(options.namedContexts.keys()),
  });
  addPlan(list, plan, buildArgs, recipe.dockerfile);
  if (options.others.length > 0) {
    const place = document.placeOf(['build', 'options']);
    const digest = digestOf(options.others);
    list.add({ kind: 'option', name: 'build.options', digest }, { place, label: 'build.options' });
  }
  const contexts = contextsOf(request, options.namedContexts);
  for (const read of plan.reads) {
    addRead(list, read, contexts, recipe.dockerfile, tree);
  }
}

function addPlan(
  list: InputList,
  plan: BuildPlan,
  buildArgs: ReadonlyMap<string, string>,
  file: string,
): void {
  plan.stages.forEach((stage, index) => {
    const label = stage.name === undefined ? `stage ${index}` : `stage ${stage.name}`;
    const digest = digestOf(stage.instructions.map(({ text }) => text));
    // Named by its position among the needed stages: a stage nobody needs moves nothing.
    list.add(
      { kind: 'stage', name: String(index), digest },
      { place: { file, line: stage.line }, label },
    );
  });
  for (const name of plan.buildArgs) {
    const value = buildArgs.get(name);
    if (value !== undefined) {
      list.add(
        { kind: 'argument', name, digest: digestOf([value]) },
        { place: undefined, label: `build argument ${name}` },
      );
    }
  }
  for (const { text, line } of plan.notes) {
    list.note({ text, place: { file, line } });
  }
}

interface NamedContext {
  readonly root: string;
  readonly ignore: IgnoreMatcher;
}

/** The build context under `undefined`, and each named context that is a folder under its name. */
function contextsOf(
  { config, recipe, tree }: DockerfileInputsRequest,
  named: ReadonlyMap<string, string>,
): ReadonlyMap<string | undefined, NamedContext> {
  const contexts = new Map<string | undefined, NamedContext>();
  // With features the CLI builds from a Dockerfile that it writes elsewhere: the Dockerfile's own ignore
  // file is not found then, and the context's is.
  const candidates = ignoreFileCandidates(recipe.dockerfile, recipe.context).slice(
    config.recipe.layer === undefined ? 0 : 1,
  );
  contexts.set(undefined, { root: recipe.context, ignore: ignoreFrom(tree, candidates) });
  for (const [name, source] of named) {
    if (!isRemoteContext(source)) {
      const ignore = ignoreFrom(tree, [resolve(source, '.dockerignore')]);
      contexts.set(name, { root: source, ignore });
    }
  }
  return contexts;
}

/** A link may lead to one; a folder itself need not be listed, which may be long. */
function isFolder(tree: FileTree, path: string): boolean {
  const kind = tree.stat(path)?.kind;
  return kind === 'directory' || (kind === 'link' && tree.list(path) !== undefined);
}

function ignoreFrom(tree: FileTree, candidates: readonly string[]): IgnoreMatcher {
  for (const file of candidates) {
    const text = tree.readText(file);
    if (text !== undefined) {
      return parseIgnoreFile(text, file);
    }
  }
  return ignoresNothing;
}

function addRead(
  list: InputList,
  read: ContextRead,
  contexts: ReadonlyMap<string | undefined, NamedContext>,
  dockerfile: string,
  tree: FileTree,
): void {
  const context = contexts.get(read.context);
  if (context === undefined) {
    return;
  }
  const name = [read.context ?? '', read.source, ...read.include, '!', ...read.exclude];
  list.add(
    {
      kind: 'files',
      name: name.join(' ').trim(),
      digest: filesDigest(context.root, () =>
        selectFiles(tree, context.root, context.ignore, read, dockerfile),
      ),
    },
    { place: { file: dockerfile, line: read.line }, label: read.label },
  );
}
