/*
 * Named contexts (`--build-context name=…`) go by the short form of an image's name, so that one can stand
 * in for an image: `alpine` for `docker.io/library/alpine:latest` (buildkit dockerui/config.go NamedContext).
 */

function familiarName(reference: string): string {
  return reference
    .replace(/^(?:index\.)?docker\.io\//, '')
    .replace(/^library\//, '')
    .replace(/:latest$/, '');
}

/** The given named context that a name in the Dockerfile means, as it was given. */
export function findNamedContext(
  name: string,
  given: ReadonlySet<string>,
  platform: string,
): string | undefined {
  if (/^(?:scratch|context)$/i.test(name)) {
    return undefined;
  }
  const wanted = familiarName(name);
  const all = [...given];
  return (
    all.find((context) => context === `${wanted}::${platform}`) ??
    all.find((context) => context === name || familiarName(context) === wanted)
  );
}
