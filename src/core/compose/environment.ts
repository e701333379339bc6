import { basename, dirname, join, resolve } from 'node:path';
import type { FileTree } from '../fileTree';
import type { Place } from '../problem';
import { composeEnvFileMissing } from '../problems';
import { parseDotEnv } from './dotEnv';

/** The variables that compose files see. */
export type Environment = ReadonlyMap<string, string>;

/** An environment as Node has it, without the names that are not set. */
export function processEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Environment {
  return new Map(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** What is set already wins over what files say. */
export function withFiles(environment: Environment, fromFiles: Environment): Environment {
  return new Map([...fromFiles, ...environment]);
}

/**
 * Reads environment files in their order; a later one wins, and refers to what earlier ones said.
 * @param place where the files are named.
 * @throws Problem where one is missing or malformed.
 */
export function readEnvFiles(
  tree: FileTree,
  files: readonly string[],
  environment: Environment,
  place: Place,
): Environment {
  const values = new Map<string, string>();
  for (const file of files) {
    const text = isNothing(tree, file) ? '' : tree.readText(file);
    if (text === undefined) {
      throw composeEnvFileMissing(file, place);
    }
    const inherited = (name: string): string | undefined =>
      environment.get(name) ?? values.get(name);
    for (const [name, value] of parseDotEnv(text, file, inherited)) {
      values.set(name, value);
    }
  }
  return values;
}

/** `/dev/null`, which is how one says that there is no file. */
function isNothing(tree: FileTree, file: string): boolean {
  return basename(file) === 'null' && tree.stat(file)?.kind === 'special';
}

/** The `.env` of a folder, where it has one. */
export function defaultEnvFile(tree: FileTree, folder: string): readonly string[] {
  const file = join(folder, '.env');
  const kind = tree.stat(file)?.kind;
  return kind === 'file' || (kind === 'link' && tree.readText(file) !== undefined) ? [file] : [];
}

/**
 * The environment files of a project: those that `COMPOSE_ENV_FILES` names, else the `.env` beside the
 * first compose file, unless `COMPOSE_DISABLE_ENV_FILE` says no (compose-go cli/options.go).
 * @param workingFolder the folder that the environment's own paths are relative to.
 */
export function projectEnvFiles(
  tree: FileTree,
  composeFile: string,
  environment: Environment,
  workingFolder: string,
): readonly string[] {
  const named = (environment.get('COMPOSE_ENV_FILES') ?? '')
    .split(',')
    .filter((file) => file !== '');
  if (named.length > 0) {
    return named.map((file) => resolve(workingFolder, file));
  }
  return /^(?:1|t|true)$/i.test(environment.get('COMPOSE_DISABLE_ENV_FILE') ?? '')
    ? []
    : defaultEnvFile(tree, dirname(composeFile));
}
