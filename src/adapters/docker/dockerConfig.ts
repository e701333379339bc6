import path from 'node:path';

/** One entry of `auths`: a login that `docker login` wrote into the file itself. */
export interface StoredLogin {
  /** base64 of `user:password`. */
  readonly auth: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** An OAuth 2 refresh token in place of a password. */
  readonly identitytoken: string | undefined;
}

/** What we read of Docker's config.json. */
export interface DockerConfig {
  readonly auths: Readonly<Record<string, StoredLogin>>;
  /** Server → the name of the credential helper that keeps its login. */
  readonly credHelpers: Readonly<Record<string, string>>;
  /** The credential helper of all other servers. */
  readonly credsStore: string | undefined;
  readonly currentContext: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of Docker's config.json and contexts: `DOCKER_CONFIG`, else `~/.docker`. */
export function dockerConfigFolder(environment: Environment, homeFolder: string): string {
  const folder = environment['DOCKER_CONFIG'];
  return folder === undefined || folder === '' ? path.join(homeFolder, '.docker') : folder;
}

/**
 * Parses Docker's config.json. What has not the type that Docker writes counts as not there.
 * @returns undefined where the text is no JSON object.
 */
export function parseDockerConfig(text: string): DockerConfig | undefined {
  let value: unknown;
  try {
    // Notepad and PowerShell put a byte order mark before it.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (!isRecord(value)) {
    return undefined;
  }
  return {
    auths: mapRecord(value['auths'], storedLogin),
    credHelpers: mapRecord(value['credHelpers'], textOf),
    credsStore: textOf(value['credsStore']),
    currentContext: textOf(value['currentContext']),
  };
}

/** A JSON object, as opposed to an array or null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string that is not empty; Docker writes an empty one where it means none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function storedLogin(value: unknown): StoredLogin | undefined {
  return isRecord(value)
    ? {
        auth: textOf(value['auth']),
        username: textOf(value['username']),
        password: textOf(value['password']),
        identitytoken: textOf(value['identitytoken']),
      }
    : undefined;
}

function mapRecord<T>(
  value: unknown,
  parse: (entry: unknown) => T | undefined,
): Readonly<Record<string, T>> {
  const entries = Object.entries(isRecord(value) ? value : {}).flatMap(([name, entry]) => {
    const parsed = parse(entry);
    return parsed === undefined ? [] : [[name, parsed] as const];
  });
  return Object.fromEntries(entries);
}
