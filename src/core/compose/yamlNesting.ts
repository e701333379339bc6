import { Lexer } from 'yaml';

/** The token before a plain scalar's text, which may look like anything. */
const SCALAR_FOLLOWS = '\u001f';

/**
 * Whether a YAML text is nested more deeply than a limit, or so nearly that it makes no difference. Asked
 * before it is parsed: the parser calls itself for each level, and Node does not survive every way in which
 * the stack can run out.
 */
export function isNestedDeeper(text: string, limit: number): boolean {
  return isIndentedDeeper(text, limit) || isFlowDeeper(text, limit);
}

/** Levels by indentation, and by indicators on one line: `- - - x`. */
function isIndentedDeeper(text: string, limit: number): boolean {
  const open: number[] = [];
  for (const line of text.split('\n')) {
    const [leading = ''] = /^ *(?:[-?:][ \t]+)*/.exec(line) ?? [];
    const indicators = leading.replaceAll(/[ \t]/g, '').length;
    const indent = line.length - line.trimStart().length;
    if (indent === line.length) {
      continue;
    }
    while ((open.at(-1) ?? -1) >= indent) {
      open.pop();
    }
    open.push(indent);
    if (open.length + indicators > limit) {
      return true;
    }
  }
  return false;
}

function isFlowDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let before = '';
  for (const token of new Lexer().lex(text)) {
    if (before !== SCALAR_FOLLOWS && (token === '[' || token === '{')) {
      depth++;
    } else if (before !== SCALAR_FOLLOWS && (token === ']' || token === '}')) {
      depth--;
    }
    if (depth > limit) {
      return true;
    }
    before = token;
  }
  return false;
}
