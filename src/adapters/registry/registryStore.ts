import type { TaggedImages } from '../../core/ports';
import { parsePlatform } from '../../core/platform';
import type { Platform } from '../../core/platform';
import { Problem } from '../../core/problem';
import {
  registryAnswerInvalid,
  registryRemovalForbidden,
  registryRemovalUnsupported,
  registryTagsTooMany,
} from '../../core/problems';
import { referenceText } from '../../core/reference';
import type { ImageReference, Repository } from '../../core/reference';
import { loginCommand } from './credentials';
import {
  digestOfBytes,
  isDigest,
  objectIn,
  parseImageConfig,
  parseManifest,
  verifyDigest,
} from './manifest';
import { refusalText, statusProblem } from './refusal';
import type { RegistryResponse } from './registryClient';
import { registryUrl } from './registryUrl';

/** Asks a registry one question about a repository, logged in where it wants that. */
export interface RepositoryClient {
  /** @returns undefined where the registry has no such thing. */
  get(url: URL): Promise<RegistryResponse | undefined>;
  /** @returns the answer, whatever its status, unless it is about the login. */
  delete(url: URL): Promise<RegistryResponse>;
}

const PAGE = 1000;
/** Registries may give far fewer a page than they are asked for. */
const MOST_PAGES = 200;
const MOST_TAGS = 50_000;
const UNKNOWN = parsePlatform('unknown/unknown');
/** An index of ours names one image for each platform. */
const MOST_IMAGES = 16;

/** Lists all tags: `/v2/<name>/tags/list`, page by page. Less than all would be no ground to delete on. */
export async function listTags(
  repository: Repository,
  client: RepositoryClient,
): Promise<readonly string[]> {
  const { host } = repository;
  const tags: string[] = [];
  let url: URL | undefined = registryUrl(repository, 'tags', 'list');
  url.searchParams.set('n', String(PAGE));
  for (let page = 0; url !== undefined; page++) {
    const answer = await client.get(url);
    if (answer === undefined) {
      return tags;
    }
    const listed = objectIn(answer.body, host)['tags'] ?? [];
    if (!Array.isArray(listed)) {
      throw registryAnswerInvalid(host, 'its list of tags is none');
    }
    tags.push(...listed.filter((tag) => typeof tag === 'string'));
    url = nextPage(url, answer);
    if (tags.length > MOST_TAGS || (url !== undefined && page + 1 >= MOST_PAGES)) {
      throw registryTagsTooMany(referenceText(repository), tags.length);
    }
  }
  return tags;
}

/** The digest of what a tag names, and where that is an index, of what it names. */
export async function readDigests(
  reference: ImageReference,
  client: RepositoryClient,
): Promise<readonly string[]> {
  const found = await getManifest(reference, client);
  return found === undefined ? [] : [found.digest, ...found.below.map(({ digest }) => digest)];
}

/** Reads the configurations of all images that a tag names. */
export async function readImages(
  reference: ImageReference,
  client: RepositoryClient,
): Promise<TaggedImages | undefined> {
  const top = await getManifest(reference, client);
  // An attestation, which is no image, has the platform `unknown/unknown`.
  const entries = top?.below.filter(({ platform }) => platform !== UNKNOWN) ?? [];
  if (top === undefined || entries.length > MOST_IMAGES) {
    return undefined;
  }
  const manifests = [
    ...(top.config === undefined ? [] : [top]),
    ...(await inOrder(entries, ({ digest }) => getManifest({ ...reference, digest }, client))),
  ];
  const images = await inOrder(manifests, (manifest) => readImage(manifest, reference, client));
  return { digest: top.digest, images };
}

/** What cannot be read as an image has no labels: somebody else's. */
async function readImage(
  manifest: FoundManifest | undefined,
  reference: ImageReference,
  client: RepositoryClient,
): Promise<TaggedImages['images'][number]> {
  const unknown = { labels: {}, created: undefined };
  if (manifest?.config === undefined) {
    return unknown;
  }
  const bytes = await getVerified(reference, 'blobs', manifest.config, client);
  const config =
    bytes === undefined ? undefined : parsed(() => parseImageConfig(bytes, reference.host));
  return config === undefined ? unknown : { labels: config.labels, created: config.created };
}

async function inOrder<T, U>(
  items: readonly T[],
  work: (item: T) => Promise<U>,
): Promise<readonly U[]> {
  const results: U[] = [];
  for (const item of items) {
    results.push(await work(item));
  }
  return results;
}

/** Deletes the manifest that a reference names by its digest. */
export async function removeManifest(
  reference: ImageReference,
  client: RepositoryClient,
): Promise<void> {
  const { host, repository, digest = '' } = reference;
  const name = referenceText({ host, repository });
  let response: RegistryResponse;
  try {
    response = await client.delete(registryUrl(reference, 'manifests', digest));
  } catch (error) {
    if (
      error instanceof Problem &&
      ['registry-unauthorized', 'registry-forbidden'].includes(error.code)
    ) {
      throw registryRemovalForbidden(name, loginCommand(host), error.reason);
    }
    throw error;
  }
  if (response.status === 404 || (response.status >= 200 && response.status < 300)) {
    return;
  }
  const words = refusalText(host, response, []);
  throw [405, 501].includes(response.status) || words.includes('UNSUPPORTED')
    ? registryRemovalUnsupported(name, words)
    : statusProblem(host, response, loginCommand(host), []);
}

interface FoundManifest {
  readonly digest: string;
  /** Of an image. */
  readonly config: string | undefined;
  /** What an index names. */
  readonly below: readonly { readonly digest: string; readonly platform: Platform | undefined }[];
}

async function getManifest(
  reference: ImageReference,
  client: RepositoryClient,
): Promise<FoundManifest | undefined> {
  const name = reference.digest ?? reference.tag ?? 'latest';
  const bytes = await getVerified(reference, 'manifests', name, client);
  if (bytes === undefined) {
    return undefined;
  }
  const manifest = parsed(() => parseManifest(bytes, reference.host));
  return {
    digest: digestOfBytes(bytes),
    config: manifest?.kind === 'image' ? manifest.config : undefined,
    below: manifest?.kind === 'index' ? manifest.manifests : [],
  };
}

/** @returns undefined where it is something else: a repository may hold what others put there. */
function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Problem) {
      return undefined;
    }
    throw error;
  }
}

async function getVerified(
  reference: ImageReference,
  kind: 'manifests' | 'blobs',
  name: string,
  client: RepositoryClient,
): Promise<Buffer | undefined> {
  const answer = await client.get(registryUrl(reference, kind, name));
  if (answer !== undefined && isDigest(name)) {
    verifyDigest(answer.body, name, reference.host);
  }
  return answer?.body;
}

/** `Link: </v2/a/tags/list?last=b&n=100>; rel="next"`: only what it asks for is taken, never another place. */
function nextPage(url: URL, { headers }: RegistryResponse): URL | undefined {
  const link = [headers['link'] ?? []].flat().join(', ');
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link)?.[1];
  if (target === undefined || !URL.canParse(target, url.href)) {
    return undefined;
  }
  const next = new URL(url);
  next.search = new URL(target, url).search;
  return next;
}
