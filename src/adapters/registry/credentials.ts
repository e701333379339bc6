import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../core/log';
import { credentialHelperSilent } from '../../core/problems';
import { dockerConfigFolder, isRecord, parseDockerConfig, textOf } from '../docker/dockerConfig';
import type { DockerConfig, Environment, StoredLogin } from '../docker/dockerConfig';
import { run } from '../process/run';
import { TimeBound } from '../timeBound';
import { oneLine } from './oneLine';

/** A login at a registry. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth 2 refresh token, which the registry's token server changes for an access token. */
  | { readonly kind: 'identity'; readonly token: string };

export interface CredentialAnswer {
  readonly credentials: Credentials | undefined;
  /** A sentence part on where they are from or why there are none, with no secret in it. */
  readonly origin: string;
}

export interface CredentialSources {
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly log: Log;
  /** How long a credential helper may take, in milliseconds. */
  readonly helperTimeout?: number;
}

/** What the engine's API wants beside a pull: its `X-Registry-Auth`. */
export type PullAuthentication =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

/** Under this name Docker keeps the login of Docker Hub: docker/cli, registry.IndexServer. */
const DOCKER_HUB_SERVER = 'https://index.docker.io/v1/';
/** The user name with which a credential helper says that the secret is a refresh token. */
const TOKEN_USER = '<token>';
/** docker-credential-helpers, credentials/error.go: no failure, but an answer. */
const HELPER_HAS_NONE = 'credentials not found in native keychain';
const HELPER_TIMEOUT = 10_000;

/**
 * The login that Docker's config.json or a credential helper keeps for a registry host. A helper is
 * preferred to the file, as in Docker; where it is missing or fails, the question goes on without a login.
 * @throws Problem where it does not answer.
 */
export async function findCredentials(
  host: string,
  sources: CredentialSources,
  signal: AbortSignal,
): Promise<CredentialAnswer> {
  const file = path.join(
    dockerConfigFolder(sources.environment, sources.homeFolder),
    'config.json',
  );
  const config = await readConfig(file, sources.log);
  if (typeof config === 'string') {
    return { credentials: undefined, origin: config };
  }
  const helper =
    config.credHelpers[serverOf(host)] ?? config.credHelpers[host] ?? config.credsStore;
  return helper === undefined
    ? fromFile(host, config, file, sources.log)
    : askHelper(helper, serverOf(host), sources, signal);
}

/** The login of a host in the form in which the engine's API takes it with a pull. */
export async function findPullAuthentication(
  host: string,
  sources: CredentialSources,
  signal: AbortSignal,
): Promise<PullAuthentication | undefined> {
  const { credentials } = await findCredentials(host, sources, signal);
  const serveraddress = serverOf(host);
  switch (credentials?.kind) {
    case undefined:
      return undefined;
    case 'password':
      return { username: credentials.username, password: credentials.password, serveraddress };
    case 'identity':
      return { identitytoken: credentials.token, serveraddress };
  }
}

/** The command with which a person logs in at a registry; Docker Hub is the one without a name. */
export function loginCommand(host: string): string {
  return host === 'docker.io' ? 'docker login' : `docker login ${host}`;
}

function serverOf(host: string): string {
  return host === 'docker.io' ? DOCKER_HUB_SERVER : host;
}

/** @returns a sentence part where the file gives no config. */
async function readConfig(file: string, log: Log): Promise<DockerConfig | string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return `no login was sent, as there is no ${file}`;
    }
    log.warn(`Docker's ${file} cannot be read: ${(error as Error).message}`);
    return `no login was sent, as ${file} cannot be read`;
  }
  const config = parseDockerConfig(text);
  if (config === undefined) {
    // Not the parser's message: it quotes the text, which may hold a password.
    log.warn(`Docker's ${file} is no valid JSON.`);
    return `no login was sent, as ${file} is no valid JSON`;
  }
  return config;
}

