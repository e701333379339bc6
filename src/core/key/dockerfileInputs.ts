import { resolve } from 'node:path';
import type { DockerfileRecipe, RecipePlaces } from '../buildRecipe';
import { ignoreFileCandidates, ignoresNothing, parseIgnoreFile } from '../context/ignoreFile';
import type { IgnoreMatcher } from '../context/ignoreFile';
import { readSelections } from '../context/readSelections';
import { selectFiles } from '../context/selectFiles';
import { isRemoteContext, readBuildOptions } from '../devcontainer/buildOptions';
import type { ReadOptions } from '../devcontainer/buildOptions';
import { planBuild } from '../dockerfile/planBuild';
import type { BuildPlan } from '../dockerfile/planBuild';
import { wholeContext } from '../dockerfile/reads';
import type { ContextRead } from '../dockerfile/reads';
import type { FileTree } from '../fileTree';
import type { Platform } from '../platform';
import type { Place } from '../problem';
import { contextMissing, dockerfileMissing } from '../problems';
import type { InputList } from './buildInputs';
import { digestOf } from './encoding';
import { digestFiles, digestSelections } from './filesDigest';
import type { DigestedFiles } from './filesDigest';

export interface DockerfileInputsRequest {
  readonly recipe: DockerfileRecipe;
  readonly places: RecipePlaces;
  /**
   * Which ignore file counts. With features the CLI builds from a Dockerfile that it writes elsewhere: the
   * Dockerfile's own ignore file is not found then, and the context's is.
   */
  readonly ignoreFiles: 'own first' | "the context's";
  readonly platform: Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tree: FileTree;
}

/**
 * Adds what the build of a Dockerfile reads: its needed stages, the arguments they see, and the files
 * that they select; then the same of the builds whose results it reads.
 * @param prefix what the names of all inputs begin with: the contexts that led to a linked build.
 */
export function addDockerfileInputs(
  list: InputList,
  request: DockerfileInputsRequest,
  prefix = '',
): void {
  const { recipe, places, tree, platform } = request;
  const text = recipe.inline?.text ?? tree.readText(recipe.dockerfile);
  if (text === undefined) {
    throw dockerfileMissing(recipe.dockerfile, places.base);
  }
  const options = readBuildOptions(recipe.options, request.environment);
  const buildArgs = new Map([...recipe.buildArgs, ...options.buildArgs]);
  const plan = planBuild({
    text,
    file: recipe.dockerfile,
    firstLine: recipe.inline?.line ?? 1,
    target: options.target ?? recipe.target,
    buildArgs,
    platform,
    platformIsCertain: !options.others.some((word) => /^--platform(?:=|$)/.test(word)),
    namedContexts: new Set([...options.namedContexts.keys(), ...recipe.linked.keys()]),
  });
  addPlan(list, plan, buildArgs, request, prefix);
  addOptions(list, options, places.options, prefix);
  try {
    const contexts = contextsOf(request, options.namedContexts);
    const digested = digestReads(plan.reads, contexts, request);
    for (const read of plan.reads) {
      addRead(list, read, digested.get(read), recipe.dockerfile, prefix);
    }
  } catch (error) {
    requireContext(request);
    throw error;
  }
  if (plan.reads.length === 0) {
    requireContext(request);
  }
  for (const [name, linked] of recipe.linked) {
    const linkedPlaces = places.linked.get(name) ?? places;
    addDockerfileInputs(
      list,
      { ...request, recipe: linked, places: linkedPlaces, ignoreFiles: 'own first' },
      `${prefix}${name}: `,
    );
  }
}

function addPlan(
  list: InputList,
  plan: BuildPlan,
  buildArgs: ReadonlyMap<string, string>,
  { recipe: { dockerfile: file }, places }: DockerfileInputsRequest,
  prefix: string,
): void {
  plan.stages.forEach((stage, index) => {
    const label = stage.name === undefined ? `stage ${index}` : `stage ${stage.name}`;
    const digest = digestOf(stage.instructions.map(({ text }) => text));
    // Named by its position among the needed stages: a stage nobody needs moves nothing.
    list.add(
      { kind: 'stage', name: `${prefix}${index}`, digest },
      { place: { file, line: stage.line }, label: `${prefix}${label}` },
    );
  });
  for (const name of plan.buildArgs) {
    const value = buildArgs.get(name);
    if (value !== undefined) {
      list.add(
        { kind: 'argument', name: `${prefix}${name}`, digest: digestOf([value]) },
        { place: places.buildArgs.get(name), label: `build argument ${prefix}${name}` },
      );
    }
  }
  for (const { reference, role, platform } of plan.baseImages) {
    list.base({ reference, role: role === 'from' ? 'from' : 'files', platform });
  }
  for (const { text, line } of plan.notes) {
    list.note({ text, place: { file, line } });
  }
}

