import type { BuildEvent } from './buildEvent';
import type { DevContainerConfig } from './devcontainer/parseConfig';
import type { WorkspaceSource } from './workspaceSource';
import type { InputRecord } from './key/inputRecord';
import type { PrebuildKey } from './key/prebuildKey';
import type { Platform } from './platform';
import type { Problem } from './problem';
import type { ExplainedPrebuild, PrebuildRequest, PreparedPrebuild } from './preparePrebuild';
import type { ImageReference, Repository } from './reference';

/*
 * What the core asks of the world. Every call may throw a Problem; one that takes a signal rejects with
 * the signal's reason once it is aborted, and by then has ended what it started.
 */

/** What a registry says of one tag, or of what it names. */
export type RegistryAnswer<T = unknown> =
  | ({ readonly state: 'found'; readonly digest: string } & T)
  | { readonly state: 'absent' }
  /** No answer, or a refusal: with why, and never the same as absent. */
  | { readonly state: 'unreachable'; readonly problem: Problem };

export interface Registry {
  /** Asks for one tag; bounded in time. */
  find(reference: ImageReference, signal: AbortSignal): Promise<RegistryAnswer>;
  /** Reads what one tag names for a platform: two or three questions; bounded in time. */
  inspect(
    reference: ImageReference,
    platform: Platform,
    signal: AbortSignal,
  ): Promise<RegistryAnswer<RegistryImage>>;
  /** Gives what a digest names a tag in the same repository. @throws Problem where the registry refuses. */
  tag(
    image: Repository & { readonly digest: string },
    tag: string,
    signal: AbortSignal,
  ): Promise<void>;
}

/** What is told of an image without pulling it. */
export interface RegistryImage {
  readonly labels: Readonly<Record<string, string>>;
  /** ONBUILD instructions: they run in the builds that start from it. */
  readonly triggers: readonly string[];
  /** When it was made, in milliseconds since 1970; undefined where it does not say. */
  readonly created: number | undefined;
}

export interface LocalImage extends RegistryImage {
  /** The reference by which the engine knows it. */
  readonly reference: string;
  /** Under which digests registries know it, such as `localhost:5000/a@sha256:…`. */
  readonly digests: readonly string[];
  /** What its configuration says; undefined where that is no platform. */
  readonly platform: Platform | undefined;
}

/** Layers and bytes of a pull under way; `total` grows while layers become known. */
export interface PullProgress {
  readonly layers: number;
  readonly layersDone: number;
  readonly bytes: number;
  readonly total: number;
}

export interface Engine {
  /** Throws the Problem that says why where there is no Docker or its engine is down. */
  ping(signal: AbortSignal): Promise<void>;
  findImage(reference: string, signal: AbortSignal): Promise<LocalImage | undefined>;
  pullImage(
    reference: ImageReference,
    platform: Platform,
    report: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<LocalImage>;
  /** Takes a name from an image, and with its last name the image. */
  removeImage(reference: string, signal: AbortSignal): Promise<void>;
}

/** An image in the engine's store that carries `KEY_LABEL`, by itself or by inheritance. */
export interface StoredImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly keyLabel: string;
  /** When it was made or got its last name, in milliseconds since 1970. */
  readonly since: number;
  /** Bytes that no other image shares. */
  readonly ownSize: number;
}

export interface StoredContainer {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly stopped: boolean;
  /** The workspace of a dev container; undefined for any other container. */
  readonly folder: string | undefined;
  /** When it last began or ended, in milliseconds since 1970. */
  readonly used: number;
}

/** What the engine keeps, to be cleaned up. Nothing is removed by force. */
export interface ImageStore {
  images(signal: AbortSignal): Promise<readonly StoredImage[]>;
  /** The containers that were made from some images, whoever made them. */
  containersOf(
    images: readonly StoredImage[],
    signal: AbortSignal,
  ): Promise<readonly StoredContainer[]>;
  removeContainer(id: string, signal: AbortSignal): Promise<StoreRemoval>;
  /** Removes a name of an image, unless it names another one by now. */
  removeImage(reference: string, id: string, signal: AbortSignal): Promise<StoreRemoval>;
}

export type StoreRemoval = 'removed' | 'in-use';

