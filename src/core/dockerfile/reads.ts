import type { Platform } from '../platform';
import { platformParts } from '../platform';
import { dockerfileInvalid } from '../problems';
import { rooted } from './contextPath';
import type { GlobalArguments } from './globals';
import type { Copy, From, Instruction, Run } from './instructions';
import type { Mount } from './mounts';
import type { Dockerfile } from './parseDockerfile';
import { isRemoteSource } from './remoteSource';
import type { NeededStage, Reference, StageGraph } from './stages';
import type { Expanded } from './variables';
import { Scope } from './variables';

/** Something that the build reads of a context: one source of one instruction. */
export interface ContextRead {
  readonly op: 'copy' | 'add' | 'mount';
  /** Undefined for the build context, else the name of a named context. */
  readonly context: string | undefined;
  /** From the context's root, with a leading slash: `/src`, `/` or a glob. */
  readonly source: string;
  /** Of `--parents`: what below the source counts. Empty for everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Whether the source is a glob; else it is one path, whatever its characters. */
  readonly glob: boolean;
  /** Whether the whole context counts, since what is really read cannot be known. */
  readonly widened: boolean;
  readonly line: number;
  /** Short, for people: `COPY package*.json`. */
  readonly label: string;
}

/** Why the whole context counts for a line. */
export interface PlanNote {
  readonly line: number;
  readonly text: string;
}

/** An image that the build starts from or takes files of. */
export interface BaseImage {
  /** As the Dockerfile names it, its variables replaced. */
  readonly reference: string;
  readonly role: 'from' | 'copy' | 'mount';
  readonly platform: string | undefined;
  readonly line: number;
}

export interface StageReads {
  readonly reads: readonly ContextRead[];
  readonly notes: readonly PlanNote[];
  readonly baseImages: readonly BaseImage[];
}

export interface ReadsRequest {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly globals: GlobalArguments;
  readonly given: ReadonlyMap<string, string>;
  readonly platform: Platform;
}

/** Walks the needed stages as the builder does, and collects what they read. */
export function readsOf(request: ReadsRequest): StageReads {
  return new ReadCollector(request).collect();
}

/** A read of everything that a context holds. */
export function wholeContext(
  at: { readonly line: number; readonly label: string },
  context?: string,
): ContextRead {
  return {
    op: 'copy',
    context,
    source: '/',
    include: [],
    exclude: [],
    glob: false,
    widened: true,
    ...at,
  };
}

