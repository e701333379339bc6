import { BASE, NONCE } from './buildCase';
import type {
  Dockerfile,
  FromSource,
  InlineInstruction,
  Instruction,
  Mount,
  PairsInstruction,
  RunInstruction,
  Stage,
} from './buildCase';

/** The text of a Dockerfile; `@nonce@` and `@base@` still stand in it. */
export function renderDockerfile(dockerfile: Dockerfile): string {
  const { directives, escape, globals, stages, lineEnd, hasByteOrderMark } = dockerfile;
  const lines = [
    ...directives,
    ...(escape === '\\' ? [] : [`# escape=${escape}`]),
    ...globals.flatMap((each) => render(each, dockerfile)),
    ...stages.flatMap((stage) => renderStage(stage, dockerfile)),
  ];
  return (hasByteOrderMark ? '\uFEFF' : '') + lines.map((line) => line + lineEnd).join('');
}

function renderStage(stage: Stage, dockerfile: Dockerfile): readonly string[] {
  const words = [
    'FROM',
    ...(stage.platform === undefined ? [] : [`--platform=${stage.platform}`]),
    baseText(stage, dockerfile),
    ...(stage.name === undefined ? [] : ['AS', stage.name]),
  ];
  return [
    ...commentLines(stage.comment),
    words.join(' '),
    ...ownSteps(stage),
    ...stage.instructions.flatMap((each) => render(each, dockerfile)),
  ];
}

/** Each step of a stage rests on its first ones, so that none is shared with another case. */
function ownSteps({ base }: Stage): readonly string[] {
  switch (base.kind) {
    case 'image':
      return [`WORKDIR /nonce/${NONCE}`, 'WORKDIR /'];
    case 'scratch':
      // BuildKit keeps no cache of a WORKDIR that rests on nothing: now and then it runs again.
      return ['COPY <<N /nonce', NONCE, 'N'];
    case 'stage':
      return [];
  }
}

function baseText({ base }: Stage, { stages }: Dockerfile): string {
  switch (base.kind) {
    case 'image':
      return base.written;
    case 'scratch':
      return 'scratch';
    case 'stage':
      return stages[base.index]?.name ?? BASE;
  }
}

function commentLines(comment: string | undefined): readonly string[] {
  return comment === undefined ? [] : [comment === '' ? '' : `# ${comment}`];
}

function render(instruction: Instruction, dockerfile: Dockerfile): readonly string[] {
  const { keyword, rest, body } = parts(instruction, dockerfile);
  const { escape } = dockerfile;
  const lines = ((): readonly string[] => {
    switch (instruction.style) {
      case 'plain':
        return [`${keyword} ${rest}`];
      case 'wide':
        return [`  ${keyword} \t ${rest}  `];
      case 'lower':
        return [`${keyword.toLowerCase()} ${rest}`];
      case 'continued':
        return [`${keyword} ${escape}`, `  ${rest}`];
      case 'commented':
        return [`${keyword} ${escape}`, '# in between', '', `  ${rest}`];
    }
  })();
  return [...commentLines(instruction.comment), ...lines, ...body];
}

interface Parts {
  readonly keyword: string;
  readonly rest: string;
  /** The lines of its heredoc, with the one that ends it. */
  readonly body: readonly string[];
}

function parts(instruction: Instruction, dockerfile: Dockerfile): Parts {
  switch (instruction.kind) {
    case 'copy': {
      const { keyword, flags, from, sources, destination, form } = instruction;
      const words = [...sources, destination];
      const flag = from === undefined ? [] : [`--from=${fromText(from, dockerfile)}`];
      const written = form === 'json' ? [JSON.stringify(words)] : words;
      return { keyword, rest: [...flags, ...flag, ...written].join(' '), body: [] };
    }
    case 'inline':
      return inlineParts(instruction);
    case 'run':
      return runParts(instruction, dockerfile);
    case 'pairs':
      return { keyword: instruction.keyword, rest: pairsText(instruction), body: [] };
    case 'setting':
      return { keyword: instruction.keyword, rest: instruction.rest, body: [] };
    case 'onbuild': {
      const { keyword, rest, body } = parts(instruction.trigger, dockerfile);
      return { keyword: 'ONBUILD', rest: `${keyword} ${rest}`, body };
    }
  }
}

function inlineParts(instruction: InlineInstruction): Parts {
  const { keyword, sources, name, lines, isQuoted, stripsTabs, destination } = instruction;
  const marker = `<<${stripsTabs ? '-' : ''}${isQuoted ? `'${name}'` : name}`;
  const indent = stripsTabs ? '\t' : '';
  return {
    keyword,
    rest: [...sources, marker, destination].join(' '),
    body: [...lines.map((line) => indent + line), name],
  };
}

function runParts({ mounts, form, command }: RunInstruction, dockerfile: Dockerfile): Parts {
  const flags = mounts.map((mount) => `--mount=${mountText(mount, dockerfile)}`);
  const [written, ...body] = ((): readonly [string, ...string[]] => {
    switch (form) {
      case 'shell':
        return [command];
      case 'json':
        return [JSON.stringify(['/bin/sh', '-c', command])];
      case 'heredoc':
        return ['<<EOF', command, 'EOF'];
      case 'script':
        return ['<<EOF', '#!/bin/sh', command, 'EOF'];
      case 'input':
        return ['cat <<EOF > /v', command, 'EOF'];
    }
  })();
  return { keyword: 'RUN', rest: [...flags, written].join(' '), body };
}

function mountText({ fields, from }: Mount, dockerfile: Dockerfile): string {
  const all = from === undefined ? fields : [...fields, `from=${fromText(from, dockerfile)}`];
  return all.map((field) => (/[" ]/.test(field) ? `"${field}"` : field)).join(',');
}

/** A mount takes no number, and a stage without a name has nothing else. */
function fromText({ stage, by }: FromSource, { stages }: Dockerfile): string {
  if (stage === 'lib') {
    return 'lib';
  }
  const name = by === 'number' ? undefined : stages[stage]?.name;
  return (by === 'upper' ? name?.toUpperCase() : name) ?? String(stage);
}

function pairsText({ pairs, spelling }: PairsInstruction): string {
  return pairs
    .map(({ name, value }) => {
      if (value === undefined) {
        return name;
      }
      if (spelling === 'space') {
        return `${name} ${value}`;
      }
      return spelling === 'quoted' || /\s/.test(value) || value === ''
        ? `${name}="${value}"`
        : `${name}=${value}`;
    })
    .join(' ');
}
