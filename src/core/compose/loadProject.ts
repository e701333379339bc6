import { dirname } from 'node:path';
import type { FileTree } from '../fileTree';
import type { Place } from '../problem';
import {
  composeFileMissing,
  composeGoesInCircles,
  composeInvalid,
  composeRemote,
  composeServiceUnknown,
} from '../problems';
import { absolutePath, absolutePaths, withDefaultContexts } from './absolutePaths';
import { canonical } from './canonical';
import { isNull, mapNode, withEntry } from './composeNode';
import type { ComposeNode, MapNode } from './composeNode';
import { parseComposeYaml } from './composeYaml';
import type { ComposeDocument } from './composeYaml';
import { defaultEnvFile, readEnvFiles, withFiles } from './environment';
import type { Environment } from './environment';
import { imageShare } from './imageShare';
import { interpolateNode } from './interpolateNode';
import { mergeNodes } from './mergeServices';
import { readList, readMap, readText } from './readNode';
import type { Located } from './readNode';
import { withoutPaths } from './resets';

/** Compose files merged into one, paths absolute, as far as they can shape images. */
export interface ComposeProject {
  readonly services: ReadonlyMap<string, ComposeNode>;
  readonly secrets: ReadonlyMap<string, ComposeNode>;
  readonly environment: Environment;
}

export interface LoadRequest {
  readonly tree: FileTree;
  readonly files: readonly string[];
  /** What relative paths are relative to. */
  readonly folder: string;
  readonly environment: Environment;
  /** Where the files are named. */
  readonly place: Place;
}

/** A chain of files or services: longer ones than any project has come from something hostile. */
const LONGEST_CHAIN = 50;
const MOST_FILES = 500;

/** Files that Compose would fetch: its remote/git.go and remote/oci.go. */
const REMOTE_FILE = /^(?:oci:\/\/|https?:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@)/;

/**
 * Loads compose files and what they extend and include (compose-go loader/loader.go).
 * @throws Problem with the file and the line of what is wrong.
 */
export function loadProject({
  tree,
  files,
  folder,
  environment,
  place,
}: LoadRequest): ComposeProject {
  const loader = new ProjectLoader(tree, environment.get('HOME') ?? environment.get('USERPROFILE'));
  const model = loader.load({ files, folder, environment, place, included: [] });
  return {
    services: readMap(model.entries.get('services'), 'services'),
    secrets: readMap(model.entries.get('secrets'), 'secrets'),
    environment,
  };
}

/** Files that are merged with each other, and what they are read with. */
interface FileSet {
  readonly files: readonly string[];
  readonly folder: string;
  readonly environment: Environment;
  readonly place: Place;
  /** The files whose `include` led here. */
  readonly included: readonly string[];
}

/** The services of one document, of which one may extend another. */
interface ServiceSource {
  readonly file: string;
  readonly services: ReadonlyMap<string, ComposeNode>;
  readonly resets: ComposeDocument['resets'];
  readonly set: FileSet;
}

class ProjectLoader {
  private readonly extendedFiles = new Map<FileSet, Map<string, ServiceSource>>();
  /** How many files were read: an `include` of two that include two each grows without a cycle, too. */
  private read = 0;

  constructor(
    private readonly tree: FileTree,
    private readonly home: string | undefined,
  ) {}

  load(set: FileSet): MapNode {
    let model: MapNode = mapNode(new Map(), { kind: 'list', items: [], place: set.place });
    for (const file of set.files) {
      for (const document of this.documents(file, set)) {
        model = this.withDocument(model, document, file, set);
      }
    }
    return absolutePaths(withDefaultContexts(model), { folder: set.folder, home: this.home });
  }

  private withDocument(
    model: MapNode,
    document: ComposeDocument,
    file: string,
    set: FileSet,
  ): MapNode {
    const root = this.root(document, set.environment);
    const services = readMap(root.entries.get('services'), 'services');
    const source: ServiceSource = { file, services, resets: document.resets, set };
    const extended = new Map(
      [...services.keys()].map((name) => [name, this.extended(source, name, [])] as const),
    );
    const own = services.size === 0 ? root : withEntry(root, 'services', mapNode(extended, root));
    const before = withoutPaths(model, document.resets);
    return canonical(mergeNodes(before, this.withIncludes(own, file, set), []) as MapNode);
  }

  /** The documents of a file, not yet interpolated. */
  private documents(file: string, { place }: FileSet): readonly ComposeDocument[] {
    if (++this.read > MOST_FILES) {
      throw composeInvalid(place, 'it includes or extends too many files');
    }
    const text = this.tree.readText(file);
    if (text === undefined) {
      throw composeFileMissing(file, place);
    }
    return parseComposeYaml(text, file);
  }

  private root({ root }: ComposeDocument, environment: Environment): MapNode {
    if (root.kind !== 'map') {
      throw composeInvalid(root.place, 'it is no mapping');
    }
    return interpolateNode(imageShare(root), (name) => environment.get(name)) as MapNode;
  }

