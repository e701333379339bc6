import type { Place } from '../problem';
import { dockerfileInvalid } from '../problems';
import { splitCommand } from './command';
import type { Command } from './command';
import type { Escape } from './directives';
import type { FlagKind, Flags } from './flags';
import { readFlags } from './flags';
import type { Heredoc } from './heredocs';
import { heredocContent, parseMarker } from './heredocs';
import { parseJsonForm } from './jsonForm';
import type { LogicalLine } from './lines';
import type { Mount } from './mounts';
import { parseMount } from './mounts';
import { pairsOf, quotedWords } from './pairs';
import type { Pair } from './pairs';
import { splitFirstWord, splitWords } from './whitespace';

interface Located {
  readonly line: number;
  /** Flags that no rule here covers. */
  readonly unknownFlags: readonly string[];
}

/** `FROM --platform=p base AS name` */
export interface From extends Located {
  readonly kind: 'from';
  readonly base: string;
  readonly platform: string | undefined;
  /** In lower case. */
  readonly name: string | undefined;
}

/** `ARG name=value other`: without a value it is declared only. */
export interface Arg extends Located {
  readonly kind: 'arg';
  readonly declarations: readonly {
    readonly name: string;
    readonly value: string | undefined;
  }[];
}

/** `ENV a=b c=d`, or `ENV a b` */
export interface Env extends Located {
  readonly kind: 'env';
  readonly pairs: readonly Pair[];
}

/** A file whose content stands in the Dockerfile: `COPY <<name /there/`. */
interface InlineFile {
  readonly name: string;
  readonly content: string;
  readonly expands: boolean;
}

