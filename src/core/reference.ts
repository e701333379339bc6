import { createHash } from 'node:crypto';
import { parsePrebuildKey } from './key/prebuildKey';
import type { PrebuildKey } from './key/prebuildKey';
import type { Platform } from './platform';

/** An image reference, parsed: distribution's reference/normalize.go. */
export interface ImageReference {
  /** `host[:port]`; `docker.io` where the text names none. */
  readonly host: string;
  /** The path below the host, such as `library/debian`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** A repository below which prebuilds live: a reference without tag and digest. */
export type Repository = Pick<ImageReference, 'host' | 'repository'>;

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?';
const REFERENCE = new RegExp(
  `^(?:(${HOST})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** The repository of local prebuilds where no registry is set; nothing is ever pushed to it. */
const LOCAL_REPOSITORY: Repository = {
  host: 'docker.io',
  repository: 'library/devcontainer-prebuild',
};

/**
 * Parses an image reference. `debian` is `docker.io/library/debian`; what stands before the first `/` is
 * a host only where it has a `.` or a `:`, or is `localhost`.
 * @returns undefined where the text is none.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const first = text.split('/', 1)[0] ?? '';
  const named = text.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const match = REFERENCE.exec(named ? text : `docker.io/${text}`);
  const [, host, path, tag, digest] = match ?? [];
  if (host === undefined || path === undefined) {
    return undefined;
  }
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return { host, repository, tag, digest };
}

/** Parses the setting `devcontainerPrebuild.registry`: a repository without tag and digest. */
export function parseRepository(text: string): Repository | undefined {
  const reference = parseImageReference(
    text
      .trim()
      .replace(/^https?:\/\//, '')
      .replace(/\/+$/, ''),
  );
  return reference?.tag === undefined && reference?.digest === undefined ? reference : undefined;
}

/** The reference as Docker is told it: Docker Hub's host and `library/` are left out. */
export function referenceText({
  host,
  repository,
  tag,
  digest,
}: Repository & Partial<ImageReference>): string {
  const name =
    host === 'docker.io' ? repository.replace(/^library\//, '') : `${host}/${repository}`;
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** `prebuild-<key>` in the configured repository, else in one that only the local image store knows. */
export function prebuildReference(
  repository: Repository | undefined,
  key: PrebuildKey,
): ImageReference {
  const { host, repository: path } = repository ?? LOCAL_REPOSITORY;
  return { host, repository: path, tag: `prebuild-${key}`, digest: undefined };
}

/** The key of a reference that `prebuildReference` may have made, with the repository it stands in. */
export function parsePrebuildTag(
  text: string,
): { readonly repository: string; readonly key: PrebuildKey } | undefined {
  const reference = parseImageReference(text);
  const key = parsePrebuildKey(/^prebuild-(.*)$/.exec(reference?.tag ?? '')?.[1]);
  return reference === undefined || key === undefined
    ? undefined
    : { repository: `${reference.host}/${reference.repository}`, key };
}

/**
 * A tag of one project, branch and platform: `cache` is its layer cache, as layers differ between them, and
 * `latest` the prebuild that was published last.
 */
export function branchReference(
  purpose: 'cache' | 'latest',
  { host, repository }: Repository,
  project: string,
  branch: string,
  platform: Platform,
): ImageReference {
  const [os = '', architecture = '', variant] = platform.split('/');
  const tail = [os, architecture, variant].filter((part) => part !== undefined).join('-');
  // 128 characters at most: distribution's reference grammar.
  const head = `${tagPart(project, 32)}-${tagPart(branch, 48)}`;
  return { host, repository, tag: `${purpose}-${head}-${tail}`, digest: undefined };
}

/**
 * A name as part of a tag. Where characters must go (`feature/a`, `Größe`), a short hash of the whole
 * name keeps `feature/a` and `feature-a` apart.
 */
function tagPart(name: string, most: number): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9_.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  if (plain === name && plain.length <= most) {
    return plain;
  }
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return [plain.slice(0, most - 9), hash].filter((part) => part !== '').join('-');
}
