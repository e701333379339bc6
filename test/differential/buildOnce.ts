import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { run } from '../../src/adapters/process/run';
import { hostPlatform } from '../../src/core/platform';
import { PlainProgress } from '../../src/adapters/docker/plainProgress';
import { dockerPlugin } from '../support/dockerPlugin';
import type { WrittenCase } from './writeCase';

/** How a build ended, and which steps of the needed stages it really ran. */
export type Build =
  | {
      readonly kind: 'built';
      /** The names of steps that were done, and not CACHED. */
      readonly ran: readonly string[];
      /** The digest of the image's config, which holds the digests of its layers. */
      readonly config: string;
      readonly image: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** `[one 2/3] COPY x /`, but neither `[internal] load …` nor `[one 1/3] FROM …`, which do nothing. */
const STEP = /^\[(?!internal\])[^\]]*\d+\/\d+\] (?!FROM )/;

const REPOSITORY = 'devcontainer-prebuild-differential';

/** Builds by the engine's own BuildKit, and cleans up behind itself. */
export class Engine {
  readonly #docker = new Dockerode();
  #buildx: readonly [string, ...string[]] | undefined;
  #builds = 0;

  /** Images stay until `forget`. */
  async build(written: WrittenCase, nonce: string): Promise<Build> {
    const [file, ...first] = (this.#buildx ??= dockerPlugin('buildx'));
    const image = `${REPOSITORY}:${nonce}-${++this.#builds}`;
    const metadataFile = join(written.folder, 'metadata.json');
    const steps = new Steps();
    const ending = await run(
      {
        file,
        args: [
          ...first,
          'build',
          '--progress=plain',
          // As the extension does: what FROM says of the platform is measured against it.
          '--platform',
          hostPlatform(process.arch),
          '--provenance=false',
          '--metadata-file',
          metadataFile,
          '--output',
          // An image, and no cache alone: only its config tells of ENV, LABEL and the like.
          `type=image,name=${image},push=false`,
          '--file',
          written.dockerfile,
          ...(written.target === undefined ? [] : ['--target', written.target]),
          ...Object.entries(written.buildArgs).flatMap(([name, value]) => [
            '--build-arg',
            `${name}=${value}`,
          ]),
          ...(written.library === undefined ? [] : ['--build-context', `lib=${written.library}`]),
          written.context,
        ],
        // Each of these saves a question to git or to the builder that nobody needs the answer of.
        environment: {
          BUILDX_METADATA_PROVENANCE: 'disabled',
          BUILDX_METADATA_WARNINGS: '0',
          BUILDX_GIT_INFO: '0',
          // Where buildx notes each build, for ever, and which builder is chosen: here, docker's own.
          BUILDX_CONFIG: join(written.folder, 'buildx'),
        },
      },
      {
        signal: new AbortController().signal,
        onStderr: (line) => {
          steps.read(line);
        },
      },
    );
    if (ending.status !== 'exited') {
      throw new Error(`docker buildx did not run: ${ending.status}`);
    }
    if (ending.code !== 0) {
      return { kind: 'failed', reason: steps.lastLine };
    }
    const metadata = JSON.parse(readFileSync(metadataFile, 'utf8')) as Record<string, unknown>;
    const config = String(metadata['containerimage.config.digest']);
    return { kind: 'built', ran: steps.ran(), config, image };
  }

  /**
   * What a container gets of an image: its layers and its settings. Its history and the time of its making
   * are left out, which nothing that runs can tell.
   */
  async contentOf(image: string): Promise<string> {
    const { RootFS, Config, Os, Architecture } = await this.#docker.getImage(image).inspect();
    return JSON.stringify([RootFS.Layers, sorted(Config), Os, Architecture]);
  }

  async forget(builds: readonly Build[]): Promise<void> {
    for (const build of builds) {
      if (build.kind === 'built') {
        await this.#docker.getImage(build.image).remove({ force: true });
      }
    }
  }
}

/** Keys in one order, in Env's own: there the order counts. */
function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .map(([key, each]) => [key, sorted(each)])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    : value;
}

/** What the progress of one build tells. */
class Steps {
  lastLine = '';
  readonly #progress = new PlainProgress();
  readonly #names = new Map<number, string>();
  readonly #done = new Set<number>();
  readonly #cached = new Set<number>();

  read(line: string): void {
    this.lastLine = line.trim() === '' ? this.lastLine : line.trim();
    const event = this.#progress.read(line);
    switch (event?.kind) {
      case 'step':
        this.#names.set(event.step, event.name);
        return;
      case 'done':
        this.#done.add(event.step);
        return;
      case 'cached':
        this.#cached.add(event.step);
        return;
      default:
    }
  }

  ran(): readonly string[] {
    return [...this.#names]
      .filter(([step, name]) => STEP.test(name) && this.#done.has(step) && !this.#cached.has(step))
      .map(([, name]) => name);
  }
}
