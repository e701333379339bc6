import type { DockerfileRecipe } from '../../core/buildRecipe';

/** The name of the target that a bake file builds. */
export const MAIN_TARGET = 'prebuild';

/** A target of a bake file, by the names that buildx gives its properties. */
export type BakeTarget = Readonly<Record<string, unknown>>;

/** Which property of a target an option of `docker buildx build` is, and of which form. */
const PROPERTIES: Readonly<Record<string, readonly [name: string, form: 'text' | 'list' | 'map']>> =
  {
    '--add-host': ['extra-hosts', 'map'],
    '--allow': ['entitlements', 'list'],
    '--build-context': ['contexts', 'map'],
    '--label': ['labels', 'map'],
    '--network': ['network', 'text'],
    '--secret': ['secret', 'list'],
    '--shm-size': ['shm-size', 'text'],
    '--ssh': ['ssh', 'list'],
    '--ulimit': ['ulimits', 'list'],
  };

/**
 * The file for `docker buildx bake` that builds a recipe together with the builds whose results it reads,
 * which `docker buildx build` cannot.
 * @param main what the recipe does not say of its target: tags, caches, output.
 */
export function bakeFile(recipe: DockerfileRecipe, main: BakeTarget): string {
  const targets = new Map<string, BakeTarget>();
  addTarget(targets, MAIN_TARGET, recipe, main);
  // Bake replaces ${…} and %{…} in every text.
  return JSON.stringify({ target: Object.fromEntries(targets) }, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/[$%](?=\{)/g, '$&$&') : value,
  );
}

function addTarget(
  targets: Map<string, BakeTarget>,
  name: string,
  recipe: DockerfileRecipe,
  common: BakeTarget,
): void {
  // Put in at once, so that the next target gets another number.
  targets.set(name, {});
  const links = [...recipe.linked].map(([context, linked]) => {
    const target = `linked-${targets.size}`;
    addTarget(targets, target, linked, { platforms: common['platforms'] });
    return `--build-context=${context}=target:${target}`;
  });
  targets.set(name, {
    context: recipe.context,
    dockerfile: recipe.dockerfile,
    args: Object.fromEntries(recipe.buildArgs),
    ...(recipe.target === undefined ? {} : { target: recipe.target }),
    ...common,
    ...propertiesOf([...labelOptions(common), ...recipe.options, ...links]),
  });
}

/** Labels of ours and of the recipe are one mapping. */
function labelOptions({ labels }: BakeTarget): readonly string[] {
  return Object.entries((labels ?? {}) as Readonly<Record<string, string>>).map(
    ([name, value]) => `--label=${name}=${value}`,
  );
}

function propertiesOf(options: readonly string[]): BakeTarget {
  const properties: Record<string, unknown> = {};
  for (const option of options) {
    const [, flag = '', value = ''] = /^(--[a-z-]+)=([\s\S]*)$/.exec(option) ?? [];
    const [name, form] = PROPERTIES[flag] ?? [];
    if (name === undefined) {
      continue;
    }
    if (form === 'text') {
      properties[name] = value;
    } else if (form === 'list') {
      properties[name] = [...((properties[name] ?? []) as string[]), value];
    } else {
      const known = (properties[name] ?? {}) as Readonly<Record<string, string>>;
      const [, key = '', text = ''] =
        (name === 'extra-hosts' ? /^([^:]*):([\s\S]*)$/ : /^([^=]*)=([\s\S]*)$/).exec(value) ?? [];
      const joined = name === 'extra-hosts' && key in known ? `${known[key]},${text}` : text;
      properties[name] = { ...known, [key]: joined };
    }
  }
  return properties;
}
