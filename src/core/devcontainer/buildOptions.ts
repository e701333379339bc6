import { resolve } from 'node:path';

/** What the options of a build say, as far as the key has to know. */
export interface ReadOptions {
  /** From `--build-arg`; these win over `build.args`, as the later flag wins in Docker. */
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly target: string | undefined;
  /** From `--build-context`: a name and a folder or another source, as written. */
  readonly namedContexts: ReadonlyMap<string, string>;
  /** All other options that can change the image, as written, in their order; of secrets the names. */
  readonly others: readonly string[];
}

/** Options that say how to build or what to show, never what is built; with the number of their values. */
const WITHOUT_EFFECT: Readonly<Record<string, 0 | 1>> = {
  '--progress': 1,
  '--quiet': 0,
  '-q': 0,
  '--no-cache': 0,
  '--pull': 0,
  '--cache-from': 1,
  '--cache-to': 1,
  '--allow': 1,
};

/** Options that lend the build something of this machine, of which only the name can shape the image. */
const LENDING: Readonly<Record<string, (value: string) => string>> = {
  '--secret': (value) => /(?:^|,)"?id=([^,"]*)/.exec(value)?.[1] ?? value,
  '--ssh': (value) => splitOnce(value)[0],
};

/**
 * Reads `build.options`, which the CLI passes to `docker buildx build` word by word: `--build-arg K=V` may
 * stand as one word with `=`, or as two.
 * @param environment the source of the value of a `--build-arg K` without one.
 */
export function readBuildOptions(
  options: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ReadOptions {
  const buildArgs = new Map<string, string>();
  const namedContexts = new Map<string, string>();
  const others: string[] = [];
  let target: string | undefined;
  for (let index = 0; index < options.length; index++) {
    const word = options[index] ?? '';
    const [, name = word, attached] = /^(--[a-z-]+)=([\s\S]*)$/.exec(word) ?? [];
    const value = (): string => attached ?? options[++index] ?? '';
    if (name === '--build-arg') {
      const [key, text] = splitOnce(value());
      const known = text ?? environment[key];
      if (known !== undefined) {
        buildArgs.set(key, known);
      }
    } else if (name === '--build-context') {
      const [key, source = ''] = splitOnce(value());
      namedContexts.set(key, source);
    } else if (name === '--target') {
      target = value();
    } else if (LENDING[name] !== undefined) {
      others.push(`${name}=${LENDING[name](value())}`);
    } else if (WITHOUT_EFFECT[name] === undefined) {
      others.push(word);
    } else if (WITHOUT_EFFECT[name] === 1) {
      value();
    }
  }
  return { buildArgs, target, namedContexts, others };
}

/** Sources of a named context that are no folder of this machine: buildx's build/build.go. */
const REMOTE_CONTEXT =
  /^(?:docker-image:\/\/|oci-layout:\/\/|target:|https?:\/\/|git@|git:\/\/|ssh:\/\/|github\.com\/)/;

/** Whether the source of a `--build-context` is something else than a local folder. */
export function isRemoteContext(source: string): boolean {
  return REMOTE_CONTEXT.test(source);
}

/**
 * The options with the folders of `--build-context` made absolute: a builder may run in another folder
 * than the workspace, from which the devcontainer CLI resolves them.
 */
export function withAbsoluteContexts(
  options: readonly string[],
  folder: string,
): readonly string[] {
  const absolute = (definition: string): string => {
    const [name, source] = splitOnce(definition);
    return source === undefined || isRemoteContext(source)
      ? definition
      : `${name}=${resolve(folder, source)}`;
  };
  return options.map((word, index) => {
    const attached = /^--build-context=([\s\S]*)$/.exec(word)?.[1];
    if (attached !== undefined) {
      return `--build-context=${absolute(attached)}`;
    }
    return options[index - 1] === '--build-context' ? absolute(word) : word;
  });
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
