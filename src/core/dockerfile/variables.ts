import type { Escape } from './directives';
import { expand } from './expand';
import type { GlobalArguments } from './globals';
import type { Arg, Env } from './instructions';

/** What PATH is where nothing sets it (buildkit util/system/path.go). */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Arguments that BuildKit keeps out of the environment. */
const NEVER_VARIABLES = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE']);

interface Binding {
  readonly value: string;
  /** Whether the Dockerfile alone decides it. */
  readonly certain: boolean;
}

/** A word with its variables replaced. */
export type Expanded =
  | {
      readonly kind: 'expanded';
      readonly text: string;
      /** Variables that the base image or the builder could set to something else. */
      readonly uncertain: readonly string[];
    }
  | {
      readonly kind: 'malformed';
      readonly reason: string;
      readonly uncertain: readonly string[];
    };

/**
 * The variables at one point of a stage. A base image's environment is not read, so every variable that
 * the Dockerfile itself does not set is unset here, and uncertain.
 */
export class Scope {
  /** What an instruction sees: ENV and ARG, the later of both. */
  readonly #visible: Map<string, Binding>;
  /** What the image takes along: ENV alone. */
  readonly #environment: Map<string, Binding>;
  /** Whether an image at the root may set variables. */
  readonly #hasImage: boolean;
  #allUncertain = false;

  private constructor(
    hasImage: boolean,
    visible: Iterable<readonly [string, Binding]>,
    environment: Iterable<readonly [string, Binding]>,
  ) {
    this.#hasImage = hasImage;
    this.#visible = new Map(visible);
    this.#environment = new Map(environment);
    if (!this.#environment.has('PATH')) {
      const path = { value: DEFAULT_PATH, certain: !hasImage };
      this.#environment.set('PATH', path);
      this.#visible.set('PATH', path);
    }
  }

  static ofScratch(): Scope {
    return new Scope(false, [], []);
  }

  static ofImage(): Scope {
    return new Scope(true, [], []);
  }

  /**
   * A stage begins with all that its base ended with, but then the base's environment is set anew: after
   * `ENV a=1` and `ARG a=2` the child sees 1, and an `ARG a=2` alone may give way to the base image's `a`.
   */
  child(): Scope {
    const visible = [...this.#visible].map(([name, binding]): [string, Binding] => [
      name,
      this.#environment.get(name) ?? { ...binding, certain: binding.certain && !this.#hasImage },
    ]);
    const child = new Scope(this.#hasImage, visible, this.#environment);
    child.#allUncertain = this.#allUncertain;
    return child;
  }

  expand(word: string, escape: Escape): Expanded {
    const expansion = expand(word, (name) => this.#visible.get(name)?.value, escape);
    const names = [...expansion.used, ...expansion.unset];
    const uncertain = names.filter((name) => !this.#isCertain(name));
    return expansion.kind === 'malformed'
      ? { kind: 'malformed', reason: expansion.reason, uncertain }
      : { kind: 'expanded', text: expansion.text, uncertain };
  }

  #isCertain(name: string): boolean {
    return !this.#allUncertain && (this.#visible.get(name)?.certain ?? !this.#hasImage);
  }

  /** @returns why an expansion fails, where it fails whatever the base image sets. */
  applyEnv({ pairs }: Env, escape: Escape): string | undefined {
    // All words see what was set before the instruction: `ENV a=1 b=$a`.
    const expanded = pairs.map(({ key, value }) => ({
      key: this.expand(key, escape),
      value: this.expand(value, escape),
    }));
    for (const { key, value } of expanded) {
      for (const { kind, reason, uncertain } of [key, value].filter(isMalformed)) {
        if (uncertain.length === 0) {
          return `${kind} word: ${reason}`;
        }
      }
      if (key.kind === 'malformed' || key.uncertain.length > 0) {
        // Any variable may be the one that is set.
        this.#allUncertain = true;
        continue;
      }
      const binding = {
        value: value.kind === 'expanded' ? value.text : '',
        certain: value.uncertain.length === 0,
      };
      this.#visible.set(key.text, binding);
      this.#environment.set(key.text, binding);
    }
    return undefined;
  }

  /** @returns why an expansion fails, as above. */
  applyArg(
    { declarations }: Arg,
    escape: Escape,
    given: ReadonlyMap<string, string>,
    globals: GlobalArguments,
  ): string | undefined {
    const before = new Set<string>();
    for (const { name, value } of declarations) {
      const givenValue =
        given.get(name) ?? (value === undefined ? globals.lookup(name) : undefined);
      let binding: Binding | undefined;
      if (givenValue !== undefined) {
        binding = { value: givenValue, certain: given.has(name) || globals.areCertain([name]) };
      } else if (value !== undefined) {
        const expanded = this.expand(value, escape);
        if (expanded.kind === 'malformed' && expanded.uncertain.length === 0) {
          return expanded.reason;
        }
        binding = {
          value: expanded.kind === 'expanded' ? expanded.text : '',
          // In `ARG a=1 b=$a`, frontends before 1.8 expand b with what a was before.
          certain: expanded.uncertain.length === 0 && !mentionsAny(value, before, escape),
        };
      }
      if (binding !== undefined && !NEVER_VARIABLES.has(name)) {
        this.#visible.set(name, binding);
      }
      this.#doubtExpandedName(name, binding, escape);
      before.add(name);
    }
    return undefined;
  }

  /** Frontends before 1.8 expand the name, too: `ARG "a"=1` sets a there, and `"a"` since. */
  #doubtExpandedName(name: string, binding: Binding | undefined, escape: Escape): void {
    const expanded = this.expand(name, escape);
    if (expanded.kind === 'malformed' || expanded.uncertain.length > 0) {
      this.#allUncertain = true;
    } else if (expanded.text !== name) {
      const value = this.#visible.get(expanded.text)?.value ?? binding?.value ?? '';
      this.#visible.set(expanded.text, { value, certain: false });
    }
  }
}

function isMalformed(expanded: Expanded): expanded is Extract<Expanded, { kind: 'malformed' }> {
  return expanded.kind === 'malformed';
}

function mentionsAny(word: string, names: ReadonlySet<string>, escape: Escape): boolean {
  const { used, unset } = expand(word, () => undefined, escape);
  return [...used, ...unset].some((name) => names.has(name));
}
