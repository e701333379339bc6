import { cp, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRecipe, FeatureLayer } from '../../core/buildRecipe';
import { shadowConfig } from '../../core/devcontainer/shadowConfig';

/**
 * Writes the shadow of a config with features into an empty folder: the CLI builds from it instead of the
 * user's tree.
 * @returns whether there is a lock file for the CLI to follow.
 */
export async function writeShadowFolder(
  folder: string,
  recipe: BuildRecipe,
  layer: FeatureLayer,
  options: readonly string[],
): Promise<'locked' | 'unlocked'> {
  const inner = join(folder, '.devcontainer');
  await mkdir(inner);
  const imageDockerfile = join(inner, 'Dockerfile');
  if (recipe.base.kind === 'image') {
    await writeFile(imageDockerfile, `FROM ${recipe.base.image}\n`);
  }
  const shadow = shadowConfig(recipe, layer, options, imageDockerfile);
  for (const { from, to } of shadow.localFeatures) {
    await cp(from, join(inner, to), { recursive: true, dereference: true });
  }
  if (shadow.lockFile !== undefined) {
    await copyFile(shadow.lockFile, join(inner, 'devcontainer-lock.json'));
  }
  await writeFile(join(inner, 'devcontainer.json'), JSON.stringify(shadow.config, undefined, 2));
  return shadow.lockFile === undefined ? 'unlocked' : 'locked';
}