/** `COPY` and `ADD`: words as written, quotes and variables in. */
export interface Copy extends Located {
  readonly kind: 'copy' | 'add';
  /** Of COPY only: a stage's name or index, a named context or an image. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly inline: readonly InlineFile[];
  readonly destination: string;
  readonly exclude: readonly string[];
  readonly parents: boolean;
  readonly flags: Flags;
}

/** What RUN, CMD and ENTRYPOINT start: words for exec, or text for the shell. */
type CommandLine =
  | { readonly form: 'exec'; readonly words: readonly string[] }
  | { readonly form: 'shell'; readonly text: string }
  /** A heredoc that begins with `#!`: run as a file of this name. */
  | { readonly form: 'script'; readonly name: string; readonly text: string };

export interface Run extends Located {
  readonly kind: 'run';
  readonly command: CommandLine;
  readonly mounts: readonly Mount[];
  readonly flags: Flags;
}

/** `ONBUILD COPY . /app`: kept in the image, and run first by a stage that is built from it. */
interface Onbuild extends Located {
  readonly kind: 'onbuild';
  /** The trigger as the image keeps it. */
  readonly expression: string;
}

/** An instruction that neither reads the context nor sets variables: `USER`, `LABEL` and so on. */
interface Setting extends Located {
  readonly kind: 'setting';
  readonly keyword: string;
  readonly value: SettingValue;
}

type SettingValue =
  /** Words and pairs as written: the builder unquotes each and replaces its variables. */
  | { readonly form: 'words'; readonly words: readonly string[] }
  | { readonly form: 'pairs'; readonly pairs: readonly Pair[] }
  /** `EXPOSE $PORTS`: a variable may hold several; their order does not count. */
  | { readonly form: 'ports'; readonly words: readonly string[] }
  /** What the builder makes of the line, as JSON values. */
  | { readonly form: 'fixed'; readonly value: unknown };

export type Instruction = From | Arg | Env | Copy | Run | Onbuild | Setting;

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;

const COPY_FLAGS: Readonly<Record<string, FlagKind>> = {
  chown: 'text',
  chmod: 'text',
  from: 'text',
  link: 'switch',
  exclude: 'list',
  parents: 'switch',
};
const ADD_FLAGS: Readonly<Record<string, FlagKind>> = {
  chown: 'text',
  chmod: 'text',
  link: 'switch',
  exclude: 'list',
  checksum: 'text',
  'keep-git-dir': 'switch',
  unpack: 'switch',
};
const RUN_FLAGS: Readonly<Record<string, FlagKind>> = {
  mount: 'list',
  network: 'text',
  security: 'text',
  device: 'list',
};
const HEALTHCHECK_FLAGS: Readonly<Record<string, FlagKind>> = {
  interval: 'text',
  timeout: 'text',
  'start-period': 'text',
  'start-interval': 'text',
  retries: 'text',
};

/** Gives a logical line its meaning (buildkit parser/line_parsers.go, instructions/parse.go). */
export function parseInstruction(source: LogicalLine, escape: Escape, file: string): Instruction {
  const { line, heredocs } = source;
  const place: Place = { file, line };
  const command = splitCommand(source.text, escape);
  const keyword = command.keyword.toUpperCase();
  switch (keyword) {
    case 'FROM':
      return parseFrom(command, line, place);
    case 'ARG':
      return parseArg(command, escape, line, place);
    case 'ENV': {
      const flags = readFlags(command.flags, {}, place);
      const pairs = required(pairsOf(command.rest, escape, keyword, place), keyword, place);
      return { kind: 'env', line, unknownFlags: flags.unknown, pairs };
    }
    case 'COPY':
    case 'ADD':
      return parseCopy(keyword === 'ADD' ? 'add' : 'copy', command, heredocs, line, place);
    case 'RUN': {
      const flags = readFlags(command.flags, RUN_FLAGS, place);
      return {
        kind: 'run',
        line,
        unknownFlags: flags.unknown,
        command: parseCommandLine(command.rest, heredocs, place),
        mounts: (flags.lists.get('mount') ?? []).map((mount) => parseMount(mount, place)),
        flags,
      };
    }
    case 'ONBUILD':
      return parseOnbuild(source, command, escape, place);
    default:
      return parseSetting(keyword, command, escape, line, place);
  }
}

function required<T>(values: readonly T[], keyword: string, place: Place): readonly T[] {
  if (values.length === 0) {
    throw dockerfileInvalid(place, `${keyword} needs at least one argument`);
  }
  return values;
}

function parseFrom(command: Command, line: number, place: Place): From {
  const [base = '', as, alias, ...others] = splitWords(command.rest);
  const isAlone = as === undefined && base !== '';
  const isNamed = as?.toUpperCase() === 'AS' && alias !== undefined && others.length === 0;
  if (!isAlone && !isNamed) {
    throw dockerfileInvalid(place, 'FROM takes an image, or an image AS a name');
  }
  const name = alias?.toLowerCase();
  if (name !== undefined && !STAGE_NAME.test(name)) {
    throw dockerfileInvalid(place, `"${name}" is no name for a stage`);
  }
  const flags = readFlags(command.flags, { platform: 'text' }, place);
  const platform = flags.texts.get('platform');
  return {
    kind: 'from',
    line,
    unknownFlags: flags.unknown,
    base,
    platform: platform === '' ? undefined : platform,
    name,
  };
}

function parseArg(command: Command, escape: Escape, line: number, place: Place): Arg {
  const words = required(quotedWords(command.rest, escape), 'ARG', place);
  const declarations = words.map((word) => {
    const equals = word.indexOf('=');
    if (equals === 0) {
      throw dockerfileInvalid(place, 'ARG needs a name before "="');
    }
    return equals < 0
      ? { name: word, value: undefined }
      : { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
  // BuildKit never looks at the flags of ARG.
  return { kind: 'arg', line, unknownFlags: [], declarations };
}

function parseCopy(
  kind: 'copy' | 'add',
  command: Command,
  heredocs: readonly Heredoc[],
  line: number,
  place: Place,
): Copy {
  const keyword = kind.toUpperCase();
  const flags = readFlags(command.flags, kind === 'add' ? ADD_FLAGS : COPY_FLAGS, place);
  const words = parseJsonForm(command.rest, place) ?? splitWords(command.rest);
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    throw dockerfileInvalid(place, `${keyword} needs a source and a destination`);
  }
  if (parseMarker(destination) !== undefined) {
    throw dockerfileInvalid(place, `${keyword} cannot have a heredoc as its destination`);
  }
  const sources: string[] = [];
  const inline: InlineFile[] = [];
  for (const word of words.slice(0, -1)) {
    const marker = parseMarker(word);
    if (marker === undefined) {
      sources.push(word);
    } else {
      // Of two with one name, the last body counts for both.
      const heredoc = heredocs.findLast(({ name }) => name === marker.name);
      const content = heredocContent({ ...marker, body: heredoc?.body ?? '' });
      inline.push({ name: marker.name, content, expands: marker.expands });
    }
  }
  const from = flags.texts.get('from');
  return {
    kind,
    line,
    unknownFlags: flags.unknown,
    from: from === '' ? undefined : from,
    sources,
    inline,
    destination,
    exclude: flags.lists.get('exclude') ?? [],
    parents: flags.switches.get('parents') ?? false,
    flags,
  };
}

/** What is run: `RUN <<EOF` runs the body itself, `RUN cat <<EOF` leaves the heredoc to the shell. */
function parseCommandLine(rest: string, heredocs: readonly Heredoc[], place: Place): CommandLine {
  const words = rest === '' ? undefined : parseJsonForm(rest, place);
  if (words !== undefined) {
    return { form: 'exec', words };
  }
  const [first] = heredocs;
  if (first === undefined) {
    return { form: 'shell', text: rest };
  }
  if (parseMarker(rest) === undefined) {
    const bodies = heredocs.map(({ body, name }) => `\n${body}${name}`);
    return { form: 'shell', text: rest + bodies.join('') };
  }
  const text = heredocContent(first);
  return text.startsWith('#!')
    ? { form: 'script', name: first.name, text }
    : { form: 'shell', text };
}

function parseOnbuild(
  source: LogicalLine,
  command: Command,
  escape: Escape,
  place: Place,
): Onbuild {
  const flags = readFlags(command.flags, {}, place);
  const trigger = splitCommand(command.rest, escape).keyword.toUpperCase();
  if (trigger === '') {
    throw dockerfileInvalid(place, 'ONBUILD needs an instruction');
  }
  if (trigger === 'ONBUILD' || trigger === 'FROM' || trigger === 'MAINTAINER') {
    throw dockerfileInvalid(place, `${trigger} cannot stand behind ONBUILD`);
  }
  const bodies = source.heredocs.map(({ body, name }) => `\n${body}${name}`);
  return {
    kind: 'onbuild',
    line: source.line,
    unknownFlags: flags.unknown,
    // White space at the end stays, too (buildkit instructions/parse.go parseOnBuild).
    expression: source.text.replace(/^onbuild[\t\n\f\r ]*/i, '') + bodies.join(''),
  };
}

function parseSetting(
  keyword: string,
  command: Command,
  escape: Escape,
  line: number,
  place: Place,
): Setting {
  const setting = (
    value: SettingValue,
    unknownFlags: readonly string[] = flags.unknown,
  ): Setting => ({ kind: 'setting', line, unknownFlags, keyword, value });
  const { rest } = command;
  const kinds = keyword === 'HEALTHCHECK' ? HEALTHCHECK_FLAGS : {};
  const flags = readFlags(command.flags, kinds, place);
  switch (keyword) {
    case 'LABEL':
      return setting({
        form: 'pairs',
        pairs: required(pairsOf(rest, escape, keyword, place), keyword, place),
      });
    case 'EXPOSE':
      return setting({ form: 'ports', words: required(wordsOf(rest), keyword, place) });
    case 'VOLUME': {
      const words = parseJsonForm(rest, place) ?? wordsOf(rest);
      return setting({ form: 'words', words: required(words, keyword, place) });
    }
    case 'SHELL': {
      const words = parseJsonForm(rest, place);
      if (words === undefined) {
        throw dockerfileInvalid(place, 'SHELL takes a JSON array of strings');
      }
      return setting({ form: 'fixed', value: required(words, keyword, place) });
    }
    case 'CMD':
    case 'ENTRYPOINT':
      return setting({ form: 'fixed', value: parseCommandLine(rest, [], place) });
    case 'HEALTHCHECK': {
      const [type, after = ''] = splitFirstWord(rest);
      required(type === '' ? [] : [type], keyword, place);
      const value = [
        type.toUpperCase(),
        [...flags.texts].sort(([a], [b]) => (a < b ? -1 : 1)),
        parseCommandLine(after, [], place),
      ];
      return setting({ form: 'fixed', value });
    }
    case 'MAINTAINER':
      return setting({ form: 'fixed', value: wholeLine(rest, keyword, place) });
    case 'STOPSIGNAL':
      // BuildKit never looks at its flags.
      return setting({ form: 'words', words: wholeLine(rest, keyword, place) }, []);
    case 'USER':
    case 'WORKDIR':
      return setting({ form: 'words', words: wholeLine(rest, keyword, place) });
    default:
      throw dockerfileInvalid(place, `"${command.keyword}" is no instruction`);
  }
}

/** All of a line as one word. */
function wholeLine(rest: string, keyword: string, place: Place): readonly string[] {
  return required(rest === '' ? [] : [rest], keyword, place);
}

function wordsOf(rest: string): readonly string[] {
  return rest === '' ? [] : splitWords(rest);
}
