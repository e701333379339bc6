import { splitCommand } from './command';
import type { Escape } from './directives';
import { lex } from './expand';
import { isJsonForm } from './jsonForm';

/** `<<-"EOF"` as it stands in a line. */
export interface HeredocMarker {
  /** What ends the body; COPY and ADD give the file this name, too. */
  readonly name: string;
  /** Whether variables in the body are replaced: no part of the name is quoted. */
  readonly expands: boolean;
  /** `<<-`: leading tabs go. */
  readonly chomps: boolean;
}

export interface Heredoc extends HeredocMarker {
  /** The lines between, each with its line end, tabs and all. */
  readonly body: string;
}

const MARKER = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/;
const UNSET = (): undefined => undefined;

/**
 * Reads one word as a heredoc's marker: `<<EOF`, `3<<EOF`, `<<-'EOF'` and, since frontend 1.16, `<< EOF`.
 * Its quoting is a shell's, so the escape is always a backslash (buildkit parser/parser.go).
 */
export function parseMarker(word: string): HeredocMarker | undefined {
  const match = MARKER.exec(word);
  const dash = match?.[1];
  const quoted = match?.[2];
  if (dash === undefined || quoted === undefined || quoted === '') {
    return undefined;
  }
  const bare = lex(quoted, UNSET, { escape: '\\', keepUnset: true });
  const kept = lex(quoted, UNSET, { escape: '\\', keepUnset: true, keepQuotes: true });
  if (bare.kind === 'malformed' || kept.kind === 'malformed') {
    return undefined;
  }
  const [name, ...others] = bare.words;
  if (name === undefined || others.length > 0) {
    return undefined;
  }
  return {
    name,
    expands: quotesIn(name) === quotesIn(kept.words[0] ?? ''),
    chomps: dash === '-',
  };
}

function quotesIn(text: string): number {
  return text.replace(/[^'"]/g, '').length;
}

/** The heredocs whose bodies follow a line: of RUN, COPY and ADD in shell form, behind ONBUILD too. */
export function heredocMarkers(line: string, escape: Escape): readonly HeredocMarker[] {
  if (!line.includes('<<') || !canHoldHeredocs(line, escape)) {
    return [];
  }
  const lexed = lex(line, UNSET, {
    escape: '\\',
    keepQuotes: true,
    keepEscapes: true,
    keepUnset: true,
  });
  return lexed.kind === 'malformed'
    ? []
    : lexed.words.map(parseMarker).filter((marker) => marker !== undefined);
}

function canHoldHeredocs(line: string, escape: Escape): boolean {
  const command = splitCommand(line, escape);
  switch (command.keyword.toLowerCase()) {
    case 'onbuild':
      return (
        !/^onbuild$/i.test(splitCommand(command.rest, escape).keyword) &&
        canHoldHeredocs(command.rest, escape)
      );
    case 'run':
    case 'copy':
    case 'add':
      return !isJsonForm(command.rest);
    default:
      return false;
  }
}

/** The body as it reaches the image: `<<-` loses the tabs at the head of each line. */
export function heredocContent({ body, chomps }: Heredoc): string {
  return chomps ? body.replace(/(^|\n)\t+/g, '$1') : body;
}