/** The digest of all that a build could read of its contexts, and of those of the builds linked to it. */
export function wholeContextDigest(request: DockerfileInputsRequest): string {
  const { namedContexts } = readBuildOptions(request.recipe.options, request.environment);
  const digests = [...contextsOf(request, namedContexts).values()].map(({ root, ignore }) => {
    const whole = wholeContext({ line: 1, label: 'the whole context' });
    return digestFiles(root, () => selectFiles(request.tree, root, ignore, whole)).digest;
  });
  const linked = [...request.recipe.linked.values()].map((recipe) =>
    wholeContextDigest({ ...request, recipe, ignoreFiles: 'own first' }),
  );
  return digestOf([...digests, ...linked]);
}

function addOptions(
  list: InputList,
  { others, namedContexts }: ReadOptions,
  place: Place | undefined,
  prefix: string,
): void {
  if (others.length > 0) {
    const name = `${prefix}build.options`;
    list.add({ kind: 'option', name, digest: digestOf(others) }, { place, label: name });
  }
  for (const [context, source] of namedContexts) {
    // What the world holds behind the source is not in the key; its name is.
    if (isRemoteContext(source)) {
      const name = `${prefix}--build-context ${context}`;
      list.add({ kind: 'option', name, digest: digestOf([source]) }, { place, label: name });
    }
  }
}

interface NamedContext {
  readonly root: string;
  readonly ignore: IgnoreMatcher;
}

/** The build context under `undefined`, and each named context that is a folder under its name. */
function contextsOf(
  { recipe, ignoreFiles, tree }: DockerfileInputsRequest,
  named: ReadonlyMap<string, string>,
): ReadonlyMap<string | undefined, NamedContext> {
  const contexts = new Map<string | undefined, NamedContext>();
  const hasOwn = ignoreFiles === 'own first' && recipe.inline === undefined;
  const candidates = ignoreFileCandidates(recipe.dockerfile, recipe.context).slice(hasOwn ? 0 : 1);
  contexts.set(undefined, { root: recipe.context, ignore: ignoreFrom(tree, candidates) });
  for (const [name, source] of named) {
    if (!isRemoteContext(source)) {
      const ignore = ignoreFrom(tree, [resolve(source, '.dockerignore')]);
      contexts.set(name, { root: source, ignore });
    }
  }
  return contexts;
}

/** A context that is missing is why all that it should hold is. */
function requireContext({ recipe: { context }, places, tree }: DockerfileInputsRequest): void {
  if (!isFolder(tree, context)) {
    throw contextMissing(context, places.context);
  }
}

/** A link may lead to one; a folder itself need not be listed, which may be long. */
function isFolder(tree: FileTree, path: string): boolean {
  const kind = tree.stat(path)?.kind;
  return kind === 'directory' || (kind === 'link' && tree.list(path) !== undefined);
}

function ignoreFrom(tree: FileTree, candidates: readonly string[]): IgnoreMatcher {
  for (const [index, file] of candidates.entries()) {
    // The first of two is seldom there, which costs far less to see than to read.
    const isThere = index === candidates.length - 1 || tree.stat(file) !== undefined;
    const text = isThere ? tree.readText(file) : undefined;
    if (text !== undefined) {
      return parseIgnoreFile(text, file);
    }
  }
  return ignoresNothing;
}

/** By read, unless its context is none of folders; the reads of one context together. */
function digestReads(
  reads: readonly ContextRead[],
  contexts: ReadonlyMap<string | undefined, NamedContext>,
  { recipe: { dockerfile }, tree }: DockerfileInputsRequest,
): ReadonlyMap<ContextRead, DigestedFiles> {
  const digested = new Map<ContextRead, DigestedFiles>();
  for (const [name, { root, ignore }] of contexts) {
    const own = reads.filter(({ context }) => context === name);
    const results = digestSelections(root, () =>
      readSelections(tree, root, ignore, own, dockerfile),
    );
    results.forEach((each, index) => {
      const read = own[index];
      if (read !== undefined) {
        digested.set(read, each);
      }
    });
  }
  return digested;
}

function addRead(
  list: InputList,
  read: ContextRead,
  digested: DigestedFiles | undefined,
  file: string,
  prefix: string,
): void {
  if (digested === undefined) {
    return;
  }
  const { digest, selection } = digested;
  const name = [read.context ?? '', read.source, ...read.include, '!', ...read.exclude];
  list.add(
    { kind: 'files', name: `${prefix}${name.join(' ').trim()}`, digest },
    {
      place: { file, line: read.line },
      label: `${prefix}${read.label}`,
      selection,
    },
  );
}
