import type { Place } from '../problem';
import { composeInvalid } from '../problems';
import type { ComposeNode } from './composeNode';
import type { ComposeProject } from './loadProject';
import { readList, readMap, readPairs, readText, readValue } from './readNode';
import type { Located } from './readNode';

export interface ServiceOptions {
  readonly options: readonly string[];
  /** Where the first of them stands. */
  readonly place: Place | undefined;
  readonly variables: readonly string[];
}

type Build = ReadonlyMap<string, ComposeNode>;

/**
 * The properties of a build that are neither its Dockerfile nor its contexts nor its arguments, as options
 * of `docker buildx build` in one canonical order, each one word.
 *
 * Left out, as they say where layers come from, how the image is called, or what is said of it beside it:
 * `cache_from`, `cache_to`, `no_cache`, `no_cache_filter`, `pull`, `tags`, `provenance`, `sbom`; `isolation`
 * is for Windows containers alone.
 */
export function buildOptions(build: Build, { secrets }: ComposeProject): ServiceOptions {
  const found = [
    ...labels(build),
    ...network(build),
    ...extraHosts(build),
    ...shmSize(build),
    ...ulimits(build),
    ...secretOptions(build, secrets),
    ...ssh(build),
    ...entitlements(build),
  ];
  return {
    options: found.map(({ value }) => value),
    place: found[0]?.place,
    variables: found.flatMap(({ variables }) => variables),
  };
}

function labels(build: Build): readonly Located[] {
  return [...readPairs(build.get('labels'), 'build.labels')].sort(byName).map(([name, label]) => ({
    value: `--label=${name}=${label.value ?? ''}`,
    place: label.place,
    variables: label.value === undefined ? [] : label.variables,
  }));
}

function network(build: Build): readonly Located[] {
  const mode = readText(build.get('network'), 'build.network');
  return mode === undefined || mode.value === ''
    ? []
    : [{ ...mode, value: `--network=${mode.value}` }];
}

/** A list of `host=ip` or `host:ip`, or a mapping to one address or several. */
function extraHosts(build: Build): readonly Located[] {
  const node = build.get('extra_hosts');
  const pairs: [string, Located][] = [];
  if (node?.kind === 'list') {
    for (const item of node.items) {
      const host = readValue(item, 'an entry of build.extra_hosts');
      const [, name, address] = /^([^=:]+)[=:]([\s\S]+)$/.exec(host.value) ?? [];
      if (name === undefined || address === undefined) {
        throw composeInvalid(host.place, `"${host.value}" is no host=address`);
      }
      pairs.push(...address.split(',').map((each) => pairOf(name, { ...host, value: each })));
    }
  } else {
    for (const [name, entry] of readMap(node, 'build.extra_hosts')) {
      const items = entry.kind === 'list' ? entry.items : [entry];
      pairs.push(...items.map((item) => pairOf(name, readValue(item, `extra_hosts.${name}`))));
    }
  }
  return pairs.sort(byName).map(([name, host]) => ({
    ...host,
    value: `--add-host=${name}:${host.value.replace(/^\[(.*)\]$/, '$1')}`,
  }));
}

function shmSize(build: Build): readonly Located[] {
  const node = build.get('shm_size');
  const size = node === undefined ? undefined : readValue(node, 'build.shm_size');
  return size === undefined || size.value === ''
    ? []
    : [{ ...size, value: `--shm-size=${size.value}` }];
}

/** A number, or a mapping of `soft` and `hard`. */
function ulimits(build: Build): readonly Located[] {
  return [...readMap(build.get('ulimits'), 'build.ulimits')].sort(byName).map(([name, node]) => {
    if (node.kind !== 'map') {
      const limit = readValue(node, `build.ulimits.${name}`);
      return { ...limit, value: `--ulimit=${name}=${limit.value}` };
    }
    const [soft, hard] = ['soft', 'hard'].map((bound) => {
      const value = node.entries.get(bound);
      return value === undefined ? '0' : readValue(value, `build.ulimits.${name}.${bound}`).value;
    });
    return { value: `--ulimit=${name}=${soft}:${hard}`, place: node.place, variables: [] };
  });
}

function secretOptions(
  build: Build,
  secrets: ReadonlyMap<string, ComposeNode>,
): readonly Located[] {
  return readList(build.get('secrets'), 'build.secrets').map((item) => {
    const long = item.kind === 'map' ? item.entries : undefined;
    const source = readText(long === undefined ? item : long.get('source'), 'build.secrets');
    const definition = source === undefined ? undefined : secrets.get(source.value);
    if (source === undefined || definition === undefined) {
      throw composeInvalid(item.place, `there is no secret "${source?.value ?? ''}"`);
    }
    const target = readText(long?.get('target'), 'build.secrets.target')?.value ?? source.value;
    const { value } = secretSource(definition, source);
    return { ...source, value: `--secret=id=${csvField(target)}${value}` };
  });
}

function secretSource(definition: ComposeNode, name: Located): { readonly value: string } {
  const properties = readMap(definition, `secrets.${name.value}`);
  const variable = readText(properties.get('environment'), 'environment');
  const file = readText(properties.get('file'), 'file');
  if (variable !== undefined) {
    return { value: `,type=env,env=${variable.value}` };
  }
  return { value: file === undefined ? '' : `,type=file,${csvField(`src=${file.value}`)}` };
}

function ssh(build: Build): readonly Located[] {
  return [...readPairs(build.get('ssh'), 'build.ssh')].sort(byName).map(([name, key]) => ({
    value: `--ssh=${name}${key.value === undefined ? '' : `=${key.value}`}`,
    place: key.place,
    variables: [],
  }));
}

function entitlements(build: Build): readonly Located[] {
  const allowed = readList(build.get('entitlements'), 'build.entitlements').flatMap(
    (item) => readText(item, 'an entry of build.entitlements') ?? [],
  );
  const node = build.get('privileged');
  const privileged = node === undefined ? undefined : readValue(node, 'build.privileged');
  const insecure =
    privileged !== undefined && /^(?:true|y|yes|on)$/i.test(privileged.value)
      ? [{ ...privileged, value: 'security.insecure' }]
      : [];
  return [...allowed, ...insecure].map((each) => ({ ...each, value: `--allow=${each.value}` }));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function pairOf(name: string, value: Located): [string, Located] {
  return [name, value];
}

/** A field of RFC 4180, as Go's encoding/csv reads it. */
function csvField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
