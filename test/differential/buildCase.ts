/** What a build is made from: all that a mutation may change. */
export interface BuildCase {
  /** The build context, from relative paths; the directories on the way to an entry are made. */
  readonly tree: Tree;
  /** A named context, `lib`; undefined where the build has none. */
  readonly library: Tree | undefined;
  readonly dockerfile: Dockerfile;
  /** In the context, where `COPY .` reads it, or beside it. */
  readonly dockerfileIn: 'context' | 'workspace';
  /** The lines of `.dockerignore`; undefined: there is none. */
  readonly ignore: readonly string[] | undefined;
  /** The lines of `Dockerfile.dockerignore`. */
  readonly ownIgnore: readonly string[] | undefined;
  readonly target: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The property `name` of devcontainer.json. */
  readonly configName: string;
}

export type Tree = ReadonlyMap<string, Entry>;

export type Entry =
  | {
      readonly kind: 'file';
      readonly text: string;
      readonly mode: number;
      /** Whether its modification time is long ago, and not now. */
      readonly isOld: boolean;
    }
  /** A tar archive, which ADD unpacks: its files, by their names. */
  | { readonly kind: 'archive'; readonly members: Readonly<Record<string, string>> }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'directory'; readonly mode: number };

export interface Dockerfile {
  readonly directives: readonly string[];
  readonly escape: '\\' | '`';
  readonly lineEnd: '\n' | '\r\n';
  readonly hasByteOrderMark: boolean;
  readonly globals: readonly Instruction[];
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly base: StageBase;
  readonly name: string | undefined;
  readonly platform: string | undefined;
  readonly comment: string | undefined;
  readonly instructions: readonly Instruction[];
}

export type StageBase =
  | { readonly kind: 'image'; readonly written: string }
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly index: number };

/** What `--from` names: a stage by its position in the file, or the named context. */
export interface FromSource {
  readonly stage: number | 'lib';
  readonly by: 'name' | 'number' | 'upper';
}

export interface Layout {
  /** A comment on a line of its own above; an empty text is an empty line. */
  readonly comment: string | undefined;
  readonly style: 'plain' | 'wide' | 'continued' | 'commented' | 'lower';
}

export interface CopyInstruction extends Layout {
  readonly kind: 'copy';
  readonly keyword: 'COPY' | 'ADD';
  readonly flags: readonly string[];
  readonly from: FromSource | undefined;
  readonly sources: readonly string[];
  readonly destination: string;
  readonly form: 'words' | 'json';
}

/** A file whose content stands in the Dockerfile, behind others of the context: `COPY x <<EOF /there/`. */
export interface InlineInstruction extends Layout {
  readonly kind: 'inline';
  readonly keyword: 'COPY' | 'ADD';
  readonly sources: readonly string[];
  readonly name: string;
  readonly lines: readonly string[];
  readonly isQuoted: boolean;
  readonly stripsTabs: boolean;
  readonly destination: string;
}

export interface Mount {
  readonly fields: readonly string[];
  readonly from: FromSource | undefined;
}

export interface RunInstruction extends Layout {
  readonly kind: 'run';
  readonly mounts: readonly Mount[];
  /** A heredoc is all that runs, or a script by its first line, or what a program of the shell reads. */
  readonly form: 'shell' | 'json' | 'heredoc' | 'script' | 'input';
  readonly command: string;
}

/** `ARG a=1 b`, `ENV a=1`, `LABEL a=1` */
export interface PairsInstruction extends Layout {
  readonly kind: 'pairs';
  readonly keyword: 'ARG' | 'ENV' | 'LABEL';
  readonly pairs: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly spelling: 'bare' | 'quoted' | 'space';
}

export interface SettingInstruction extends Layout {
  readonly kind: 'setting';
  readonly keyword: string;
  readonly rest: string;
}

export interface OnbuildInstruction extends Layout {
  readonly kind: 'onbuild';
  readonly trigger: Exclude<Instruction, OnbuildInstruction>;
}

export type Instruction =
  | CopyInstruction
  | InlineInstruction
  | RunInstruction
  | PairsInstruction
  | SettingInstruction
  | OnbuildInstruction;

/**
 * Stands for a text that no other case and no earlier run has. BuildKit's cache outlives both: without it
 * a step may be CACHED because some other case ran it.
 */
export const NONCE = '@nonce@';

/** Stands for the reference of the base image. */
export const BASE = '@base@';

/** Where instruction `instruction` of stage `stage` stands. */
export interface Site<I extends Instruction = Instruction> {
  readonly stage: number;
  readonly position: number;
  readonly instruction: I;
}

export function sites(dockerfile: Dockerfile): readonly Site[] {
  return dockerfile.stages.flatMap(({ instructions }, stage) =>
    instructions.map((instruction, position) => ({ stage, position, instruction })),
  );
}

/** The positions of the stages that the target needs. */
export function neededStages({ dockerfile, target }: BuildCase): ReadonlySet<number> {
  const { stages } = dockerfile;
  const named = stages.findIndex(({ name }) => name?.toLowerCase() === target?.toLowerCase());
  const needed = new Set([target === undefined ? stages.length - 1 : named]);
  // A set grows while it is walked, and the walk goes on into what was added.
  for (const index of needed) {
    const stage = stages[index];
    if (stage !== undefined) {
      const base = stage.base.kind === 'stage' ? stages[stage.base.index] : undefined;
      const triggers = (base?.instructions ?? []).flatMap((each) =>
        each.kind === 'onbuild' ? [each.trigger] : [],
      );
      stagesOf([...triggers, ...stage.instructions]).forEach((each) => needed.add(each));
      if (stage.base.kind === 'stage') {
        needed.add(stage.base.index);
      }
    }
  }
  return needed;
}

function stagesOf(instructions: readonly Instruction[]): readonly number[] {
  return instructions
    .flatMap((each) => {
      switch (each.kind) {
        case 'copy':
          return [each.from];
        case 'run':
          return each.mounts.map(({ from }) => from);
        default:
          return [];
      }
    })
    .flatMap((from) => (typeof from?.stage === 'number' ? [from.stage] : []));
}
