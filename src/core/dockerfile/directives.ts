import { dockerfileInvalid } from '../problems';
import { trimLeft } from './whitespace';

/** The character that escapes and continues lines. */
export type Escape = '\\' | '`';

export interface Directive {
  readonly name: 'syntax' | 'escape' | 'check';
  readonly value: string;
  readonly line: number;
}

const DIRECTIVE = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*$/;

function parseDirective(line: string, comment: string, lineNumber: number): Directive | undefined {
  if (!line.startsWith(comment)) {
    return undefined;
  }
  const match = DIRECTIVE.exec(trimLeft(line.slice(comment.length)));
  const name = match?.[1]?.toLowerCase();
  const value = match?.[2];
  if (value === undefined || (name !== 'syntax' && name !== 'escape' && name !== 'check')) {
    return undefined;
  }
  return { name, value, line: lineNumber };
}

/**
 * The parser's directives: they stand at the very top and end at the first line of any other kind, a
 * plain comment, an empty line and `#!` included (buildkit parser/directives.go).
 * @param lines without their line ends; a byte order mark is already gone.
 */
export function readDirectives(lines: Iterable<string>, file: string): readonly Directive[] {
  const directives: Directive[] = [];
  let number = 0;
  for (const line of lines) {
    number++;
    const directive = parseDirective(trimLeft(line), '#', number);
    if (directive === undefined) {
      break;
    }
    if (directives.some(({ name }) => name === directive.name)) {
      throw dockerfileInvalid(
        { file, line: number },
        `the directive "${directive.name}" may stand only once`,
      );
    }
    directives.push(directive);
  }
  return directives;
}

/** The escape character that the directives ask for. */
export function escapeOf(directives: readonly Directive[], file: string): Escape {
  const directive = directives.find(({ name }) => name === 'escape');
  if (directive === undefined) {
    return '\\';
  }
  if (directive.value !== '\\' && directive.value !== '`') {
    throw dockerfileInvalid(
      { file, line: directive.line },
      'the directive "escape" takes a backslash or a backtick',
    );
  }
  return directive.value;
}

/** The frontend that a file names for itself. */
export interface Frontend {
  readonly reference: string;
  readonly line: number;
}

/**
 * The frontend that the builder would load. It is looked for more widely than the other directives: after
 * a `#!` line, behind `//` in place of `#`, and in a JSON object (buildkit parser/directives.go
 * DetectSyntax).
 */
export function detectFrontend(text: string): Frontend | undefined {
  const afterMark = text.startsWith('\ufeff') ? text.slice(1) : text;
  const shebang = afterMark.startsWith('#!');
  const lineFeed = afterMark.indexOf('\n');
  const body = !shebang ? afterMark : lineFeed < 0 ? '' : afterMark.slice(lineFeed + 1);
  const before = shebang ? 1 : 0;
  for (const comment of ['#', '//']) {
    const found = frontendBehind(comment, body);
    if (found !== undefined) {
      return { reference: found.reference, line: found.line + before };
    }
  }
  return frontendOfJson(body);
}

function frontendBehind(comment: string, body: string): Frontend | undefined {
  let start = 0;
  for (let line = 1; start < body.length; line++) {
    const end = body.indexOf('\n', start);
    const content = body.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
    const directive = parseDirective(content, comment, line);
    if (directive === undefined) {
      return undefined;
    }
    if (directive.name === 'syntax') {
      const [reference = ''] = directive.value.split(' ', 1);
      return { reference, line };
    }
    if (end < 0) {
      return undefined;
    }
    start = end + 1;
  }
  return undefined;
}

function frontendOfJson(body: string): Frontend | undefined {
  if (!trimLeft(body).startsWith('{')) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'syntax' in value) {
      return typeof value.syntax === 'string' ? { reference: value.syntax, line: 1 } : undefined;
    }
  } catch {
    // No JSON, so no frontend named in it.
  }
  return undefined;
}

const DOCKER_HUB = /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)\//;

/** `docker.io/docker/dockerfile:1` is `docker/dockerfile:1`. */
export function familiarFrontend(reference: string): string {
  return reference.replace(DOCKER_HUB, '');
}

/**
 * Whether a frontend is the one whose rules are followed here, of whatever version. A copy of it in
 * another registry cannot be told from another frontend.
 */
export function isKnownFrontend(reference: string): boolean {
  return /^docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(familiarFrontend(reference));
}
