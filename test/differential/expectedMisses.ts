import type { MutationKind } from './mutations';

/** What was changed, or, where the key took in more than the build reads, that. */
export type MissKind = MutationKind | 'whole context';

const AS_WRITTEN =
  'an instruction counts as it is written, so that two spellings of one thing are two';
const OF_FILES_ALONE =
  'BuildKit follows the files that pass between stages; the key takes every instruction of a needed stage';
const DECLARED =
  'an argument counts where a needed stage declares it, whether or not a later step uses it';

/** Why the key may change where BuildKit runs nothing again. Each costs a build, and is never a stale one. */
export const EXPECTED_MISSES: Readonly<Partial<Record<MissKind, string>>> = {
  'whole context':
    'a source that rests on a variable which the base image may set: what it reads cannot be known',
  'link respelled':
    'a link on the way to a source counts by its text; BuildKit takes where it leads',
  'link retargeted':
    'a link on the way to a source counts by its text; BuildKit takes where it leads',
  'file renamed': "a glob's match counts by its path; BuildKit takes its last name alone",
  'source respelled': AS_WRITTEN,
  'source quoted': AS_WRITTEN,
  'source replaced': AS_WRITTEN,
  'destination respelled': AS_WRITTEN,
  'flag added': AS_WRITTEN,
  'flag removed': AS_WRITTEN,
  'heredoc name': AS_WRITTEN,
  'heredoc quoted': AS_WRITTEN,
  'RUN form': AS_WRITTEN,
  'mount fields reordered': AS_WRITTEN,
  'mount field respelled': AS_WRITTEN,
  'pairs quoted': AS_WRITTEN,
  'stage platform': AS_WRITTEN,
  'escape directive': AS_WRITTEN,
  'ENV value': OF_FILES_ALONE,
  'LABEL value': OF_FILES_ALONE,
  'instruction added': OF_FILES_ALONE,
  'instruction removed': OF_FILES_ALONE,
  'instruction doubled': OF_FILES_ALONE,
  'instructions swapped': OF_FILES_ALONE,
  'setting added': OF_FILES_ALONE,
  'setting changed': OF_FILES_ALONE,
  'ONBUILD for its instruction': OF_FILES_ALONE,
  'target changed': OF_FILES_ALONE,
  'target taken away': OF_FILES_ALONE,
  SOURCE_DATE_EPOCH:
    'it is the time of making that the image tells, and of what some of its steps write',
  'ARG default': DECLARED,
  'ARG of the file': DECLARED,
  'build argument': DECLARED,
  'build argument given': DECLARED,
  'build argument taken away': DECLARED,
};

/** Changes that BuildKit sees and the key shall not. */
export const UNSEEN_CHANGES: Readonly<Partial<Record<MutationKind, string>>> = {
  'directory mode':
    'git does not keep it: it follows the umask, and a laptop and CI would never agree on a key',
  'file mode beyond executable':
    'git keeps whether a file is executable, and nothing more of its mode: the rest follows the umask',
};
