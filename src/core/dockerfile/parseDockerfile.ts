import { dockerfileInvalid } from '../problems';
import type { Directive, Escape } from './directives';
import type { Arg, From, Instruction } from './instructions';
import { parseInstruction } from './instructions';
import { readLines } from './lines';

export interface Stage {
  /** Its position in the file, from 0. */
  readonly index: number;
  readonly from: From;
  readonly instructions: readonly Exclude<Instruction, From>[];
}

export interface Dockerfile {
  readonly file: string;
  readonly directives: readonly Directive[];
  readonly escape: Escape;
  /** The ARGs before the first FROM. */
  readonly globals: readonly Arg[];
  readonly stages: readonly Stage[];
}

/** @param firstLine the line of the file at which the Dockerfile begins. */
export function parseDockerfile(text: string, file: string, firstLine = 1): Dockerfile {
  const { directives, escape, lines } = readLines(text, file, firstLine);
  const globals: Arg[] = [];
  const stages: (Stage & { readonly instructions: Exclude<Instruction, From>[] })[] = [];
  for (const source of lines) {
    const instruction = parseInstruction(source, escape, file);
    const stage = stages.at(-1);
    if (instruction.kind === 'from') {
      stages.push({ index: stages.length, from: instruction, instructions: [] });
    } else if (stage !== undefined) {
      stage.instructions.push(instruction);
    } else if (instruction.kind === 'arg') {
      globals.push(instruction);
    } else {
      throw dockerfileInvalid({ file, line: source.line }, 'only ARG may stand before FROM');
    }
  }
  if (stages.length === 0) {
    throw dockerfileInvalid({ file, line: firstLine }, 'it has no FROM');
  }
  return { file, directives, escape, globals, stages };
}
