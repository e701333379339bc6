import { dockerfileInvalid } from '../problems';
import type { Directive, Escape } from './directives';
import { escapeOf, readDirectives } from './directives';
import type { Heredoc, HeredocMarker } from './heredocs';
import { heredocMarkers } from './heredocs';
import { trimLeft } from './whitespace';

/** One instruction as text: its lines joined, comments and empty lines gone, heredocs beside it. */
export interface LogicalLine {
  readonly text: string;
  readonly heredocs: readonly Heredoc[];
  /** From 1. */
  readonly line: number;
  readonly endLine: number;
}

export interface DockerfileLines {
  readonly directives: readonly Directive[];
  readonly escape: Escape;
  readonly lines: readonly LogicalLine[];
}

/**
 * Cuts a Dockerfile into logical lines (buildkit parser/parser.go Parse).
 * @param firstLine the line of the file at which it begins.
 */
export function readLines(text: string, file: string, firstLine: number): DockerfileLines {
  const source = physicalLines(text.startsWith('\ufeff') ? text.slice(1) : text);
  const directives = readDirectives(source.map(withoutLineEnd), file);
  const escape = escapeOf(directives, file);
  return { directives, escape, lines: new LineReader(source, escape, file, firstLine).read() };
}

/** The lines with their ends: a heredoc's body keeps CRLF. */
function physicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const lineFeed = text.indexOf('\n', start);
    const end = lineFeed < 0 ? text.length : lineFeed + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

function withoutLineEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === '\n' || line[end - 1] === '\r')) {
    end--;
  }
  return line.slice(0, end);
}

class LineReader {
  readonly #source: readonly string[];
  readonly #escape: Escape;
  readonly #file: string;
  readonly #firstLine: number;
  #position = 0;

  constructor(source: readonly string[], escape: Escape, file: string, firstLine: number) {
    this.#source = source;
    this.#escape = escape;
    this.#file = file;
    this.#firstLine = firstLine;
  }

  read(): readonly LogicalLine[] {
    const lines: LogicalLine[] = [];
    while (this.#position < this.#source.length) {
      const line = this.#position + this.#firstLine;
      const text = this.#joined();
      if (text !== undefined) {
        const heredocs = heredocMarkers(text, this.#escape).map((marker) =>
          this.#heredoc(marker, line),
        );
        lines.push({ text, heredocs, line, endLine: this.#position + this.#firstLine - 1 });
      }
    }
    return lines;
  }

  #next(): string | undefined {
    return this.#source[this.#position++];
  }

  /** The next instruction's lines in one; undefined for a comment or an empty line. */
  #joined(): string | undefined {
    const first = trimLeft(withoutLineEnd(this.#next() ?? ''));
    if (first === '' || first.startsWith('#')) {
      return undefined;
    }
    const parts: string[] = [];
    let { content, continues } = this.#cutContinuation(first);
    parts.push(content);
    while (continues && this.#position < this.#source.length) {
      const line = withoutLineEnd(this.#next() ?? '');
      const trimmed = trimLeft(line);
      if (trimmed !== '' && !trimmed.startsWith('#')) {
        ({ content, continues } = this.#cutContinuation(line));
        parts.push(content);
      }
    }
    return parts.join('');
  }

  /**
   * A line goes on where the escape and then blanks alone end it, unless another escape stands before it:
   * `a \` goes on, `a \\` and `a \\\` do not.
   */
  #cutContinuation(line: string): { readonly content: string; readonly continues: boolean } {
    let end = line.length;
    while (line[end - 1] === ' ' || line[end - 1] === '\t') {
      end--;
    }
    return line[end - 1] === this.#escape && line[end - 2] !== this.#escape
      ? { content: line.slice(0, end - 1), continues: true }
      : { content: line, continues: false };
  }

  #heredoc(marker: HeredocMarker, line: number): Heredoc {
    const body: string[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const bare = withoutLineEnd(next);
      if ((marker.chomps ? bare.replace(/^\t+/, '') : bare) === marker.name) {
        return { ...marker, body: body.join('') };
      }
      body.push(next);
    }
    throw dockerfileInvalid({ file: this.#file, line }, `the heredoc "${marker.name}" has no end`);
  }
}
