import type { FileTree } from '../fileTree';
import { isNull } from './composeNode';
import { parseComposeYaml } from './composeYaml';
import type { Environment } from './environment';
import { imageShare } from './imageShare';
import { interpolateNode } from './interpolateNode';
import { readText } from './readNode';

/**
 * The project's name, which `${COMPOSE_PROJECT_NAME}` gives: that of the environment, else the last that
 * the files have at their top, else another.
 */
export function projectName(
  tree: FileTree,
  files: readonly string[],
  environment: Environment,
  otherwise: string,
): string {
  const named = environment.get('COMPOSE_PROJECT_NAME');
  if (named !== undefined && named !== '') {
    return named;
  }
  return normalized(nameInFiles(tree, files, environment) ?? otherwise);
}

function nameInFiles(
  tree: FileTree,
  files: readonly string[],
  environment: Environment,
): string | undefined {
  const names = files.flatMap((file) =>
    parseComposeYaml(tree.readText(file) ?? '', file).map(({ root }) => {
      const name = root.kind === 'map' ? imageShare(root).entries.get('name') : undefined;
      const lookup = (variable: string): string | undefined => environment.get(variable);
      return name === undefined || isNull(name)
        ? undefined
        : readText(interpolateNode(name, lookup), 'name')?.value;
    }),
  );
  return names.findLast((name) => name !== undefined && name !== '');
}

/** compose-go loader/loader.go NormalizeProjectName. */
function normalized(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
