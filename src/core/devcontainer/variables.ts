import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { WorkspaceSource } from '../workspaceSource';
import type { JsonValue } from './jsonc';

/** What `${…}` in devcontainer.json may refer to before there is a container. */
export interface VariableScope {
  readonly source: WorkspaceSource;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly containerWorkspaceFolder: string;
}

/**
 * Replaces the variables in every string of a value. What only a container knows (`${containerEnv:X}`)
 * and what nobody knows stays as it is, as in the devcontainer CLI (spec-common/variableSubstitution.ts).
 * @param seen told the name of each `localEnv` variable that was read.
 */
export function substitute<T extends JsonValue>(
  value: T,
  scope: VariableScope,
  seen?: (variable: string) => void,
): T {
  if (typeof value === 'string') {
    if (!value.includes('${')) {
      return value;
    }
    return value.replace(/\$\{(.*?)\}/g, (match, inner: string) => {
      const [name = '', ...rest] = inner.split(':');
      return resolve(name, rest, scope, seen) ?? match;
    }) as T;
  }
  if (Array.isArray(value)) {
    return value.map((item: JsonValue) => substitute(item, scope, seen)) as unknown as T;
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substitute(item, scope, seen)]),
    ) as T;
  }
  return value;
}

function resolve(
  name: string,
  [variable, fallback]: readonly string[],
  { source, environment, containerWorkspaceFolder }: VariableScope,
  seen: ((variable: string) => void) | undefined,
): string | undefined {
  switch (name) {
    case 'env':
    case 'localEnv':
      if (variable === undefined) {
        return undefined;
      }
      seen?.(variable);
      // `${localEnv:X:a:b}` gives `a`: the CLI cuts the default at its first colon, and so do we.
      return environment[variable] ?? fallback ?? '';
    case 'localWorkspaceFolder':
      return source.folder;
    case 'localWorkspaceFolderBasename':
      return basename(source.folder);
    case 'containerWorkspaceFolder':
      return containerWorkspaceFolder;
    case 'containerWorkspaceFolderBasename':
      return basename(containerWorkspaceFolder);
    case 'devcontainerId':
      return devcontainerId(source);
    default:
      return undefined;
  }
}

/** The id that the specification derives from the container's labels (its `devcontainerId` section). */
function devcontainerId({ folder, configFile }: WorkspaceSource): string {
  const labels = { 'devcontainer.config_file': configFile, 'devcontainer.local_folder': folder };
  const hash = createHash('sha256').update(JSON.stringify(labels)).digest('hex');
  return BigInt(`0x${hash}`).toString(32).padStart(52, '0');
}
