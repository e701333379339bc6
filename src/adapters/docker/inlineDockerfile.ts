import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerfileRecipe } from '../../core/buildRecipe';

/**
 * The recipe with each Dockerfile that stands inside another file written out below a folder, where no
 * ignore file can be beside it.
 */
export async function withWrittenDockerfiles(
  recipe: DockerfileRecipe,
  folder: string,
): Promise<DockerfileRecipe> {
  const linked = new Map<string, DockerfileRecipe>();
  for (const [name, each] of recipe.linked) {
    linked.set(name, await withWrittenDockerfiles(each, folder));
  }
  if (recipe.inline === undefined) {
    return { ...recipe, linked };
  }
  const dockerfile = join(await mkdtemp(join(folder, 'inline-')), 'Dockerfile');
  await writeFile(dockerfile, recipe.inline.text);
  return { ...recipe, dockerfile, inline: undefined, linked };
}