/** `*`, `?` or `[` outside an escape: only then is a source a glob (buildkit solver/llbsolver/ops/file.go). */
export function hasWildcards(path: string): boolean {
  return /[*?[]/.test(path.replace(/\\[^]/g, ''));
}

/** Official images that carry ONBUILD triggers say so in their tag: `node:18-onbuild`. */
const ONBUILD_TAG = /:(?:[\w.-]*-)?onbuild(?:[-@]|$)/;

class ReadCollector {
  readonly #request: ReadsRequest;
  readonly #reads: ContextRead[] = [];
  readonly #notes: PlanNote[] = [];
  readonly #baseImages: BaseImage[] = [];
  /** The variables at the end of each stage, by its position in the file. */
  readonly #scopes = new Map<number, Scope>();

  constructor(request: ReadsRequest) {
    this.#request = request;
  }

  collect(): StageReads {
    const { graph } = this.#request;
    if (graph.target.kind === 'context') {
      const { name } = graph.target;
      this.#reads.push({
        ...wholeContext({ line: 1, label: `target ${name}` }, name),
        widened: false,
      });
    }
    for (const needed of graph.needed) {
      const scope = this.#enter(needed);
      for (const instruction of needed.instructions) {
        this.#read(instruction, scope);
      }
      this.#scopes.set(needed.stage.index, scope);
    }
    return { reads: this.#reads, notes: this.#notes, baseImages: this.#baseImages };
  }

  #enter({ stage, base, platform }: NeededStage): Scope {
    const { line, unknownFlags } = stage.from;
    this.#noteUnknownFlags('FROM', line, unknownFlags);
    switch (base.kind) {
      case 'stage':
        return this.#scopes.get(base.index)?.child() ?? Scope.ofImage();
      case 'scratch':
        return Scope.ofScratch();
      case 'context': {
        const label = `FROM ${stage.from.base}`;
        this.#reads.push({ ...wholeContext({ line, label }, base.name), widened: false });
        return Scope.ofImage();
      }
      case 'image':
        this.#baseImages.push({ reference: base.reference, role: 'from', platform, line });
        if (ONBUILD_TAG.test(base.reference)) {
          this.#widen(
            { line, label: `FROM ${stage.from.base}` },
            `The base image "${base.reference}" may bring ONBUILD instructions of its own`,
          );
        }
        return Scope.ofImage();
    }
  }

  #read(instruction: Exclude<Instruction, From>, scope: Scope): void {
    const { escape } = this.#request.dockerfile;
    const { line } = instruction;
    switch (instruction.kind) {
      case 'env':
        this.#noteUnknownFlags('ENV', line, instruction.unknownFlags);
        this.#failOn(scope.applyEnv(instruction, escape), line);
        return;
      case 'arg': {
        const { given, globals } = this.#request;
        this.#failOn(scope.applyArg(instruction, escape, given, globals), line);
        return;
      }
      case 'copy':
      case 'add':
        this.#readCopy(instruction, scope);
        return;
      case 'run':
        this.#readRun(instruction, scope);
        return;
      case 'onbuild':
        this.#noteUnknownFlags('ONBUILD', line, instruction.unknownFlags);
        return;
      case 'setting':
        this.#noteUnknownFlags(instruction.keyword, line, instruction.unknownFlags);
        return;
    }
  }

  #readCopy(copy: Copy, scope: Scope): void {
    const keyword = copy.kind.toUpperCase();
    const { line } = copy;
    this.#noteUnknownFlags(keyword, line, copy.unknownFlags);
    const reference = this.#request.graph.references.get(copy);
    if (copy.sources.length > 0) {
      this.#noteImage(reference, 'copy', line);
    }
    if (reference !== undefined && reference.kind !== 'context') {
      return;
    }
    const context = reference?.name;
    for (const written of copy.sources) {
      const label = `${keyword} ${written}`;
      const expanded = scope.expand(written, this.#request.dockerfile.escape);
      const source = this.#certainText(expanded, line);
      const isRemote = isRemoteSource(source);
      if (isRemote && copy.kind === 'copy') {
        throw this.#invalid(line, `COPY cannot fetch "${written}": ADD does`);
      }
      const isUncertain = expanded.uncertain.length > 0;
      if (isRemote && !isUncertain) {
        continue;
      }
      const widened = isUncertain || this.#isWindows();
      this.#reads.push({
        op: copy.kind,
        context,
        ...(copy.parents ? parentsOf(source) : { source: rooted(source), include: [] }),
        exclude: copy.exclude,
        glob: hasWildcards(rooted(copy.parents ? parentsOf(source).source : source)),
        widened,
        line,
        label,
      });
      this.#noteUncertain(label, line, expanded);
    }
  }

  #readRun(run: Run, scope: Scope): void {
    this.#noteUnknownFlags('RUN', run.line, run.unknownFlags);
    for (const mount of run.mounts) {
      const reference = this.#request.graph.references.get(mount);
      this.#noteImage(reference, 'mount', run.line);
      if (reference === undefined || reference.kind === 'context') {
        this.#readMount(mount, reference?.name, run.line, scope);
      }
    }
  }

  #readMount(mount: Mount, context: string | undefined, line: number, scope: Scope): void {
    const field = (key: string): Expanded & { readonly written: string } => {
      const written = mount.fields.findLast((each) => each.key === key)?.value ?? '';
      return { written, ...scope.expand(written, this.#request.dockerfile.escape) };
    };
    const type = field('type');
    const source = field('source');
    const typeText = this.#certainText(type, line).toLowerCase();
    const isCertainType = type.uncertain.length === 0;
    if (isCertainType && ['tmpfs', 'secret', 'ssh'].includes(typeText)) {
      return;
    }
    if (isCertainType && typeText === 'cache' && context === undefined) {
      return;
    }
    const label = `RUN --mount=source=${source.written === '' ? '/' : source.written}`;
    const isKnownType = typeText === '' || typeText === 'bind' || typeText === 'cache';
    if (!isKnownType && isCertainType) {
      this.#notes.push({
        line,
        text: `The mount type "${type.written}" is not known here: the whole context counts.`,
      });
    }
    this.#reads.push({
      op: 'mount',
      context,
      source: rooted(this.#certainText(source, line)),
      include: [],
      exclude: [],
      glob: false,
      widened: !isCertainType || !isKnownType || source.uncertain.length > 0 || this.#isWindows(),
      line,
      label,
    });
    this.#noteUncertain(label, line, {
      ...source,
      uncertain: [...type.uncertain, ...source.uncertain],
    });
  }

  /** The text of a word, or a Problem where it is malformed whatever the base image sets. */
  #certainText(expanded: Expanded, line: number): string {
    if (expanded.kind === 'expanded') {
      return expanded.text;
    }
    if (expanded.uncertain.length === 0) {
      throw this.#invalid(line, expanded.reason);
    }
    return '';
  }

  #isWindows(): boolean {
    return platformParts(this.#request.platform).os === 'windows';
  }

  #noteImage(reference: Reference | undefined, role: 'copy' | 'mount', line: number): void {
    if (reference?.kind === 'image') {
      const platform = undefined;
      this.#baseImages.push({ reference: reference.reference, role, platform, line });
    }
  }

  #noteUncertain(label: string, line: number, { uncertain }: Expanded): void {
    const names = [...new Set(uncertain)];
    if (names.length > 0) {
      this.#notes.push({
        line,
        text: `What "${label}" reads depends on ${names.join(' and ')}, which the base image or the builder may set: the whole context counts.`,
      });
    } else if (this.#isWindows()) {
      this.#notes.push({
        line,
        text: `"${label}" follows the rules of Windows paths: the whole context counts.`,
      });
    }
  }

  #noteUnknownFlags(keyword: string, line: number, unknownFlags: readonly string[]): void {
    const [flag] = unknownFlags;
    if (flag !== undefined) {
      const name = flag.replace(/=[^]*$/, '');
      this.#widen(
        { line, label: `${keyword} ${name}` },
        `The flag "${name}" of ${keyword} is not known here`,
      );
    }
  }

  #widen(at: { readonly line: number; readonly label: string }, reason: string): void {
    this.#reads.push(wholeContext(at));
    this.#notes.push({ line: at.line, text: `${reason}: the whole context counts.` });
  }

  #failOn(reason: string | undefined, line: number): void {
    if (reason !== undefined) {
      throw this.#invalid(line, reason);
    }
  }

  #invalid(line: number, reason: string): Error {
    return dockerfileInvalid({ file: this.#request.dockerfile.file, line }, reason);
  }
}

/** `--parents a/b/./c/*.json`: what stands before `/./` is the source, what stands behind it selects. */
function parentsOf(source: string): {
  readonly source: string;
  readonly include: readonly string[];
} {
  const pivot = source.indexOf('/./');
  return pivot < 0
    ? { source: '/', include: [parentsPattern(source)] }
    : {
        source: rooted(source.slice(0, pivot)),
        include: [parentsPattern(source.slice(pivot + 3))],
      };
}

/** An absolute path loses its slash and is else left alone: `//a` is `/a`, which nothing matches. */
function parentsPattern(path: string): string {
  return (path.startsWith('/') ? path : rooted(path)).slice(1);
}
