import { readConfig } from './devcontainer/parseConfig';
import type { DevContainerConfig } from './devcontainer/parseConfig';
import type { FileTree } from './fileTree';
import type { CollectedInputs } from './key/buildInputs';
import { KEY_SCHEMA, collectInputs } from './key/collectInputs';
import { computeKey } from './key/computeKey';
import { recordOf } from './key/inputRecord';
import type { InputRecord } from './key/inputRecord';
import type { PrebuildKey } from './key/prebuildKey';
import { KEY_LABEL, SCHEMA_LABEL } from './labels';
import type { Platform } from './platform';
import { identifyProject } from './project';
import { cacheReference, prebuildReference, referenceText } from './reference';
import type { ImageReference, Repository } from './reference';
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

/** Everything that the files alone say of a workspace's prebuild: no network, no engine. */
export interface PreparedPrebuild {
  readonly request: PrebuildRequest;
  readonly config: DevContainerConfig;
  readonly inputs: CollectedInputs;
  readonly key: PrebuildKey;
  readonly image: ImageReference;
  /** The layer caches to read, best first, and the one to write when publishing. */
  readonly caches:
    { readonly from: readonly ImageReference[]; readonly to: ImageReference } | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Reads the config and computes the key and the names that follow from it.
 * @throws Problem where a file is missing or malformed.
 */
export function preparePrebuild(tree: FileTree, asked: PrebuildRequest): PreparedPrebuild {
  const { source, environment, repository } = asked;
  const config = readConfig(tree, source, environment);
  const platform = config.platform ?? asked.platform;
  const request = { ...asked, platform };
  const inputs = collectInputs(config, platform, environment, tree);
  const key = computeKey(inputs.inputs);
  return {
    request,
    config,
    inputs,
    key,
    image: prebuildReference(repository, key),
    caches: repository === undefined ? undefined : cachesOf(tree, source, repository, platform),
    labels: { [KEY_LABEL]: key, [SCHEMA_LABEL]: KEY_SCHEMA },
  };
}

/** What is remembered of a key, to explain later ones by. */
export function recordOfPrebuild({ key, request, inputs }: PreparedPrebuild): InputRecord {
  return recordOf(key, request.platform, inputs);
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