/** What a tag of a registry names: one image, or one for each platform. */
export interface TaggedImages {
  readonly digest: string;
  readonly images: readonly {
    readonly labels: Readonly<Record<string, string>>;
    /** Milliseconds since 1970; undefined where it does not say. */
    readonly created: number | undefined;
  }[];
}

/** What a registry keeps, to be cleaned up; each call is bounded in time and throws a Problem. */
export interface RegistryStore {
  /** All tags of a repository; none where there is no such repository. */
  tags(repository: Repository, signal: AbortSignal): Promise<readonly string[]>;
  /** The digests that a tag leads to: its own, and those that an index names; none where it is gone. */
  digests(reference: ImageReference, signal: AbortSignal): Promise<readonly string[]>;
  /** @returns undefined where the tag is gone or names no images. */
  images(reference: ImageReference, signal: AbortSignal): Promise<TaggedImages | undefined>;
  /** Removes a manifest, by its digest, with all its tags; one that is gone is no failure. */
  remove(manifest: ImageReference, signal: AbortSignal): Promise<void>;
}

/** One build of a prebuilt image. */
export interface ImageBuild {
  readonly config: DevContainerConfig;
  readonly platform: Platform;
  readonly reference: ImageReference;
  readonly labels: Readonly<Record<string, string>>;
  readonly cacheFrom: readonly string[];
  /** Where the image goes: into the engine's store, or straight to the registry. */
  readonly output: 'load' | 'push';
  /** The layer cache to write; never on opening. */
  readonly cacheTo: string | undefined;
  readonly layerCache: 'use' | 'ignore';
  readonly bases: BaseImages;
}

/** Whether base images that the builder has are taken as they are, or fetched anew. */
export type BaseImages = 'kept' | 'fetched';

export interface BuiltImage {
  readonly reference: string;
  readonly digest: string | undefined;
}

export interface Builder {
  /** Why the builder cannot write a registry cache; undefined where it can. Asked before a build. */
  cacheExportProblem(signal: AbortSignal): Promise<Problem | undefined>;
  build(
    build: ImageBuild,
    report: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage>;
}

/** A dev container of a workspace, made by this tool or by another. */
export interface WorkspaceContainer {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  /** The reference or id of the image it was made from. */
  readonly image: string;
  /** The `KEY_LABEL` of the image it was made from; undefined where this tool did not make that image. */
  readonly keyLabel: string | undefined;
  readonly remoteUser: string;
  readonly workspaceFolder: string | undefined;
}

export interface StartRequest {
  readonly source: WorkspaceSource;
  /** The prebuilt image, by a reference that the engine has. */
  readonly image: string;
  /** What becomes of an earlier container of the same workspace. */
  readonly existing: 'start' | 'replace';
}

export interface StartedContainer {
  readonly id: string;
  readonly name: string;
  /** As in WorkspaceContainer. */
  readonly keyLabel: string | undefined;
  readonly remoteUser: string;
  readonly workspaceFolder: string;
}

export interface Workspaces {
  /** The containers of this workspace and config, the running ones first. */
  find(source: WorkspaceSource, signal: AbortSignal): Promise<readonly WorkspaceContainer[]>;
  start(
    request: StartRequest,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<StartedContainer>;
}

/** One at a time for each name, over all windows and processes of this machine. */
export interface Lock {
  /** @param waiting called once where somebody else holds it. */
  hold<T>(
    name: string,
    waiting: () => void,
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

/** Who reads a workspace's files and computes its key. */
export interface Prebuilds {
  prepare(request: PrebuildRequest, signal: AbortSignal): Promise<PreparedPrebuild>;
  /** As prepare, and with what explains the key. */
  explain(request: PrebuildRequest, signal: AbortSignal): Promise<ExplainedPrebuild>;
  /** The digest of the whole build context, less what is ignored. */
  contextDigest(request: PrebuildRequest, signal: AbortSignal): Promise<string>;
}

/** What is remembered of past keys, to explain later ones by. Losing it loses explanations alone. */
export interface Records {
  remember(source: WorkspaceSource, record: InputRecord): void;
  /** The key that this workspace was opened or built with last. */
  last(source: WorkspaceSource): InputRecord | undefined;
  find(key: PrebuildKey): InputRecord | undefined;
}

export interface Clock {
  /** Milliseconds of a clock that only runs forward. */
  now(): number;
}
