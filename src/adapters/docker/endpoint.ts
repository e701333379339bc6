import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  dockerCertificatesMissing,
  dockerContextInvalid,
  dockerContextMissing,
  dockerHostInvalid,
} from '../../core/problems';
import { dockerConfigFolder, isRecord, parseDockerConfig, textOf } from './dockerConfig';
import type { Environment } from './dockerConfig';

/** PEM texts for a TLS connection to an engine; without `ca` the system's are trusted. */
interface EndpointTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly verify: 'always' | 'never';
}

/** Where a Docker engine listens. */
export type EndpointAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'npipe'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls: EndpointTls | undefined;
    }
  | {
      readonly kind: 'ssh';
      readonly user: string | undefined;
      readonly host: string;
      readonly port: number | undefined;
      /** The engine's socket on that host, where it is not the default. */
      readonly path: string | undefined;
    };

export interface Endpoint {
  readonly address: EndpointAddress;
  /** The address as Docker writes it: `unix:///var/run/docker.sock`. */
  readonly text: string;
  /** What names it, such as `DOCKER_HOST`; undefined where nothing does and it is Docker's default. */
  readonly setBy: string | undefined;
}

/** What the search for the engine reads of this machine. */
export interface EndpointSources {
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  /** The text of a file; undefined where it is missing or cannot be read. */
  readonly readText: (path: string) => string | undefined;
}

/** What a context or the environment says of TLS, before the address tells whether it matters. */
type TlsSource = (() => EndpointTls) | undefined;

const DEFAULT_CONTEXT = 'default';

/**
 * Finds the engine's address as the docker command does (docker/cli, cli/command/cli.go): `DOCKER_HOST`,
 * else the context that `DOCKER_CONTEXT` or config.json names, else the default socket.
 * @throws a Problem where what is named does not exist or cannot be read.
 */
export function resolveEndpoint(sources: EndpointSources): Endpoint {
  const { environment, homeFolder, readText } = sources;
  const hostVariable = textOf(environment['DOCKER_HOST']);
  if (hostVariable !== undefined) {
    return parseEndpoint(hostVariable, 'DOCKER_HOST', environmentTls(sources), sources);
  }
  const configFile = path.join(dockerConfigFolder(environment, homeFolder), 'config.json');
  const contextVariable = textOf(environment['DOCKER_CONTEXT']);
  // Docker too goes on with its defaults where config.json is broken; it warns of it by itself.
  const name = contextVariable ?? parseDockerConfig(readText(configFile) ?? '')?.currentContext;
  if (name === undefined || name === DEFAULT_CONTEXT) {
    return defaultEndpoint(undefined, sources);
  }
  return contextEndpoint(
    name,
    contextVariable === undefined ? `"currentContext" in ${configFile}` : 'DOCKER_CONTEXT',
    sources,
  );
}

function defaultEndpoint(setBy: string | undefined, { platform }: EndpointSources): Endpoint {
  return platform === 'win32'
    ? {
        address: { kind: 'npipe', path: '//./pipe/docker_engine' },
        text: 'npipe:////./pipe/docker_engine',
        setBy,
      }
    : {
        address: { kind: 'unix', path: '/var/run/docker.sock' },
        text: 'unix:///var/run/docker.sock',
        setBy,
      };
}

/** A context is kept in a folder of its name's hash: docker/cli, cli/context/store/metadatastore.go. */
function contextEndpoint(name: string, setBy: string, sources: EndpointSources): Endpoint {
  const contexts = path.join(
    dockerConfigFolder(sources.environment, sources.homeFolder),
    'contexts',
  );
  const id = createHash('sha256').update(name).digest('hex');
  const metaFile = path.join(contexts, 'meta', id, 'meta.json');
  const meta = sources.readText(metaFile);
  if (meta === undefined) {
    throw dockerContextMissing(name, setBy);
  }
  const docker = dockerEndpointOf(meta);
  if (typeof docker === 'string') {
    throw dockerContextInvalid(name, metaFile, docker);
  }
  const namedBy = `the Docker context "${name}"`;
  if (docker.host === undefined) {
    return defaultEndpoint(namedBy, sources);
  }
  const tlsFolder = path.join(contexts, 'tls', id, 'docker');
  return parseEndpoint(
    docker.host,
    namedBy,
    contextTls(tlsFolder, docker.skipVerify, sources),
    sources,
  );
}

