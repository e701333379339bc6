import { dockerfileInvalid, targetUnknown } from '../problems';
import type { Expansion } from './expand';
import { expand } from './expand';
import type { GlobalArguments } from './globals';
import type { Copy, From, Instruction } from './instructions';
import { parseInstruction } from './instructions';
import { readLines } from './lines';
import type { Mount } from './mounts';
import { findNamedContext } from './namedContexts';
import type { Dockerfile, Stage } from './parseDockerfile';

/** What FROM, `COPY --from` or a mount's `from` means. */
export type Reference =
  | { readonly kind: 'stage'; readonly index: number }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'scratch' };

/** A stage that the target needs. */
export interface NeededStage {
  readonly stage: Stage;
  readonly base: Reference;
  /** Whether no platform that only the builder knows decides which stage that is. */
  readonly baseIsCertain: boolean;
  /** The platform that FROM asks for, its variables replaced; undefined where it is the target's. */
  readonly platform: string | undefined;
  /** Names of variables in FROM, as far as they count. */
  readonly mentions: ReadonlySet<string>;
  /** What the ONBUILD of its base stage runs first, then its own. */
  readonly instructions: readonly Exclude<Instruction, From>[];
}

export interface StageGraph {
  /** In the order of the file; the target is the last. */
  readonly needed: readonly NeededStage[];
  /** The stage or context that a target of this name is. */
  readonly target: Reference;
  readonly references: ReadonlyMap<Copy | Mount, Reference>;
}

export interface StageRequest {
  readonly dockerfile: Dockerfile;
  readonly globals: GlobalArguments;
  readonly target: string | undefined;
  readonly platform: string;
  readonly platformIsCertain: boolean;
  readonly namedContexts: ReadonlySet<string>;
}

/** Finds the stages that a target needs and what each name in them means (buildkit convert.go). */
export function resolveStages(request: StageRequest): StageGraph {
  return new StageResolver(request).resolve();
}

interface ResolvedFrom {
  readonly base: Reference;
  readonly baseIsCertain: boolean;
  readonly platform: string | undefined;
  readonly mentions: ReadonlySet<string>;
}

interface ExpandedGlobal {
  readonly text: string;
  readonly mentions: ReadonlySet<string>;
}

class StageResolver {
  readonly #request: StageRequest;
  readonly #dockerfile: Dockerfile;
  readonly #froms: readonly ResolvedFrom[];
  /** What a name means to COPY and mounts: the last stage that has it, wherever it stands. */
  readonly #byName = new Map<string, Reference>();
  /** What a number means to COPY: the stages, and behind them whatever else was named, in order. */
  readonly #byNumber: Reference[] = [];
  readonly #references = new Map<Copy | Mount, Reference>();
  readonly #needed = new Map<number, NeededStage>();

  constructor(request: StageRequest) {
    this.#request = request;
    this.#dockerfile = request.dockerfile;
    this.#froms = this.#dockerfile.stages.map((stage) => this.#enter(stage));
  }

  resolve(): StageGraph {
    for (const { instructions } of this.#dockerfile.stages) {
      instructions.forEach((instruction) => {
        this.#resolveReferences(instruction);
      });
    }
    const target = this.#target();
    if (target.kind === 'stage') {
      this.#need(target.index);
    }
    const needed = [...this.#needed.values()].sort((a, b) => a.stage.index - b.stage.index);
    return { needed, target, references: this.#references };
  }

  /** Reads a stage's FROM, which sees the stages above it, and makes the stage known. */
  #enter({ from, index }: Stage): ResolvedFrom {
    const base = this.#expandGlobal(from.base, from.line);
    if (base.text === '') {
      throw this.#invalid(from.line, `"${from.base}" names no base image`);
    }
    const platform =
      from.platform === undefined ? undefined : this.#expandGlobal(from.platform, from.line);
    if (platform?.text === '') {
      throw this.#invalid(from.line, `"${from.platform ?? ''}" names no platform`);
    }
    const another = platform === undefined || this.#isTarget(platform) ? undefined : platform;
    const resolved = {
      base: this.#byName.get(base.text.toLowerCase()) ?? this.#outside(base.text),
      baseIsCertain: this.#byName.size === 0 || this.#request.globals.areCertain(base.mentions),
      platform: another?.text,
      mentions: new Set([base, another].flatMap((part) => [...(part?.mentions ?? [])])),
    };
    const replacement = from.name === undefined ? undefined : this.#namedContext(from.name);
    const self: Reference = replacement ?? { kind: 'stage', index };
    if (from.name !== undefined) {
      this.#byName.set(from.name, self);
    }
    this.#byNumber.push(self);
    return resolved;
  }

  /** A stage for the platform of the target is one for none in particular (buildkit convert.go). */
  #isTarget({ text, mentions }: ExpandedGlobal): boolean {
    const { globals, platform, platformIsCertain } = this.#request;
    return platformIsCertain && text === platform && globals.areCertain(mentions);
  }

  #expandGlobal(word: string, line: number): ExpandedGlobal {
    const { globals } = this.#request;
    const expansion: Expansion = expand(word, globals.lookup, this.#dockerfile.escape);
    if (expansion.kind === 'malformed') {
      throw this.#invalid(line, expansion.reason);
    }
    return { text: expansion.text, mentions: new Set([...expansion.used, ...expansion.unset]) };
  }

