import type { Platform } from '../platform';
import { platformParts } from '../platform';
import { dockerfileInvalid } from '../problems';
import { expand } from './expand';
import type { Dockerfile } from './parseDockerfile';

/** A global ARG as written: without a default it is declared only. */
interface GlobalDefinition {
  readonly name: string;
  readonly value: string | undefined;
}

/** What some use of global arguments rests on. */
export interface GlobalOrigins {
  /** The definitions in the file, as written and in its order, less those that a given argument replaces. */
  readonly definitions: readonly GlobalDefinition[];
  /** Names of given build arguments. */
  readonly given: ReadonlySet<string>;
}

/**
 * The arguments before the first FROM: what FROM sees, and what a bare `ARG x` of a stage falls back to
 * (buildkit dockerfile2llb/convert.go buildMetaArgs, platform.go defaultArgs).
 */
export interface GlobalArguments {
  readonly lookup: (name: string) => string | undefined;
  /** All that the values of these names come from, through defaults that name others. */
  originsOf(names: Iterable<string>): GlobalOrigins;
  /** Whether the values of these names rest on nothing that only the builder knows. */
  areCertain(names: Iterable<string>): boolean;
}

/** What the build asks for, as far as arguments tell of it. */
export interface GlobalRequest {
  readonly given: ReadonlyMap<string, string>;
  readonly platform: Platform;
  readonly platformIsCertain: boolean;
  readonly target: string | undefined;
}

/**
 * Arguments that the builder sets by itself. The platform is in the key anyway; the stage is not. Of the
 * platform that builds, the target's is the best guess.
 */
function predefined(platform: Platform, stage: string): ReadonlyMap<string, string> {
  const { os, architecture, variant } = platformParts(platform);
  const values = new Map([['TARGETSTAGE', stage]]);
  for (const side of ['BUILD', 'TARGET']) {
    values.set(`${side}PLATFORM`, platform);
    values.set(`${side}OS`, os);
    values.set(`${side}OSVERSION`, '');
    values.set(`${side}ARCH`, architecture);
    values.set(`${side}VARIANT`, variant);
  }
  return values;
}

export function evaluateGlobals(
  dockerfile: Dockerfile,
  { given, platform, platformIsCertain, target }: GlobalRequest,
): GlobalArguments {
  const stage = target ?? dockerfile.stages.at(-1)?.from.name ?? 'default';
  const builtIn = predefined(platform, stage);
  const values = new Map(builtIn);
  for (const name of builtIn.keys()) {
    values.set(name, given.get(name) ?? builtIn.get(name) ?? '');
  }
  const lookup = (name: string): string | undefined => values.get(name);
  const definitions: (GlobalDefinition & { readonly mentions: ReadonlySet<string> })[] = [];
  for (const { declarations, line } of dockerfile.globals) {
    for (const { name, value } of declarations) {
      const givenValue = given.get(name);
      let mentions = new Set<string>();
      if (givenValue !== undefined) {
        values.set(name, givenValue);
      } else if (value !== undefined) {
        const expansion = expand(value, lookup, dockerfile.escape);
        if (expansion.kind === 'malformed') {
          throw dockerfileInvalid({ file: dockerfile.file, line }, expansion.reason);
        }
        values.set(name, expansion.text);
        mentions = new Set([...expansion.used, ...expansion.unset]);
      }
      definitions.push({ name, value, mentions });
    }
  }
  const visible = new Set([...builtIn.keys(), ...definitions.map(({ name }) => name)]);
  return { lookup, originsOf, areCertain };

  /** The names, and those that the defaults of these mention, and so on. */
  function withMentions(names: Iterable<string>): ReadonlySet<string> {
    const wanted = new Set(names);
    // A set grows while it is walked, and the walk goes on into what was added.
    for (const name of wanted) {
      for (const definition of given.has(name) ? [] : definitions) {
        if (definition.name === name) {
          definition.mentions.forEach((mentioned) => wanted.add(mentioned));
        }
      }
    }
    return wanted;
  }

  function originsOf(names: Iterable<string>): GlobalOrigins {
    const wanted = withMentions(names);
    const isWritten = ({ name }: GlobalDefinition): boolean => wanted.has(name) && !given.has(name);
    const written = definitions.filter(isWritten).map(({ name, value }) => ({ name, value }));
    const stageIsUsed = wanted.has('TARGETSTAGE') && !given.has('TARGETSTAGE');
    return {
      definitions: stageIsUsed ? [{ name: 'TARGETSTAGE', value: stage }, ...written] : written,
      given: new Set([...wanted].filter((name) => given.has(name) && visible.has(name))),
    };
  }

  function areCertain(names: Iterable<string>): boolean {
    const uncertain = platformIsCertain ? OF_THE_BUILDER : OF_A_PLATFORM;
    return ![...withMentions(names)].some((name) => uncertain.test(name) && !given.has(name));
  }
}

/** The key does not know on what the builder runs: `--platform` may ask it for another. */
const OF_THE_BUILDER = /^BUILD(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$/;
const OF_A_PLATFORM = /^(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$/;
