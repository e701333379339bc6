import type { BuildEvent } from './buildEvent';
import type { BaseImages, Builder, BuiltImage, ImageBuild, Prebuilds } from './ports';
import type { ExplainedPrebuild, PreparedPrebuild } from './preparePrebuild';
import { KEY_SCHEMA } from './key/collectInputs';
import { keyLabel } from './keyLabel';
import { packInputs } from './key/inputManifest';
import {
  INPUTS_LABEL,
  KEY_LABEL,
  RESOLVED_LABEL,
  REVISION_LABEL,
  SCHEMA_LABEL,
  VERSION_LABEL,
} from './labels';
import { filesRestless } from './problems';
import { referenceText } from './reference';
import { resolveBases } from './resolveBases';
import type { ResolvePorts } from './resolveBases';
import { TOOL_VERSION } from './toolVersion';

export interface BuildImagePorts extends ResolvePorts {
  readonly builder: Builder;
  readonly prebuilds: Prebuilds;
}

/** A build that was given up because the builder may have read other files than the key says. */
export class FilesChanged extends Error {
  constructor() {
    super('the files changed while they were sent to the builder');
    this.name = 'FilesChanged';
  }
}

/**
 * Builds the image of a prebuild. An edit between the computation of the key and the moment at which the
 * builder has its files would put the wrong image under the key, for everybody: the key is computed again
 * once the builder has them, and where it is another one the build is given up.
 * @throws FilesChanged then.
 */
export async function buildImage(
  ports: BuildImagePorts,
  prebuild: ExplainedPrebuild,
  how: Pick<ImageBuild, 'output' | 'cacheTo' | 'layerCache' | 'bases'>,
  report: (event: BuildEvent) => void,
  signal: AbortSignal,
): Promise<BuiltImage> {
  const { config, request, image, caches } = prebuild;
  const labels = await labelsOf(ports, prebuild, how.bases, signal);
  const { builder, prebuilds } = ports;
  const stale = new AbortController();
  const reads = new ContextSteps();
  let checks = Promise.resolve();
  const check = async (): Promise<void> => {
    const isSame = await prebuilds.prepare(request, signal).then(
      ({ key }) => key === prebuild.key,
      () => false,
    );
    if (!isSame) {
      stale.abort(new FilesChanged());
    }
  };
  try {
    const built = await builder.build(
      {
        config,
        platform: request.platform,
        reference: image,
        labels,
        cacheFrom: [...(caches?.from.map(referenceText) ?? []), ...config.cacheFrom],
        ...how,
      },
      (event) => {
        report(event);
        if (reads.isEndOfOne(event)) {
          checks = checks.then(check);
        }
      },
      AbortSignal.any([signal, stale.signal]),
    );
    // A builder that does not say when it read them has read them by now.
    await (reads.wasAny ? checks : check());
    stale.signal.throwIfAborted();
    return built;
  } catch (error) {
    signal.throwIfAborted();
    stale.signal.throwIfAborted();
    throw error;
  }
}

/** What the image tells of itself. */
async function labelsOf(
  ports: BuildImagePorts,
  prebuild: ExplainedPrebuild,
  bases: BaseImages,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const { digests, triggers } = await resolveBases(ports, prebuild, bases, signal);
  const context =
    triggers === 'none' ? undefined : await ports.prebuilds.contextDigest(prebuild.request, signal);
  const inputs = await packInputs(prebuild.record);
  return {
    [KEY_LABEL]: keyLabel(prebuild, context),
    [SCHEMA_LABEL]: KEY_SCHEMA,
    [RESOLVED_LABEL]: JSON.stringify(digests),
    [VERSION_LABEL]: TOOL_VERSION,
    ...(inputs !== undefined && { [INPUTS_LABEL]: inputs }),
    ...(prebuild.commit !== undefined && { [REVISION_LABEL]: prebuild.commit }),
  };
}

/** Follows the steps of BuildKit in which files come to it from this machine. */
class ContextSteps {
  private readonly steps = new Set<number>();
  wasAny = false;

  isEndOfOne(event: BuildEvent): boolean {
    // `[internal] load build context`, and of a named context `[context name] load from client`.
    if (event.kind === 'step' && /^\[(?:internal|context [^\]]*)\] load /.test(event.name)) {
      this.steps.add(event.step);
    }
    const isEnd = event.kind === 'done' && this.steps.has(event.step);
    this.wasAny ||= isEnd;
    return isEnd;
  }
}

/** So many times files may change while they are sent, before a person is told. */
const ATTEMPTS = 3;

/**
 * Does something with a prebuild that may find that the files changed meanwhile, and then again with what
 * they are now.
 */
export async function withRestingFiles<P extends PreparedPrebuild, T>(
  first: P,
  prepareAgain: () => Promise<P>,
  work: (prebuild: P) => Promise<T>,
): Promise<T> {
  let prebuild = first;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(prebuild);
    } catch (error) {
      if (!(error instanceof FilesChanged)) {
        throw error;
      }
      if (attempt === ATTEMPTS) {
        throw filesRestless(prebuild.request.source.folder);
      }
      prebuild = await prepareAgain();
    }
  }
}