function fromFile(host: string, config: DockerConfig, file: string, log: Log): CredentialAnswer {
  const login = storedLogin(host, config);
  const credentials = login === undefined ? undefined : decodeLogin(login);
  if (credentials !== undefined) {
    return { credentials, origin: `the login in ${file} was sent` };
  }
  if (login?.auth !== undefined) {
    log.warn(`The login of ${host} in ${file} is not base64 of user:password.`);
    return { credentials, origin: `no login was sent, as the one in ${file} is malformed` };
  }
  return { credentials, origin: `no login was sent, as ${file} has none for ${host}` };
}

/** The keys of `auths` may be host names or URLs: docker/cli, credentials.ConvertToHostname. */
function storedLogin(host: string, { auths }: DockerConfig): StoredLogin | undefined {
  const hosts = host === 'docker.io' ? ['docker.io', 'index.docker.io'] : [host];
  const byUrl = Object.entries(auths).find(([key]) =>
    hosts.includes(key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? ''),
  );
  return auths[serverOf(host)] ?? byUrl?.[1];
}

function decodeLogin({
  auth,
  username,
  password,
  identitytoken,
}: StoredLogin): Credentials | undefined {
  if (identitytoken !== undefined) {
    return { kind: 'identity', token: identitytoken };
  }
  const text =
    auth === undefined
      ? `${username ?? ''}:${password ?? ''}`
      : Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1
    ? undefined
    : {
        kind: 'password',
        username: text.slice(0, colon),
        // docker/cli, configfile.decodeAuth trims what old versions padded with.
        password: text.slice(colon + 1).replace(/\0+$/, ''),
      };
}

/** The protocol of docker-credential-helpers: `get` with the server on stdin, JSON on stdout. */
async function askHelper(
  name: string,
  server: string,
  { environment, log, helperTimeout = HELPER_TIMEOUT }: CredentialSources,
  signal: AbortSignal,
): Promise<CredentialAnswer> {
  const program = `docker-credential-${name}`;
  const without = (why: string): CredentialAnswer => {
    log.warn(`${program} gave no login for ${server}: ${why}.`);
    return { credentials: undefined, origin: `no login was sent: ${program} ${why}` };
  };
  if (!/^[\w.-]+$/.test(name)) {
    return without('is no name of a program');
  }
  const bound = new TimeBound(helperTimeout, signal);
  const ending = await run(
    { file: program, args: ['get'], environment, input: server },
    { signal: bound.signal, log },
  );
  bound.end();
  signal.throwIfAborted();
  switch (ending.status) {
    case 'cancelled':
      throw credentialHelperSilent(program, server, helperTimeout / 1000);
    case 'failed':
      return without(
        ending.reason === 'missing' ? 'is not installed' : `broke off: ${ending.cause}`,
      );
    case 'exited':
      break;
  }
  if (ending.code !== 0) {
    const said = ending.stdout + ending.stderr;
    if (said.includes(HELPER_HAS_NONE)) {
      log.debug(`${program} has no login for ${server}.`);
      return { credentials: undefined, origin: `no login was sent, as ${program} has none` };
    }
    // Helpers say on stdout what went wrong; what may be a login is not repeated.
    const why = /secret|password|token/i.test(said) ? '' : `: ${oneLine(said)}`;
    return without(`failed with code ${ending.code}${why}`);
  }
  const credentials = parseHelperAnswer(ending.stdout);
  return credentials === undefined
    ? without('did not answer as a credential helper does')
    : { credentials, origin: `the login from ${program} was sent` };
}

function parseHelperAnswer(text: string): Credentials | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  const secret = isRecord(answer) ? textOf(answer['Secret']) : undefined;
  const username = isRecord(answer) ? textOf(answer['Username']) : undefined;
  if (secret === undefined || username === undefined) {
    return undefined;
  }
  return username === TOKEN_USER
    ? { kind: 'identity', token: secret }
    : { kind: 'password', username, password: secret };
}