  #namedContext(name: string): Reference | undefined {
    const { namedContexts, platform } = this.#request;
    const context = findNamedContext(name, namedContexts, platform);
    return context === undefined ? undefined : { kind: 'context', name: context };
  }

  /** What a name means that no stage has. */
  #outside(name: string): Reference {
    if (name === 'scratch') {
      return { kind: 'scratch' };
    }
    return this.#namedContext(name) ?? { kind: 'image', reference: name };
  }

  #resolveReferences(instruction: Exclude<Instruction, From>): void {
    if (instruction.kind === 'copy' && instruction.from !== undefined) {
      this.#references.set(instruction, this.#copySource(instruction.from, instruction.line));
    } else if (instruction.kind === 'run') {
      const found = instruction.mounts.map((mount) => {
        const reference = this.#named(mount.from ?? 'scratch');
        if (mount.from !== undefined) {
          this.#references.set(mount, reference);
        }
        return reference;
      });
      this.#byNumber.push(...found.filter(({ kind }) => kind !== 'stage'));
    }
  }

  #named(name: string): Reference {
    return this.#byName.get(name.toLowerCase()) ?? this.#outside(name);
  }

  #copySource(from: string, line: number): Reference {
    const { escape } = this.#dockerfile;
    const expansion = expand(from, () => undefined, escape);
    if (expansion.kind === 'malformed' || expansion.text !== from) {
      throw this.#invalid(line, 'COPY --from takes neither variables nor quotes: name a stage');
    }
    if (/^[+-]?\d+$/.test(from)) {
      const stage = this.#byNumber[Number(from)];
      if (stage === undefined) {
        throw this.#invalid(line, `there is no stage ${from}`);
      }
      return stage;
    }
    const reference = this.#named(from);
    if (!this.#byName.has(from.toLowerCase())) {
      this.#byNumber.push(reference);
    }
    return reference;
  }

  #target(): Reference {
    const { target } = this.#request;
    const { stages, file } = this.#dockerfile;
    if (target === undefined) {
      const last = stages.length - 1;
      return this.#byNumber[last] ?? { kind: 'stage', index: last };
    }
    const found = this.#byName.get(target.toLowerCase());
    if (found === undefined) {
      const names = stages.map(({ from }) => from.name).filter((name) => name !== undefined);
      throw targetUnknown(target, file, [...new Set(names)]);
    }
    return found;
  }

  /** Adds a stage and, first, all that it needs; each of them stands above it. */
  #need(index: number): void {
    // One after another: a chain of ten thousand stages is no reason to overflow.
    const waiting = [index];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const stage = this.#dockerfile.stages[next];
      const from = this.#froms[next];
      if (stage === undefined || from === undefined || this.#needed.has(next)) {
        continue;
      }
      const instructions = [...this.#triggers(from.base), ...stage.instructions];
      this.#needed.set(next, { stage, ...from, instructions });
      const dependencies = [
        from.base,
        ...instructions.flatMap((each) => this.#sourcesOf(each, stage)),
      ];
      waiting.push(...dependencies.flatMap((each) => (each.kind === 'stage' ? [each.index] : [])));
    }
  }

  #sourcesOf(instruction: Exclude<Instruction, From>, stage: Stage): readonly Reference[] {
    return usersOf(instruction).flatMap((user) => {
      const reference = this.#references.get(user);
      // An ONBUILD trigger may even name the stage that it runs in.
      if (reference?.kind === 'stage' && reference.index > stage.index) {
        throw this.#invalid(instruction.line, 'it needs a stage that does not stand above it');
      }
      return reference ?? [];
    });
  }

  /** The instructions of a base stage's ONBUILD, which the builder parses anew, without directives. */
  #triggers(base: Reference): readonly Exclude<Instruction, From>[] {
    if (base.kind !== 'stage') {
      return [];
    }
    const { file, stages } = this.#dockerfile;
    return (stages[base.index]?.instructions ?? []).flatMap((instruction) => {
      if (instruction.kind !== 'onbuild') {
        return [];
      }
      const { line, expression } = instruction;
      const [source, ...others] = readLines(expression, file, line).lines;
      if (source === undefined || others.length > 0) {
        throw this.#invalid(line, 'ONBUILD takes one instruction');
      }
      const trigger = parseInstruction({ ...source, line }, '\\', file);
      if (trigger.kind === 'from') {
        throw this.#invalid(line, 'FROM cannot stand behind ONBUILD');
      }
      this.#resolveReferences(trigger);
      return [trigger];
    });
  }

  #invalid(line: number, reason: string): Error {
    return dockerfileInvalid({ file: this.#dockerfile.file, line }, reason);
  }
}

/** What of an instruction takes files from a stage, an image or a named context. */
function usersOf(instruction: Exclude<Instruction, From>): readonly (Copy | Mount)[] {
  switch (instruction.kind) {
    case 'run':
      // A tmpfs is empty whatever its `from` says.
      return instruction.mounts.filter(({ fields }) => {
        const type = fields.findLast(({ key }) => key === 'type')?.value;
        return type?.toLowerCase() !== 'tmpfs';
      });
    case 'copy':
      // `COPY --from=x <<EOF /f` takes nothing of x.
      return instruction.sources.length > 0 ? [instruction] : [];
    default:
      return [];
  }
}