  /** A service with what it extends below it. */
  private extended(source: ServiceSource, name: string, chain: readonly string[]): ComposeNode {
    const service = source.services.get(name);
    if (service?.kind !== 'map') {
      throw composeInvalid(service?.place ?? source.set.place, `services.${name} is no mapping`);
    }
    const extension = service.entries.get('extends');
    if (extension === undefined) {
      return service;
    }
    const step = `${name} in ${source.file}`;
    if (chain.includes(step) || chain.length > LONGEST_CHAIN) {
      throw composeGoesInCircles('extends', [...chain, step], extension.place);
    }
    const { service: baseName, source: baseSource } = this.baseOf(source, extension);
    if (!baseSource.services.has(baseName)) {
      throw composeServiceUnknown(baseName, [...baseSource.services.keys()], extension.place);
    }
    const own = withEntry(service, 'extends', undefined);
    if (isNull(baseSource.services.get(baseName))) {
      return own;
    }
    const base = this.extended(baseSource, baseName, [...chain, step]);
    const resets = source.resets
      .filter(([section, each]) => section === 'services' && each === name)
      .map((path) => path.slice(2));
    return mergeNodes(withoutPaths(base, resets), own, ['services', name]);
  }

  private baseOf(
    source: ServiceSource,
    extension: ComposeNode,
  ): { readonly service: string; readonly source: ServiceSource } {
    if (extension.kind === 'scalar') {
      return { service: readText(extension, 'extends')?.value ?? '', source };
    }
    const properties = readMap(extension, 'extends');
    const service = readText(properties.get('service'), 'extends.service');
    if (service === undefined) {
      throw composeInvalid(extension.place, 'extends names no service');
    }
    const named = properties.get('file');
    const file = isNull(named) ? undefined : readText(named, 'extends.file');
    return {
      service: service.value,
      source: file === undefined ? source : this.extendedFile(file, source.set),
    };
  }

  /** A file that is named by `extends`: its paths are relative to itself, and its includes do not count. */
  private extendedFile({ value, place }: Located, set: FileSet): ServiceSource {
    const file = this.located(value, set.folder, place);
    const known = this.extendedFiles.get(set) ?? new Map<string, ServiceSource>();
    this.extendedFiles.set(set, known);
    const source = known.get(file) ?? this.serviceSource(file, place, set);
    known.set(file, source);
    return source;
  }

  private serviceSource(file: string, place: Place, set: FileSet): ServiceSource {
    let model: MapNode = mapNode(new Map(), { kind: 'list', items: [], place });
    const resets: (readonly string[])[] = [];
    for (const document of this.documents(file, { ...set, place })) {
      const before = withoutPaths(model, document.resets);
      const root = this.root(document, set.environment);
      model = canonical(mergeNodes(before, root, []) as MapNode);
      resets.push(...document.resets);
    }
    const absolute = absolutePaths(model, { folder: dirname(file), home: this.home });
    const services = readMap(absolute.entries.get('services'), 'services');
    return { file, services, resets, set };
  }

  /** A document with the services of what it includes beside its own. */
  private withIncludes(root: MapNode, file: string, set: FileSet): MapNode {
    const included = [...set.included, file];
    let model = withEntry(root, 'include', undefined);
    const includes = root.entries.get('include');
    for (const entry of isNull(includes) ? [] : readList(includes, 'include')) {
      const imported = this.load(this.includedSet(entry, included, set));
      for (const section of ['services', 'secrets']) {
        model = withImported(model, imported, section, entry.place);
      }
    }
    return model;
  }

  private includedSet(entry: ComposeNode, included: readonly string[], set: FileSet): FileSet {
    const long = entry.kind === 'map' ? entry.entries : new Map([['path', entry]]);
    const { place } = entry;
    const paths = texts(long.get('path'), 'include.path');
    const files = paths.map((path) => this.located(path, set.folder, place));
    const [main] = files;
    if (main === undefined) {
      throw composeInvalid(place, 'include names no file');
    }
    if (included.includes(main) || included.length > LONGEST_CHAIN) {
      throw composeGoesInCircles('include', [...included, main], place);
    }
    const directory = readText(long.get('project_directory'), 'include.project_directory')?.value;
    const folder =
      directory === undefined || directory === ''
        ? dirname(main)
        : absolutePath(directory, { folder: set.folder, home: undefined });
    const named = texts(long.get('env_file'), 'include.env_file').map((path) =>
      absolutePath(path, { folder: set.folder, home: undefined }),
    );
    const envFiles = named.length > 0 ? named : defaultEnvFile(this.tree, folder);
    const fromFiles = readEnvFiles(this.tree, envFiles, set.environment, place);
    return { files, folder, environment: withFiles(set.environment, fromFiles), place, included };
  }

  private located(name: string, folder: string, place: Place): string {
    if (REMOTE_FILE.test(name)) {
      throw composeRemote(name, place);
    }
    return absolutePath(name, { folder, home: undefined });
  }
}

function withImported(model: MapNode, imported: MapNode, section: string, place: Place): MapNode {
  const others = readMap(imported.entries.get(section), section);
  const own = readMap(model.entries.get(section), section);
  for (const [name, node] of others) {
    const conflict = own.get(name);
    if (conflict !== undefined && plain(conflict) !== plain(node)) {
      throw composeInvalid(place, `it includes ${section}.${name}, which is there already`);
    }
  }
  return others.size === 0
    ? model
    : withEntry(model, section, mapNode(new Map([...others, ...own]), model));
}

/** What a node says, wherever it stands. */
function plain(node: ComposeNode): string {
  switch (node.kind) {
    case 'scalar':
      return JSON.stringify([node.type, node.text]);
    case 'list':
      return `[${node.items.map(plain).join()}]`;
    case 'map':
      return `{${[...node.entries]
        .map(([name, entry]) => `${JSON.stringify(name)}:${plain(entry)}`)
        .sort()
        .join()}}`;
  }
}

/** A text or a list of texts. */
function texts(node: ComposeNode | undefined, name: string): readonly string[] {
  const nodes = node?.kind === 'scalar' ? [node] : readList(node, name);
  return nodes.flatMap((item) => readText(item, name)?.value ?? []);
}
