import { explainKey, reasonLines } from './explainKey';
import type { KeyReason } from './explainKey';
import { unpackInputs } from './key/inputManifest';
import type { InputRecord } from './key/inputRecord';
import { INPUTS_LABEL } from './labels';
import type { Log } from './log';
import type { Records, Registry } from './ports';
import type { ExplainedPrebuild } from './preparePrebuild';
import { referenceText } from './reference';
import type { ImageReference } from './reference';

export interface NearestPorts {
  readonly registry: Registry;
  readonly records: Records;
  readonly log: Log;
}

/** An earlier prebuild, and why a key is another than its own. */
export interface EarlierPrebuild {
  readonly record: InputRecord;
  /** Where it was published; undefined: the workspace had it last on this machine. */
  readonly published: string | undefined;
  readonly reasons: readonly KeyReason[];
}

/**
 * Finds the earlier prebuild that a missing one differs from least: of those that were published last of the
 * branch and of the default branch, else the one that this workspace had last. No repository is listed.
 * @returns undefined where there is none whose inputs are known.
 */
export async function nearestPrebuild(
  ports: NearestPorts,
  prebuild: ExplainedPrebuild,
  signal: AbortSignal,
): Promise<EarlierPrebuild | undefined> {
  const published = await Promise.all(
    (prebuild.latest?.from ?? []).map((reference) =>
      publishedAs(ports, prebuild, reference, signal),
    ),
  );
  const [nearest] = published
    .filter((earlier) => earlier !== undefined)
    .sort((a, b) => a.reasons.length - b.reasons.length);
  return nearest ?? lastOf(ports, prebuild);
}

/** Why there is no prebuild, in lines; none where nothing is another. */
export function missLines({ reasons, published }: EarlierPrebuild): readonly string[] {
  const lines = reasons.flatMap(reasonLines);
  return published === undefined || lines.length === 0
    ? lines
    : [...lines, `compared with the prebuild published last, ${published}`];
}

/** There is no prebuilt image: why, against an earlier one. */
export interface MissedEvent {
  readonly kind: 'missed';
  readonly earlier: EarlierPrebuild;
}

/** Reports why there is no prebuild, beside the build that is under way; reports nothing once aborted. */
export async function reportMiss(
  ports: NearestPorts,
  prebuild: ExplainedPrebuild,
  report: (event: MissedEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const earlier = await nearestPrebuild(ports, prebuild, signal);
    if (earlier !== undefined) {
      report({ kind: 'missed', earlier });
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }
}

async function publishedAs(
  { registry, log }: NearestPorts,
  prebuild: ExplainedPrebuild,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<EarlierPrebuild | undefined> {
  const answer = await registry.inspect(reference, prebuild.request.platform, signal);
  if (answer.state !== 'found') {
    log.debug(`${referenceText(reference)} explains nothing: it is ${answer.state}`);
    return undefined;
  }
  const record = await unpackInputs(answer.labels[INPUTS_LABEL]);
  return record === undefined
    ? undefined
    : compared(record, prebuild, referenceText({ ...reference, digest: answer.digest }));
}

function lastOf(
  { records }: NearestPorts,
  prebuild: ExplainedPrebuild,
): EarlierPrebuild | undefined {
  const record = records.last(prebuild.request.source);
  return record === undefined ? undefined : compared(record, prebuild, undefined);
}

function compared(
  record: InputRecord,
  prebuild: ExplainedPrebuild,
  published: string | undefined,
): EarlierPrebuild {
  return { record, published, reasons: explainKey(record, prebuild.record) };
}
