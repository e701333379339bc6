import type { Problem } from '../../core/problem';
import {
  registryAnswerInvalid,
  registryForbidden,
  registryUnauthorized,
} from '../../core/problems';
import { isRecord, textOf } from '../docker/dockerConfig';
import { parseChallenges } from './challenge';
import type { Challenge } from './challenge';
import { loginCommand } from './credentials';
import type { CredentialAnswer, Credentials } from './credentials';
import { refusalText, statusProblem } from './refusal';
import type { RegistryClient, RegistryResponse } from './registryClient';

export type RegistryRight = 'pull' | 'push' | 'delete';

/** A repository that is to be used, as people and registries name it. */
export interface WantedRepository {
  /** As in image references: `docker.io`, where the registry itself is at another name. */
  readonly host: string;
  readonly repository: string;
  /** What a token has to allow. */
  readonly right: RegistryRight;
}

type Named = Pick<WantedRepository, 'host' | 'repository'>;

/** What goes into the header `Authorization`. */
export interface Authorization {
  readonly header: string;
  /** How long it may be used again, in milliseconds. */
  readonly lifetime: number;
}

/** A token server that names no time means this one: distribution's token specification. */
const DEFAULT_LIFETIME = 60_000;

/**
 * Answers a 401 with what the registry asks for: a token from the server that its challenge names, else
 * the login itself. @throws a Problem where the login or its absence is not accepted.
 */
export async function authenticate(
  refusal: RegistryResponse,
  wanted: WantedRepository,
  { credentials, origin }: CredentialAnswer,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<Authorization> {
  const challenges = parseChallenges(refusal.headers['www-authenticate'] ?? '');
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) {
    return askTokenServer(bearer, wanted, { credentials, origin }, client, signal);
  }
  if (!challenges.some(({ scheme }) => scheme === 'basic')) {
    throw registryAnswerInvalid(wanted.host, 'it asks for a login in no way that Docker knows');
  }
  if (credentials?.kind === 'password') {
    return { header: basic(credentials), lifetime: DEFAULT_LIFETIME };
  }
  throw unauthorized(
    wanted,
    credentials === undefined ? origin : `${origin.replace(/ was sent$/, '')} is of another kind`,
  );
}

/** The Problem of a registry that asks for a login, with where the login was looked for. */
export function unauthorized({ host, repository }: Named, origin: string): Problem {
  return registryUnauthorized(nameOf({ host, repository }), loginCommand(host), origin);
}

/** The Problem of a registry that refuses, with where the login was looked for. */
export function forbidden({ host, repository }: Named, origin: string): Problem {
  return registryForbidden(nameOf({ host, repository }), loginCommand(host), origin);
}

function nameOf({ host, repository }: Named): string {
  return `${host}/${repository}`;
}

/** The token protocols of distribution: docs/spec/auth/token.md and oauth.md. */
async function askTokenServer(
  { parameters }: Challenge,
  wanted: WantedRepository,
  { credentials, origin }: CredentialAnswer,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<Authorization> {
  const realm = tokenServer(parameters.get('realm') ?? '', wanted.host, client);
  const service = parameters.get('service');
  const question = new URLSearchParams({
    ...(service !== undefined && { service }),
    scope: scopeOf(wanted, parameters.get('scope')),
  });
  const response =
    credentials?.kind === 'identity'
      ? await client.send(
          {
            method: 'POST',
            url: realm,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: refreshForm(question, credentials.token),
          },
          signal,
        )
      : await client.send(
          {
            method: 'GET',
            url: withQuery(realm, question),
            headers: credentials === undefined ? {} : { authorization: basic(credentials) },
          },
          signal,
        );
  const why = `${origin}; ${refusalText(realm.host, response, secretsOf(credentials))}`;
  if (response.status === 200) {
    return parseToken(response, realm.host);
  }
  // A refresh token that is no longer good is a bad request in OAuth 2: RFC 6749, 5.2.
  if (response.status === 401 || (response.status === 400 && credentials?.kind === 'identity')) {
    throw unauthorized(wanted, why);
  }
  if (response.status === 403) {
    throw forbidden(wanted, why);
  }
  throw statusProblem(realm.host, response, loginCommand(wanted.host), secretsOf(credentials));
}

/** As the registry asks; but of a removal some ask for less than they then want. */
function scopeOf({ repository, right }: WantedRepository, asked: string | undefined): string {
  return right === 'delete'
    ? `repository:${repository}:pull,delete`
    : (asked ?? `repository:${repository}:pull`);
}

function tokenServer(realm: string, host: string, client: RegistryClient): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw registryAnswerInvalid(host, 'it names no token server');
  }
  if (
    url.protocol === 'http:' &&
    !client.allowsPlainHttp(url.host) &&
    !client.allowsPlainHttp(host)
  ) {
    throw registryAnswerInvalid(host, `it wants logins sent by plain HTTP to ${url.host}`);
  }
  url.username = '';
  url.password = '';
  return url;
}

function withQuery(url: URL, question: URLSearchParams): URL {
  const asked = new URL(url);
  for (const [name, value] of question) {
    asked.searchParams.set(name, value);
  }
  return asked;
}

function refreshForm(question: URLSearchParams, token: string): string {
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'devcontainer-prebuild',
    ...Object.fromEntries(question),
    refresh_token: token,
  }).toString();
}

function parseToken({ body }: RegistryResponse, host: string): Authorization {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch {
    throw registryAnswerInvalid(host, 'its token is no JSON');
  }
  const fields = isRecord(answer) ? answer : {};
  const token = textOf(fields['token']) ?? textOf(fields['access_token']);
  // What is no token would not fit into a header: RFC 6750, 2.1.
  if (token === undefined || !/^[\w.~+/=-]+$/.test(token)) {
    throw registryAnswerInvalid(host, 'it gave no token');
  }
  const seconds = fields['expires_in'];
  return {
    header: `Bearer ${token}`,
    lifetime: typeof seconds === 'number' ? seconds * 1000 : DEFAULT_LIFETIME,
  };
}

function basic({ username, password }: Credentials & { kind: 'password' }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** What must not come back in a message, should a server repeat what it was sent. */
function secretsOf(credentials: Credentials | undefined): readonly string[] {
  switch (credentials?.kind) {
    case undefined:
      return [];
    case 'password':
      return [credentials.password, basic(credentials).replace(/^Basic /, '')];
    case 'identity':
      return [credentials.token];
  }
}
