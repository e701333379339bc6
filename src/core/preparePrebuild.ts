import { readConfig } from './devcontainer/parseConfig';
import type { DevContainerConfig } from './devcontainer/parseConfig';
import type { FileTree } from './fileTree';
import type { BaseName, CollectedInputs, InputNote } from './key/buildInputs';
import { collectInputs, digestWholeContext } from './key/collectInputs';
import { computeKey } from './key/computeKey';
import { recordOf } from './key/inputRecord';
import type { InputRecord } from './key/inputRecord';
import type { PrebuildKey } from './key/prebuildKey';
import type { Platform } from './platform';
import { identifyProject } from './project';
import { cacheReference, prebuildReference, referenceText } from './reference';
import type { ImageReference, Repository } from './reference';
import { TracedFileTree } from './tracedFileTree';
import type { FileTrace } from './tracedFileTree';
import type { WorkspaceSource } from './workspaceSource';

/** Whose prebuild is asked for. */
export interface PrebuildRequest {
  readonly source: WorkspaceSource;
  readonly platform: Platform;
  /** What `${localEnv:X}` refers to. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where prebuilds live; undefined: only in the engine's image store. */
  readonly repository: Repository | undefined;
}

/**
 * Everything that the files alone say of a workspace's prebuild: no network, no engine. Plain data, which
 * another thread can be told.
 */
export interface PreparedPrebuild {
  readonly request: PrebuildRequest;
  readonly config: DevContainerConfig;
  readonly notes: readonly InputNote[];
  readonly bases: readonly BaseName[];
  readonly key: PrebuildKey;
  readonly image: ImageReference;
  /** The layer caches to read, best first, and the one to write when publishing. */
  readonly caches:
    { readonly from: readonly ImageReference[]; readonly to: ImageReference } | undefined;
  /** What was looked at to know all this. */
  readonly trace: FileTrace;
}

/** One whose key can be told from an earlier one; with many files that takes longer. */
export interface ExplainedPrebuild extends PreparedPrebuild {
  readonly record: InputRecord;
}

/**
 * Reads the config and computes the key and the names that follow from it.
 * @throws Problem where a file is missing or malformed.
 */
export function preparePrebuild(tree: FileTree, request: PrebuildRequest): PreparedPrebuild {
  return prepare(tree, request).prebuild;
}

/** As preparePrebuild, and makes the record that explanations need. */
export function explainPrebuild(tree: FileTree, request: PrebuildRequest): ExplainedPrebuild {
  const { prebuild, inputs } = prepare(tree, request);
  return { ...prebuild, record: recordOf(prebuild.key, prebuild.request.platform, inputs) };
}

/** The digest of the whole context of a build; of no file where an image is named. */
export function contextDigest(
  tree: FileTree,
  { source, platform, environment }: PrebuildRequest,
): string {
  const { config } = readConfig(tree, source, environment);
  return digestWholeContext(config, platform, environment, tree);
}

function prepare(
  tree: FileTree,
  asked: PrebuildRequest,
): { readonly prebuild: PreparedPrebuild; readonly inputs: CollectedInputs } {
  const { source, environment, repository } = asked;
  const traced = new TracedFileTree(tree);
  const read = readConfig(traced, source, environment);
  const platform = read.config.platform ?? asked.platform;
  const request = { ...asked, platform };
  const inputs = collectInputs(read, platform, environment, traced);
  const key = computeKey(inputs.inputs);
  const caches =
    repository === undefined ? undefined : cachesOf(traced, source, repository, platform);
  const prebuild = {
    request,
    config: read.config,
    notes: inputs.notes,
    bases: inputs.bases,
    key,
    image: prebuildReference(repository, key),
    caches,
    trace: traced.trace,
  };
  return { prebuild, inputs };
}

function cachesOf(
  tree: FileTree,
  { folder }: WorkspaceSource,
  repository: Repository,
  platform: Platform,
): PreparedPrebuild['caches'] {
  const { name, branch, defaultBranch } = identifyProject(tree, folder);
  const to = cacheReference(repository, name, branch, platform);
  const fallback = cacheReference(repository, name, defaultBranch, platform);
  return { from: referenceText(to) === referenceText(fallback) ? [to] : [to, fallback], to };
}
