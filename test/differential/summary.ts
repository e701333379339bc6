import type { Recorded } from './campaign';
import { EXPECTED_MISSES, UNSEEN_CHANGES } from './expectedMisses';
import type { MissKind } from './expectedMisses';
import type { Verdict } from './judge';

/** What a campaign came to, in Markdown. */
export function summarise(records: readonly Recorded[], seed: number): string {
  const verdicts = records.map(({ judgement }) => judgement.verdict);
  const count = (kind: Verdict['kind']): number =>
    verdicts.filter((verdict) => verdict.kind === kind).length;
  const failed = (when: 'before' | 'after'): number =>
    verdicts.filter((verdict) => verdict.kind === 'failed' && verdict.when === when).length;
  const judged = verdicts.length - count('failed') - count('unsteady');
  const rows: readonly (readonly [string, number])[] = [
    ['cases in which both builds work', judged],
    ['key and build both unchanged', count('same')],
    ['key and build both changed', count('changed')],
    ['**false hits**', count('false hit')],
    ['false misses', count('false miss')],
    ['changes that a key shall not see', count('unseen')],
    ['builds that work and have no key', count('refused')],
    ['cases that do not build, before the change', failed('before')],
    ['cases that do not build, after it', failed('after')],
    ['cases in which BuildKit ran a step of an unchanged build again', count('unsteady')],
  ];
  return [
    `Seed ${seed}.`,
    '',
    '| | count |',
    '|---|---:|',
    ...rows.map(([name, number]) => `| ${name} | ${number} |`),
    '',
    ...missLines(verdicts),
    ...unseenLines(records),
  ].join('\n');
}

function missLines(verdicts: readonly Verdict[]): readonly string[] {
  const counts = tally(verdicts.flatMap((each) => (each.kind === 'false miss' ? [each.miss] : [])));
  return [
    '| false misses by kind | count | reason |',
    '|---|---:|---|',
    ...counts.map(([miss, number]) => `| ${miss} | ${number} | ${reasonOf(miss)} |`),
    '',
  ];
}

function reasonOf(miss: MissKind): string {
  return EXPECTED_MISSES[miss] ?? '**none**';
}

function unseenLines(records: readonly Recorded[]): readonly string[] {
  const kinds = records.flatMap(({ judgement: { verdict, mutation } }) =>
    verdict.kind === 'unseen' ? [mutation.kind] : [],
  );
  return [
    '| changes that a key shall not see | count | reason |',
    '|---|---:|---|',
    ...tally(kinds).map(
      ([kind, number]) => `| ${kind} | ${number} | ${UNSEEN_CHANGES[kind] ?? ''} |`,
    ),
  ];
}

/** Each value with how often it is there, the most frequent first. */
function tally<T extends string>(values: readonly T[]): readonly (readonly [T, number])[] {
  const counts = new Map<T, number>();
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
