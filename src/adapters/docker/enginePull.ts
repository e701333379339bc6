import type { Problem } from '../../core/problem';
import type { PullProgress } from '../../core/ports';
import {
  pullBusy,
  pullDamaged,
  pullFailed,
  pullNetwork,
  pullNoSpace,
  pullNotFound,
  pullPlatformMissing,
  pullUnauthorized,
  pullUntrusted,
} from '../../core/problems';
import type { Platform } from '../../core/platform';
import { isRecord, textOf } from './dockerConfig';
import type { EngineEvent } from './engineTransport';

/** What is being pulled, as the Problems of it name it. */
export interface PulledImage {
  readonly name: string;
  readonly platform: Platform;
  /** The command with which a person logs in at its registry. */
  readonly login: string;
}

/** What Docker's engine says when a pull fails, in the order in which it is to be understood. */
const FAILURES: readonly {
  readonly words: RegExp;
  readonly problem: (image: PulledImage, cause: string) => Problem;
}[] = [
  {
    words: /no space left on device|not enough space/i,
    problem: ({ name }, cause) => pullNoSpace(name, cause),
  },
  {
    words: /no matching manifest|does not match the specified platform|no match for platform/i,
    problem: ({ name, platform }, cause) => pullPlatformMissing(name, platform, cause),
  },
  {
    // "pull access denied for x, repository does not exist or may require 'docker login'", among others.
    words:
      /unauthorized|access denied|denied:|authentication required|no basic auth|authorization failed|40[13] (?:Unauthorized|Forbidden)/i,
    problem: ({ name, login }, cause) => pullUnauthorized(name, login, cause),
  },
  {
    words: /429 Too Many Requests|toomanyrequests/i,
    problem: ({ name, login }, cause) => pullBusy(name, login, cause),
  },
  {
    words: /unexpected commit digest|digest verification failed|filesystem layer verification/i,
    problem: ({ name }, cause) => pullDamaged(name, cause),
  },
  {
    words: /x509:|server gave HTTP response to HTTPS client|tls: /i,
    problem: ({ name }, cause) => pullUntrusted(name, cause),
  },
  {
    words:
      /dial tcp|lookup |no such host|connection re(?:fused|set)|timeout|deadline exceeded|unreachable|\bEOF\b|proxyconnect/i,
    problem: ({ name }, cause) => pullNetwork(name, cause),
  },
  {
    words: /manifest unknown|not found|does not exist|name unknown/i,
    problem: ({ name }, cause) => pullNotFound(name, cause),
  },
];

/** The Problem of a pull that failed with these words of the engine's. */
export function pullProblem(image: PulledImage, words: string): Problem {
  const failure = FAILURES.find((known) => known.words.test(words));
  return failure?.problem(image, words) ?? pullFailed(image.name, words);
}

/** The engine's words where an event of a pull tells of its failure. */
export function failureOf({ error, errorDetail }: EngineEvent): string | undefined {
  return (isRecord(errorDetail) ? textOf(errorDetail['message']) : undefined) ?? textOf(error);
}

interface Layer {
  readonly bytes: number;
  readonly total: number;
  readonly state: 'under way' | 'done';
}

/** The statuses of events that tell of one layer; the id of others is a tag. */
const LAYER_STATUS =
  /^(?:Pulling fs layer|Waiting|Downloading|Verifying Checksum|Download complete|Extracting|Pull complete|Already exists|Layer already exists)/;
const LAYER_DONE = /^(?:Pull complete|Already exists|Layer already exists)/;

/**
 * Adds up the events of a pull. No number ever falls: a download that begins anew counts as it did
 * before, until it gets further.
 */
export class PullTally {
  private readonly layers = new Map<string, Layer>();

  /** @returns the progress where the event changed it. */
  add({ id, status, progressDetail }: EngineEvent): PullProgress | undefined {
    if (typeof id !== 'string' || typeof status !== 'string' || !LAYER_STATUS.test(status)) {
      return undefined;
    }
    const before = this.layers.get(id);
    const after = laterLayer(
      before ?? { bytes: 0, total: 0, state: 'under way' },
      status,
      progressDetail,
    );
    if (
      before?.bytes === after.bytes &&
      before.total === after.total &&
      before.state === after.state
    ) {
      return undefined;
    }
    this.layers.set(id, after);
    return this.progress();
  }

  private progress(): PullProgress {
    const layers = [...this.layers.values()];
    return {
      layers: layers.length,
      layersDone: layers.filter(({ state }) => state === 'done').length,
      bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
      total: layers.reduce((sum, { total }) => sum + total, 0),
    };
  }
}

/** What is left to be done with a layer before the registry is needed no more. */
const LAYER_AWAITED = /^(?:Pulling fs layer|Waiting|Downloading)/;

/**
 * Tells a pull that stands still from one whose engine unpacks, which may be silent: so long as a layer, or
 * the manifest, is yet to come, something has to change. Engines repeat themselves while nothing comes.
 */
export class PullMovement {
  private readonly last = new Map<string, string>();
  private readonly awaited = new Set<string>();

  /** @returns whether the event is a sign of life. */
  add(event: EngineEvent): boolean {
    const { id, status } = event;
    const name = typeof id === 'string' ? id : '';
    if (typeof status === 'string' && LAYER_AWAITED.test(status)) {
      this.awaited.add(name);
    } else {
      this.awaited.delete(name);
    }
    const text = JSON.stringify(event);
    const moved = this.last.get(name) !== text;
    this.last.set(name, text);
    return moved;
  }

  get awaitsRegistry(): boolean {
    return this.last.size === 0 || this.awaited.size > 0;
  }
}

function laterLayer(before: Layer, status: string, detail: unknown): Layer {
  const state = LAYER_DONE.test(status) ? 'done' : before.state;
  // What is unpacked is counted over the same bytes a second time, or in seconds.
  if (status === 'Downloading' && isRecord(detail)) {
    const bytes = Math.max(before.bytes, numberOf(detail['current']));
    return { bytes, total: Math.max(before.total, numberOf(detail['total']), bytes), state };
  }
  const downloaded = status === 'Download complete' || state === 'done';
  return { bytes: downloaded ? before.total : before.bytes, total: before.total, state };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}