/** @returns what is wrong where the text describes no endpoint of Docker. */
function dockerEndpointOf(
  meta: string,
): { readonly host: string | undefined; readonly skipVerify: boolean } | string {
  let value: unknown;
  try {
    value = JSON.parse(meta);
  } catch {
    return 'it is no valid JSON';
  }
  const endpoints = isRecord(value) ? value['Endpoints'] : undefined;
  const docker = isRecord(endpoints) ? endpoints['docker'] : undefined;
  return isRecord(docker)
    ? { host: textOf(docker['Host']), skipVerify: docker['SkipTLSVerify'] === true }
    : 'it describes no Docker engine';
}

function contextTls(folder: string, skipVerify: boolean, { readText }: EndpointSources): TlsSource {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) =>
    readText(path.join(folder, file)),
  );
  if (ca === undefined && cert === undefined && key === undefined && !skipVerify) {
    return undefined;
  }
  return () => ({ ca, cert, key, verify: skipVerify ? 'never' : 'always' });
}

/** docker/cli, cli/flags/options.go: either variable asks for TLS, one of them also for its verification. */
function environmentTls({ environment, homeFolder, readText }: EndpointSources): TlsSource {
  const verify = textOf(environment['DOCKER_TLS_VERIFY']) !== undefined;
  if (!verify && textOf(environment['DOCKER_TLS']) === undefined) {
    return undefined;
  }
  return () => {
    const folder =
      textOf(environment['DOCKER_CERT_PATH']) ?? dockerConfigFolder(environment, homeFolder);
    const read = (file: string): string | undefined => readText(path.join(folder, file));
    const ca = read('ca.pem');
    if (verify && ca === undefined) {
      throw dockerCertificatesMissing(path.join(folder, 'ca.pem'));
    }
    return {
      ca,
      cert: read('cert.pem'),
      key: read('key.pem'),
      verify: verify ? 'always' : 'never',
    };
  };
}

/** `[scheme://]address`; an address without a scheme is TCP: docker/cli, opts/hosts.go. */
function parseEndpoint(
  text: string,
  setBy: string,
  tls: TlsSource,
  sources: EndpointSources,
): Endpoint {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/.exec(text.trim()) ?? [];
  const address = parseAddress(scheme, rest, tls, sources);
  if (typeof address === 'string') {
    throw dockerHostInvalid(text.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:***@'), setBy, address);
  }
  return { address, text, setBy };
}

/** @returns what is wrong where it is no address. */
function parseAddress(
  scheme: string,
  rest: string,
  tls: TlsSource,
  sources: EndpointSources,
): EndpointAddress | string {
  switch (scheme) {
    case 'unix':
      return { kind: 'unix', path: rest === '' ? '/var/run/docker.sock' : rest };
    case 'npipe':
      return sources.platform === 'win32'
        ? { kind: 'npipe', path: rest === '' ? '//./pipe/docker_engine' : rest }
        : 'named pipes exist on Windows only';
    case 'tcp':
      return parseTcp(rest, tls);
    case 'ssh':
      return parseSsh(rest);
    default:
      return `Docker knows no "${scheme}://"`;
  }
}

function parseTcp(rest: string, tls: TlsSource): EndpointAddress | string {
  const url = parseAuthority(rest.startsWith(':') ? `localhost${rest}` : rest);
  if (url === undefined) {
    return 'it has no valid host and port';
  }
  if (!['', '/'].includes(url.pathname) || url.username !== '' || url.search !== '') {
    return 'only a host and a port can be given';
  }
  const secure = tls?.();
  const port = url.port === '' ? (secure === undefined ? 2375 : 2376) : Number(url.port);
  return { kind: 'tcp', host: bareHost(url), port, tls: secure };
}

function parseSsh(rest: string): EndpointAddress | string {
  const url = parseAuthority(rest);
  if (url === undefined) {
    return 'it has no valid host';
  }
  if (url.password !== '') {
    return 'it holds a password; use a key';
  }
  // The remote shell reads user and path, so that they may hold nothing that it would act upon.
  if (
    !/^[\w.@-]*$/.test(url.username) ||
    !/^[\w./-]*$/.test(url.pathname + url.search + url.hash)
  ) {
    return 'only a plain user, host, port and path can be given';
  }
  return {
    kind: 'ssh',
    user: url.username === '' ? undefined : url.username,
    host: bareHost(url),
    port: url.port === '' ? undefined : Number(url.port),
    path: ['', '/'].includes(url.pathname) ? undefined : url.pathname,
  };
}

/** Read as the authority of a scheme without a default port, so that a port 80 is kept. */
function parseAuthority(text: string): URL | undefined {
  const url = URL.canParse(`docker://${text}`) ? new URL(`docker://${text}`) : undefined;
  return url === undefined || url.hostname === '' ? undefined : url;
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
