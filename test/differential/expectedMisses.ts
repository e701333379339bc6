import type { MutationKind } from './mutations';

/** What was changed, or, where the key took in more than the build reads, that. */
export type MissKind = MutationKind | 'whole context';

const WITH_A_VARIABLE =
  'a path that holds a variable counts as it is written, so that two spellings of one are two';
const WHERE_IT_STANDS =
  'every instruction of a needed stage counts, and its place, whether or not a step or the image tells of it';
const DECLARED =
  'an argument counts where a needed stage declares it, whether or not a later step uses it';

/** Why the key may change where BuildKit runs nothing again. Each costs a build, and is never a stale one. */
export const EXPECTED_MISSES: Readonly<Partial<Record<MissKind, string>>> = {
  'whole context':
    'a source that rests on a variable which the base image or the builder may set: what it reads cannot be known',
  'link respelled':
    'a link on the way to a source counts by its text; BuildKit takes where it leads',
  'link retargeted':
    'a link on the way to a source counts by its text; BuildKit takes where it leads',
  'file renamed': "a glob's match counts by its path; BuildKit takes its last name alone",
  'source replaced':
    'a source counts as it is written; BuildKit takes its last name, and what it finds',
  'source respelled': WITH_A_VARIABLE,
  'destination respelled': WITH_A_VARIABLE,
  'mount source respelled': 'whether `/./a` of a mount is `/a` rests on the version of BuildKit',
  'stage platform':
    '`$BUILDPLATFORM` is not taken for the platform that is built for: the builder may run on another',
  'RUN form': 'which shell runs a command is for the base image to say',
  'ENV value': WHERE_IT_STANDS,
  'LABEL value': WHERE_IT_STANDS,
  'instruction added': WHERE_IT_STANDS,
  'instruction removed': WHERE_IT_STANDS,
  'instruction doubled': WHERE_IT_STANDS,
  'instructions swapped': WHERE_IT_STANDS,
  'setting added': WHERE_IT_STANDS,
  'setting changed': WHERE_IT_STANDS,
  'ONBUILD for its instruction': WHERE_IT_STANDS,
  'target changed': WHERE_IT_STANDS,
  'target taken away': WHERE_IT_STANDS,
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
