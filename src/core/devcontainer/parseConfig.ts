import { basename, dirname, isAbsolute, join, posix, resolve } from 'node:path';
import type { BuildRecipe, DockerfileRecipe, FeatureLayer, RecipePlaces } from '../buildRecipe';
import type { FileTree } from '../fileTree';
import type { Platform } from '../platform';
import { configInvalid, configMissing, nothingToBuild } from '../problems';
import { parseImageReference } from '../reference';
import type { WorkspaceSource } from '../workspaceSource';
import { withAbsoluteContexts } from './buildOptions';
import { composeRecipe } from './composeRecipe';
import type { ComposeRecipe } from './composeRecipe';
import { parseFeatures } from './features';
import { isObject, parseJsonc } from './jsonc';
import type { JsonObject, JsoncDocument, JsonValue } from './jsonc';
import { substitute } from './variables';

/** A devcontainer.json, read and understood as far as it shapes an image. */
export interface DevContainerConfig {
  readonly source: WorkspaceSource;
  readonly recipe: BuildRecipe;
  readonly places: RecipePlaces;
  /** Where the container is started from: by itself, or as a service among others. */
  readonly kind: 'single' | 'compose';
  /** The platform that the config itself asks for. */
  readonly platform: Platform | undefined;
  /** `build.cacheFrom`: further caches that a build may read. Never part of the key. */
  readonly cacheFrom: readonly string[];
  /** The property `workspaceFolder`, variables substituted. */
  readonly workspaceFolder: string | undefined;
  /**
   * The variables that `${localEnv:…}`, or a compose file, read in what shapes the image; their values may
   * be secret.
   */
  readonly environmentRead: readonly string[];
}

/** A config beside the text that it was read from, which knows the places of what is in it. */
export interface ReadConfig {
  readonly config: DevContainerConfig;
  readonly document: JsoncDocument;
}

/**
 * Reads a devcontainer.json.
 * @param environment what `${localEnv:X}` refers to.
 * @throws Problem with the place of what is wrong.
 */
export function readConfig(
  tree: FileTree,
  source: WorkspaceSource,
  environment: Readonly<Record<string, string | undefined>>,
): ReadConfig {
  const text = tree.readText(source.configFile);
  if (text === undefined) {
    throw configMissing(source.folder);
  }
  const document = parseJsonc(text, source.configFile);
  const workspaceFolder = configuredFolder(document.value, source);
  const read = new Set<string>();
  const containerWorkspaceFolder = workspaceFolder ?? standardFolder(source);
  const scope = { source, environment, containerWorkspaceFolder };
  const shape = substitute(imageShape(document.value), scope, (variable) => read.add(variable));
  const reader = new ShapeReader(shape, document, source, tree);
  const { base, places, kind, platform, user, cacheFrom, variables } = reader.base(environment);
  const config: DevContainerConfig = {
    source,
    recipe: { base, layer: reader.layer(user) },
    places,
    kind,
    platform,
    cacheFrom,
    workspaceFolder,
    environmentRead: [...new Set([...read, ...variables])].sort(),
  };
  return { config, document };
}

/** The properties that can shape the image; whatever else a config holds is none of its key's business. */
const IMAGE_PROPERTIES = [
  'image',
  'build',
  'dockerFile',
  'context',
  'dockerComposeFile',
  'service',
  'features',
  'overrideFeatureInstallOrder',
  'containerUser',
  'remoteUser',
] as const;

function imageShape(value: JsonObject): JsonObject {
  const shape: Record<string, JsonValue> = {};
  for (const name of IMAGE_PROPERTIES) {
    const property = value[name];
    if (property !== undefined) {
      shape[name] = property;
    }
  }
  return shape;
}

function configuredFolder(value: JsonObject, source: WorkspaceSource): string | undefined {
  const folder = value['workspaceFolder'];
  const scope = { source, environment: {}, containerWorkspaceFolder: standardFolder(source) };
  return typeof folder === 'string' ? substitute(folder, scope) : undefined;
}

/** Where the CLI mounts the workspace unless it is told otherwise. */
function standardFolder({ folder }: WorkspaceSource): string {
  return posix.join('/workspaces', basename(folder));
}

type Base = ComposeRecipe & Pick<DevContainerConfig, 'kind'>;

class ShapeReader {
  constructor(
    private readonly shape: JsonObject,
    private readonly document: JsoncDocument,
    private readonly source: WorkspaceSource,
    private readonly tree: FileTree,
  ) {}

  base(environment: Readonly<Record<string, string | undefined>>): Base {
    if (this.shape['dockerComposeFile'] !== undefined) {
      return { kind: 'compose', ...this.compose(environment) };
    }
    return {
      kind: 'single',
      base: this.single(),
      places: this.places(),
      platform: undefined,
      user: undefined,
      cacheFrom: this.cacheFrom(),
      variables: [],
    };
  }

  private compose(environment: Readonly<Record<string, string | undefined>>): ComposeRecipe {
    const files = this.shape['dockerComposeFile'];
    const filesPlace = this.document.placeOf(['dockerComposeFile']);
    const service = this.text(this.shape['service'], ['service']);
    if (service === undefined) {
      throw configInvalid(filesPlace, 'it names compose files, and no service of them');
    }
    return composeRecipe(this.tree, {
      source: this.source,
      named: typeof files === 'string' ? [files] : this.strings(files, ['dockerComposeFile']),
      service,
      environment,
      filesPlace,
      servicePlace: this.document.placeOf(['service']),
    });
  }

