import type { Tree } from './buildCase';
import type { Dice } from './dice';
import { pathsOf } from './trees';

export function linkTextFrom(dice: Dice): string {
  return dice.of([
    'x',
    'app',
    '../src',
    '/app',
    '/src/a.md',
    'a.md',
    '.',
    'nowhere',
    '../../x',
    'lib',
    '/',
    'app/../src/./a.md',
    'main.tar',
  ]);
}

export function ignorePatternFrom(dice: Dice, tree: Tree): string {
  const path = dice.of(pathsOf(tree)) ?? 'x';
  const last = path.split('/').at(-1) ?? path;
  return dice.weighted<() => string>([
    [5, () => path],
    [2, () => `/${path}/`],
    [2, () => '*.md'],
    [2, () => '**/*.md'],
    [2, () => `**/${last}`],
    [4, () => `!${path}`],
    [2, () => `${path.split('/')[0] ?? path}/**`],
    [1, () => `!${path.split('/')[0] ?? path}`],
    [1, () => '!*.md'],
    [1, () => '**'],
    [2, () => `${path.slice(0, 1)}*`],
    [1, () => `!**/${last}`],
    [1, () => '*'],
    [1, () => '# a comment'],
    [1, () => ''],
    [1, () => 'app/*'],
    [1, () => 'nowhere'],
  ])();
}
