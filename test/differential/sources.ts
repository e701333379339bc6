import type { Dice } from './dice';

/** A way to write a source, most of which find the path. */
export function writeSource(path: string, dice: Dice): string {
  const cut = path.lastIndexOf('/') + 1;
  const [head, last] = [path.slice(0, cut), path.slice(cut)];
  const escaped = escapeGlob(path);
  return dice.weighted<() => string>([
    [10, () => escaped],
    [2, () => `./${escaped}`],
    [2, () => `/${escaped}`],
    [1, () => `../${escaped}`],
    [1, () => `nowhere/../${escaped}`],
    [3, () => `${escapeGlob(head)}${last.slice(0, 1)}*`],
    [3, () => `${escapeGlob(head)}*${last.slice(-2).replace(/[[\]]/g, '?')}`],
    [2, () => `${escapeGlob(head)}?${escapeGlob(last.slice(1))}`],
    [2, () => `${escapeGlob(head)}[${/^\w/.test(last) ? last.slice(0, 1) : '[.'}q-r]*`],
    [2, () => `${escapeGlob(head)}[^q]*`],
    [2, () => `*/${escapeGlob(last)}`],
    [1, () => `**/${escapeGlob(last)}`],
    [2, () => `${escapeGlob(head)}*`],
    [2, () => `${escaped}/[am]*`],
    [2, () => '.'],
    [1, () => '*'],
    [2, () => '$D'],
    [2, () => '${D:-app}'],
    [1, () => '${V:+src}*'],
    [1, () => `${head}"${escapeGlob(last)}"`],
    [1, () => `${head}\\${escapeGlob(last)}`],
    [1, () => 'nowhere*'],
  ])();
}

/** Words cannot hold white space, and a link or a dotfile needs nothing. */
export function needsJson(words: readonly string[]): boolean {
  return words.some((word) => /\s/.test(word));
}

/** `[x]` is a glob, `[[]x]` is the name. */
function escapeGlob(text: string): string {
  return text.replaceAll('[', '[[]');
}