  private cacheFrom(): readonly string[] {
    const value = this.build()['cacheFrom'];
    return typeof value === 'string' ? [value] : this.strings(value, ['build', 'cacheFrom']);
  }

  private single(): BuildRecipe['base'] {
    const dockerfile =
      this.text(this.build()['dockerfile'], ['build', 'dockerfile']) ??
      this.text(this.shape['dockerFile'], ['dockerFile']);
    if (dockerfile !== undefined) {
      return this.dockerfileRecipe(dockerfile);
    }
    const image = this.text(this.shape['image'], ['image']);
    if (image !== undefined) {
      if (parseImageReference(image) === undefined) {
        throw configInvalid(this.document.placeOf(['image']), `"${image}" is no image reference`);
      }
      return { kind: 'image', image };
    }
    throw nothingToBuild({ file: this.source.configFile });
  }

  private places(): RecipePlaces {
    const { document, shape } = this;
    const args = this.build()['args'];
    const names = isObject(args) ? Object.keys(args) : [];
    const base =
      shape['dockerFile'] !== undefined
        ? ['dockerFile']
        : this.build()['dockerfile'] !== undefined
          ? ['build', 'dockerfile']
          : ['image'];
    return {
      base: document.placeOf(base),
      context: document.placeOf(
        shape['context'] === undefined ? ['build', 'context'] : ['context'],
      ),
      options: document.placeOf(['build', 'options']),
      buildArgs: new Map(names.map((name) => [name, document.placeOf(['build', 'args', name])])),
      linked: new Map(),
    };
  }

  private dockerfileRecipe(name: string): DockerfileRecipe {
    const build = this.build();
    const dockerfile = this.path(name);
    const context =
      this.text(build['context'], ['build', 'context']) ??
      this.text(this.shape['context'], ['context']);
    return {
      kind: 'dockerfile',
      dockerfile,
      inline: undefined,
      // The specification says devcontainer.json's folder; the CLI takes the Dockerfile's, and so do we.
      context: context === undefined ? dirname(dockerfile) : this.path(context),
      target: this.text(build['target'], ['build', 'target']),
      buildArgs: this.buildArgs(build['args']),
      options: withAbsoluteContexts(
        this.strings(build['options'], ['build', 'options']),
        this.source.folder,
      ),
      linked: new Map(),
    };
  }

  /** @param user that of a compose service, which the CLI takes where the config names none. */
  layer(user: string | undefined): FeatureLayer | undefined {
    const configFolder = dirname(this.source.configFile);
    const features = parseFeatures(this.shape['features'], this.document, configFolder);
    if (features.length === 0) {
      return undefined;
    }
    const order = this.shape['overrideFeatureInstallOrder'];
    const lockFile = join(configFolder, lockFileName(this.source.configFile));
    return {
      features,
      overrideFeatureInstallOrder:
        order === undefined ? undefined : this.strings(order, ['overrideFeatureInstallOrder']),
      containerUser: this.text(this.shape['containerUser'], ['containerUser']) ?? user,
      remoteUser: this.text(this.shape['remoteUser'], ['remoteUser']),
      configFolder,
      lockFile: this.tree.stat(lockFile) === undefined ? undefined : lockFile,
    };
  }

  private build(): JsonObject {
    const build = this.shape['build'];
    return isObject(build) ? build : {};
  }

  private buildArgs(value: JsonValue | undefined): ReadonlyMap<string, string> {
    const args = new Map<string, string>();
    for (const [name, arg] of isObject(value) ? Object.entries(value) : []) {
      const text = this.text(arg, ['build', 'args', name]);
      if (text !== undefined) {
        args.set(name, text);
      }
    }
    return args;
  }

  private path(name: string): string {
    return isAbsolute(name) ? name : resolve(dirname(this.source.configFile), name);
  }

  private text(
    value: JsonValue | undefined,
    path: readonly (string | number)[],
  ): string | undefined {
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value !== 'string') {
      throw configInvalid(this.document.placeOf(path), `${path.join('.')} is no string`);
    }
    return value === '' && path.at(-2) !== 'args' ? undefined : value;
  }

  private strings(value: JsonValue | undefined, path: readonly string[]): readonly string[] {
    if (value === undefined || value === null) {
      return [];
    }
    if (!Array.isArray(value)) {
      throw configInvalid(this.document.placeOf(path), `${path.join('.')} is no list`);
    }
    return value.map((item: JsonValue, index) => {
      if (typeof item !== 'string') {
        const place = this.document.placeOf([...path, index]);
        throw configInvalid(place, `${path.join('.')} holds something that is no string`);
      }
      return item;
    });
  }
}

/** `.devcontainer.json` has a `.devcontainer-lock.json` beside it: the CLI's getLockfilePath. */
function lockFileName(configFile: string): string {
  return basename(configFile).startsWith('.')
    ? '.devcontainer-lock.json'
    : 'devcontainer-lock.json';
}
