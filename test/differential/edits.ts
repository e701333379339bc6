import { sites } from './buildCase';
import type { BuildCase, Dockerfile, FromSource, Instruction, Site, Stage } from './buildCase';
import type { Dice } from './dice';

/** The case with another Dockerfile. */
export function withDockerfile(base: BuildCase, changes: Partial<Dockerfile>): BuildCase {
  return { ...base, dockerfile: { ...base.dockerfile, ...changes } };
}

export function withStage(base: BuildCase, index: number, changes: Partial<Stage>): BuildCase {
  const stages = base.dockerfile.stages.map((stage, each) =>
    each === index ? { ...stage, ...changes } : stage,
  );
  return withDockerfile(base, { stages });
}

/** The case with other instructions in place of one. */
export function withInstead(
  base: BuildCase,
  { stage, position }: Site,
  ...instead: readonly Instruction[]
): BuildCase {
  const instructions = [...(base.dockerfile.stages[stage]?.instructions ?? [])];
  instructions.splice(position, 1, ...instead);
  return withStage(base, stage, { instructions });
}

/** Changes one of the instructions of a kind; none where there is none, or the change is none. */
export function editOne<K extends Instruction['kind']>(
  base: BuildCase,
  dice: Dice,
  kind: K,
  edit: (instruction: Extract<Instruction, { kind: K }>) => Instruction | undefined,
): BuildCase | undefined {
  const site = dice.of(sites(base.dockerfile).filter(({ instruction }) => isOf(instruction, kind)));
  if (site === undefined || !isOf(site.instruction, kind)) {
    return undefined;
  }
  const edited = edit(site.instruction);
  return edited === undefined ? undefined : withInstead(base, site, edited);
}

function isOf<K extends Instruction['kind']>(
  instruction: Instruction,
  kind: K,
): instruction is Extract<Instruction, { kind: K }> {
  return instruction.kind === kind;
}

/** Puts a stage before the one at `index`; what refers to those behind it still does. */
export function withStageBefore(base: BuildCase, index: number, stage: Stage): BuildCase {
  const moved = renumbered(base.dockerfile, (each) => (each >= index ? each + 1 : each));
  return withDockerfile(base, {
    stages: [...moved.slice(0, index), stage, ...moved.slice(index)],
  });
}

/** Takes a stage away that nothing refers to. */
export function withoutStage(base: BuildCase, index: number): BuildCase {
  const kept = renumbered(base.dockerfile, (each) => (each > index ? each - 1 : each));
  return withDockerfile(base, { stages: kept.filter((_, each) => each !== index) });
}

function renumbered({ stages }: Dockerfile, numberOf: (index: number) => number): readonly Stage[] {
  const from = (source: FromSource | undefined): FromSource | undefined =>
    source === undefined || source.stage === 'lib'
      ? source
      : { ...source, stage: numberOf(source.stage) };
  const renumber = <I extends Instruction>(instruction: I): I => {
    switch (instruction.kind) {
      case 'copy':
        return { ...instruction, from: from(instruction.from) };
      case 'run': {
        const mounts = instruction.mounts.map((mount) => ({ ...mount, from: from(mount.from) }));
        return { ...instruction, mounts };
      }
      case 'onbuild':
        return { ...instruction, trigger: renumber(instruction.trigger) };
      default:
        return instruction;
    }
  };
  return stages.map((stage) => ({
    ...stage,
    base:
      stage.base.kind === 'stage'
        ? { kind: 'stage', index: numberOf(stage.base.index) }
        : stage.base,
    instructions: stage.instructions.map((each) => renumber(each)),
  }));
}

/** The list with `value` at `index`, in place of what stood there. */
export function replaced<T>(list: readonly T[], index: number, value: T): readonly T[] {
  return list.map((each, position) => (position === index ? value : each));
}

/** The list without what stands at `index`. */
export function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, position) => position !== index);
}

/** The list with `value` before what stands at `index`. */
export function inserted<T>(list: readonly T[], index: number, value: T): readonly T[] {
  return [...list.slice(0, index), value, ...list.slice(index)];
}

/** The list with the element at `index` and the next in each other's places. */
export function swapped<T>(list: readonly T[], index: number): readonly T[] {
  const [one, other] = [list[index], list[index + 1]];
  return one === undefined || other === undefined
    ? list
    : replaced(replaced(list, index, other), index + 1, one);
}
