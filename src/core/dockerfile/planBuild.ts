import type { Platform } from '../platform';
import type { CanonicalContext } from './canonicalText';
import { canonicalFrom, canonicalText } from './canonicalText';
import type { Frontend } from './directives';
import { detectFrontend, familiarFrontend, isKnownFrontend } from './directives';
import type { GlobalArguments } from './globals';
import { evaluateGlobals } from './globals';
import type { Dockerfile } from './parseDockerfile';
import { parseDockerfile } from './parseDockerfile';
import type { BaseImage, ContextRead, PlanNote } from './reads';
import { readsOf, wholeContext } from './reads';
import type { NeededStage, StageGraph } from './stages';
import { resolveStages } from './stages';

export interface PlanRequest {
  readonly text: string;
  /** Shown in places and Problems. */
  readonly file: string;
  /** The line of the file at which the Dockerfile begins; 1 unless it stands inside another file. */
  readonly firstLine?: number;
  readonly target: string | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** The target platform. */
  readonly platform: Platform;
  /** Whether no option of the build asks for another one. */
  readonly platformIsCertain: boolean;
  /** Names given by --build-context. */
  readonly namedContexts: ReadonlySet<string>;
}

/** What a build of one Dockerfile would do, as far as a key has to know. */
export interface BuildPlan {
  /** Only those that the target needs, in file order. */
  readonly stages: readonly PlannedStage[];
  readonly reads: readonly ContextRead[];
  /** What forced a fallback to the whole context. */
  readonly notes: readonly PlanNote[];
  readonly baseImages: readonly BaseImage[];
  /** Names of given build arguments that the needed stages or their FROMs can see, sorted. */
  readonly buildArgs: readonly string[];
}

export interface PlannedStage {
  readonly index: number;
  readonly name: string | undefined;
  readonly line: number;
  /** Its FROM, what ONBUILD of its base adds, and its own; the frontend heads the first stage. */
  readonly instructions: readonly PlannedInstruction[];
}

export interface PlannedInstruction {
  /** What identifies the build: see canonicalText.ts. */
  readonly text: string;
  readonly line: number;
}

/** Build arguments that reach the builder without an ARG. */
const ALWAYS_SEEN = /^(?:BUILDKIT_.*|SOURCE_DATE_EPOCH)$/;

/** Plans the build of a Dockerfile. Throws a Problem where the build itself would fail. */
export function planBuild(request: PlanRequest): BuildPlan {
  const frontend = frontendOf(request);
  if (frontend !== undefined && !isKnownFrontend(frontend.reference)) {
    return planWhole(
      request,
      { line: frontend.line, label: `syntax=${frontend.reference}` },
      `The rules of the frontend "${frontend.reference}" are not known here`,
    );
  }
  const { platform, platformIsCertain, namedContexts, buildArgs: given } = request;
  const target = request.target === '' ? undefined : request.target;
  const dockerfile = parseDockerfile(request.text, request.file, request.firstLine);
  const globals = evaluateGlobals(dockerfile, { given, platform, platformIsCertain, target });
  const graph = resolveStages({
    dockerfile,
    globals,
    target,
    platform,
    platformIsCertain,
    namedContexts,
  });
  const doubtful = graph.needed.find(({ baseIsCertain }) => !baseIsCertain)?.stage.from;
  if (doubtful !== undefined) {
    const { base, line } = doubtful;
    const reason = `Which stage "FROM ${base}" means depends on the platform of the builder`;
    return planWhole(request, { line, label: `FROM ${base}` }, reason);
  }
  const { reads, notes, baseImages } = readsOf({ dockerfile, graph, globals, given, platform });
  return {
    stages: plannedStages(dockerfile, graph, globals, given, frontend),
    reads,
    notes,
    baseImages,
    buildArgs: seenArguments(graph, globals, given),
  };
}

/** The argument BUILDKIT_SYNTAX beats the directive. */
function frontendOf({ text, buildArgs }: PlanRequest): Frontend | undefined {
  const [given] = buildArgs.get('BUILDKIT_SYNTAX')?.trim().split(' ', 1) ?? [];
  return given === undefined ? detectFrontend(text) : { reference: given, line: 1 };
}

/** Of a build that cannot be followed: all that it can see counts. */
function planWhole(
  request: PlanRequest,
  at: { readonly line: number; readonly label: string },
  reason: string,
): BuildPlan {
  const contexts = [undefined, ...[...request.namedContexts].sort()];
  return {
    stages: [
      {
        index: 0,
        name: undefined,
        line: 1,
        instructions: [{ text: JSON.stringify(['TEXT', request.text]), line: 1 }],
      },
    ],
    reads: contexts.map((context) => wholeContext(at, context)),
    notes: [{ line: at.line, text: `${reason}: the whole context counts.` }],
    baseImages: [],
    buildArgs: [...request.buildArgs.keys()].sort(),
  };
}

function plannedStages(
  dockerfile: Dockerfile,
  graph: StageGraph,
  globals: GlobalArguments,
  given: ReadonlyMap<string, string>,
  frontend: Frontend | undefined,
): readonly PlannedStage[] {
  const ranks = new Map(graph.needed.map(({ stage }, rank) => [stage.index, rank]));
  const context: Omit<CanonicalContext, 'isTarget'> = {
    escape: dockerfile.escape,
    referenceOf: (user) => graph.references.get(user),
    rankOf: (index) => ranks.get(index) ?? -1,
    originsOf: (names) => globals.originsOf(names),
    isGiven: (name) => given.has(name),
  };
  const planned = graph.needed.map((needed): PlannedStage => {
    const { index, from } = needed.stage;
    const { target } = graph;
    const inStage = { ...context, isTarget: target.kind === 'stage' && target.index === index };
    return {
      index,
      name: from.name,
      line: from.line,
      instructions: [
        { text: canonicalFrom(needed, inStage), line: from.line },
        ...needed.instructions.map((instruction) => ({
          text: canonicalText(instruction, inStage),
          line: instruction.line,
        })),
      ],
    };
  });
  const [first, ...others] = planned;
  return first === undefined || frontend === undefined
    ? planned
    : [{ ...first, instructions: [frontendText(frontend), ...first.instructions] }, ...others];
}

/** The frontend's version changes what instructions do. */
function frontendText({ reference, line }: Frontend): PlannedInstruction {
  return { text: JSON.stringify(['SYNTAX', familiarFrontend(reference)]), line };
}

function seenArguments(
  { needed }: StageGraph,
  globals: GlobalArguments,
  given: ReadonlyMap<string, string>,
): readonly string[] {
  const seen = new Set([...given.keys()].filter((name) => ALWAYS_SEEN.test(name)));
  for (const stage of needed) {
    namesSeenBy(stage, globals, given).forEach((name) => seen.add(name));
  }
  return [...seen].sort();
}

function namesSeenBy(
  { mentions, instructions }: NeededStage,
  globals: GlobalArguments,
  given: ReadonlyMap<string, string>,
): readonly string[] {
  const declarations = instructions.flatMap((each) =>
    each.kind === 'arg' ? each.declarations : [],
  );
  const declared = declarations.map(({ name }) => name).filter((name) => given.has(name));
  const inherited = declarations.filter(({ value }) => value === undefined).map(({ name }) => name);
  return [...declared, ...globals.originsOf([...mentions, ...inherited]).given];
}
