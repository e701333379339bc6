import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { defaultEnvFile, projectEnvFiles } from '../compose/environment';
import type { Environment } from '../compose/environment';
import type { FileTree } from '../fileTree';
import type { WorkspaceSource } from '../workspaceSource';

/** The files that the devcontainer CLI gives to Compose. */
export interface ComposeFiles {
  readonly files: readonly [string, ...string[]];
  readonly envFiles: readonly string[];
  /** The project's name, unless the environment or a file says another. */
  readonly defaultName: string;
}

/**
 * Which files make the project (devcontainers/cli spec-configuration/configuration.ts
 * getDockerComposeFilePaths, spec-node/dockerCompose.ts): those that the config names, from its folder;
 * where it names none, those of `COMPOSE_FILE`, in the environment or in the workspace's `.env`, else
 * `docker-compose.yml` and `docker-compose.override.yml` of the workspace.
 * @param named the property `dockerComposeFile`, variables substituted.
 */
export function findComposeFiles(
  tree: FileTree,
  source: WorkspaceSource,
  named: readonly string[],
  environment: Environment,
): ComposeFiles {
  const [first, ...others] = named.map((file) => resolve(dirname(source.configFile), file));
  const files =
    first === undefined
      ? defaultFiles(tree, source.folder, environment)
      : ([first, ...others] as const);
  const beside = first === undefined ? defaultEnvFile(tree, source.folder) : [];
  return {
    files,
    envFiles:
      beside.length > 0 ? beside : projectEnvFiles(tree, files[0], environment, source.folder),
    defaultName: defaultName(source, dirname(files[0])),
  };
}

function defaultFiles(
  tree: FileTree,
  folder: string,
  environment: Environment,
): ComposeFiles['files'] {
  // The CLI reads this one variable by itself, without the rules of environment files.
  const written = /^COMPOSE_FILE=(.+)$/m.exec(tree.readText(join(folder, '.env')) ?? '')?.[1];
  const listed = environment.get('COMPOSE_FILE') ?? '';
  const list = listed === '' ? (written?.trim() ?? '') : listed;
  const [first, ...others] = list === '' ? [] : list.split(delimiter);
  if (first !== undefined) {
    return [resolve(folder, first), ...others.map((file) => resolve(folder, file))];
  }
  const override = join(folder, 'docker-compose.override.yml');
  const file = join(folder, 'docker-compose.yml');
  return tree.readText(override) === undefined ? [file] : [file, override];
}

/** The CLI's getProjectName: a project in `.devcontainer` goes by the workspace's name, too. */
function defaultName({ folder }: WorkspaceSource, projectFolder: string): string {
  return projectFolder === join(folder, '.devcontainer')
    ? `${basename(folder)}_devcontainer`
    : basename(projectFolder);
}
