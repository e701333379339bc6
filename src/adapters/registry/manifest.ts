import { createHash } from 'node:crypto';
import { parsePlatform } from '../../core/platform';
import type { Platform } from '../../core/platform';
import { registryAnswerInvalid } from '../../core/problems';
import { isRecord } from '../docker/dockerConfig';
import { imageTime } from '../imageTime';

/** What a manifest leads to: the OCI image specification's image-index.md and manifest.md. */
export type Manifest =
  | { readonly kind: 'index'; readonly manifests: readonly IndexEntry[] }
  | { readonly kind: 'image'; readonly config: string };

interface IndexEntry {
  readonly digest: string;
  readonly platform: Platform | undefined;
}

/** What is read of an image's configuration: config.md of the same specification, and Docker's OnBuild. */
export interface ImageConfig {
  readonly labels: Readonly<Record<string, string>>;
  readonly triggers: readonly string[];
  /** In milliseconds since 1970. */
  readonly created: number | undefined;
}

/** @throws Problem where the bytes are no manifest. */
export function parseManifest(bytes: Buffer, host: string): Manifest {
  const manifest = objectIn(bytes, host);
  const { manifests, config } = manifest;
  if (Array.isArray(manifests)) {
    return { kind: 'index', manifests: manifests.flatMap(parseEntry) };
  }
  const digest = isRecord(config) ? config['digest'] : undefined;
  if (typeof digest === 'string' && isDigest(digest)) {
    return { kind: 'image', config: digest };
  }
  throw registryAnswerInvalid(host, 'its manifest names neither an image nor images');
}

/** The manifest of an index that is for a platform; undefined where there is none. */
export function manifestFor(
  platform: Platform,
  index: Manifest & { kind: 'index' },
): string | undefined {
  return index.manifests.find((entry) => entry.platform === platform)?.digest;
}

/** @throws Problem where the bytes are no configuration. */
export function parseImageConfig(bytes: Buffer, host: string): ImageConfig {
  const { config, created } = objectIn(bytes, host);
  const { Labels, OnBuild } = isRecord(config) ? config : {};
  const labels = isRecord(Labels) ? Object.entries(Labels) : [];
  return {
    labels: Object.fromEntries(
      labels.filter((label): label is [string, string] => typeof label[1] === 'string'),
    ),
    triggers: Array.isArray(OnBuild) ? OnBuild.map(String) : [],
    created: imageTime(created),
  };
}

/** @throws Problem where the bytes are not those that a digest names. */
export function verifyDigest(bytes: Buffer, digest: string, host: string): void {
  const [algorithm = ''] = digest.split(':', 1);
  if (!isDigest(digest) || digest !== digestOfBytes(bytes, algorithm)) {
    throw registryAnswerInvalid(host, `what it sends as ${digest.slice(0, 19)}… is something else`);
  }
}

export function digestOfBytes(bytes: Buffer, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/.test(text);
}

function parseEntry(value: unknown): readonly IndexEntry[] {
  const { digest, platform } = isRecord(value) ? value : {};
  if (typeof digest !== 'string' || !isDigest(digest)) {
    return [];
  }
  const { os, architecture, variant } = isRecord(platform) ? platform : {};
  const parts = [os, architecture, variant].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return [{ digest, platform: parsePlatform(parts.join('/')) }];
}

/** @throws Problem where the bytes are no JSON object. */
export function objectIn(bytes: Buffer, host: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (isRecord(value)) {
      return value;
    }
  } catch {
    // What is no JSON is no answer, either.
  }
  throw registryAnswerInvalid(host, 'its answer is no JSON object');
}
