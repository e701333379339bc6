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
import { currentCommit, identifyProject } from './project';
import type { Project } from './project';
import { branchReference, prebuildReference, referenceText } from './reference';
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
  /** Where git does not tell, as in most CI: the branch that is built, and the default one. */
  readonly branch?: string | undefined;
  readonly defaultBranch?: string | undefined;
}

/** References of a branch in the registry. */
export interface BranchReferences {
  /** Those to read, best first: the branch's, then the default branch's. */
  readonly from: readonly ImageReference[];
  /** The one to write when publishing. */
  readonly to: ImageReference;
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
  /** The layer caches. */
  readonly caches: BranchReferences | undefined;
  /** The prebuilds that were published last. */
  readonly latest: BranchReferences | undefined;
  /** What was looked at to know all this. */
  readonly trace: FileTrace;
}

/** One whose key can be told from an earlier one; with many files that takes longer. */
export interface ExplainedPrebuild extends PreparedPrebuild {
  readonly record: InputRecord;
  /** The commit that the workspace is at. */
  readonly commit: string | undefined;
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
  const { key, request: prepared } = prebuild;
  return {
    ...prebuild,
    record: recordOf(key, prepared.platform, inputs),
    commit: currentCommit(tree, prepared.source.folder),
  };
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
  const project =
    repository === undefined
      ? undefined
      : { ...identifyProject(traced, source.folder), ...namedBranches(asked) };
  const ofBranch = (purpose: 'cache' | 'latest'): BranchReferences | undefined =>
    repository === undefined || project === undefined
      ? undefined
      : branchReferences(purpose, repository, project, platform);
  const prebuild = {
    request,
    config: read.config,
    notes: inputs.notes,
    bases: inputs.bases,
    key,
    image: prebuildReference(repository, key),
    caches: ofBranch('cache'),
    latest: ofBranch('latest'),
    trace: traced.trace,
  };
  return { prebuild, inputs };
}

function namedBranches({ branch, defaultBranch }: PrebuildRequest): Partial<Project> {
  return {
    ...(branch !== undefined && { branch }),
    ...(defaultBranch !== undefined && { defaultBranch }),
  };
}

function branchReferences(
  purpose: 'cache' | 'latest',
  repository: Repository,
  { name, branch, defaultBranch }: Project,
  platform: Platform,
): BranchReferences {
  const to = branchReference(purpose, repository, name, branch, platform);
  const fallback = branchReference(purpose, repository, name, defaultBranch, platform);
  return { from: referenceText(to) === referenceText(fallback) ? [to] : [to, fallback], to };
}
