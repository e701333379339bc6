import type { ComposeCase } from './project';

/** One compose file. */
function one(text: string, environment: Readonly<Record<string, string>> = {}): ComposeCase {
  return { files: { 'compose.yaml': text }, environment };
}

/** A first compose file and one over it. */
function two(base: string, over: string): ComposeCase {
  return {
    files: { 'compose.yaml': base, 'over.yaml': over },
    composeFiles: ['compose.yaml', 'over.yaml'],
  };
}

/** One build with these lines as its arguments. */
function args(lines: string, environment: Readonly<Record<string, string>> = {}): ComposeCase {
  const indented = lines.replace(/^/gm, '        ');
  return one(
    `services:\n  app:\n    build:\n      context: .\n      args:\n${indented}\n`,
    environment,
  );
}

/** One build whose arguments are set by an environment file. */
function dotEnv(text: string, environment: Readonly<Record<string, string>> = {}): ComposeCase {
  const names = ['A', 'B', 'C', 'D', 'E'].map((name) => `${name}: "[$${name}]"`).join(', ');
  return {
    files: {
      'compose.yaml': `services: { app: { build: { context: ., args: { ${names} } } } }\n`,
      '.env': text,
    },
    environment,
  };
}

/** Projects at which resolutions might differ; where they do, Compose is right. */
export const COMPOSE_CASES: Readonly<Record<string, ComposeCase>> = {
  // Short and long forms
  'an image': one('services: { app: { image: "debian:12", platform: linux/arm64 } }'),
  'a short build': one('services: { app: { build: ./dir } }'),
  'a build without a context': one('services: { app: { build: { dockerfile: D } } }'),
  'an empty build': one('services: { app: { build: {} } }'),
  'a build of null': one('services: { app: { build: } }'),
  'a build that is a list': one('services: { app: { build: [a] } }'),
  'an image and a build': one('services: { app: { image: me/app, build: . } }'),
  'neither image nor build': one('services: { app: { command: x } }'),
  'a service of null': one('services: { app: }'),
  'an absolute dockerfile': one('services: { app: { build: { context: a, dockerfile: /etc/D } } }'),
  'a dockerfile above the context': one(
    'services: { app: { build: { context: a/b, dockerfile: ../../x/D } } }',
  ),
  'a home folder': one('services: { app: { build: { context: ~/src } } }'),
  'a target': one('services: { app: { build: { context: ., target: dev } } }'),
  'a target that is a number': one('services: { app: { build: { context: ., target: 1 } } }'),
  'an inline Dockerfile': one(
    'services:\n  app:\n    build:\n      dockerfile_inline: |\n        FROM debian\n        RUN echo $$HOME ${X:-y}\n',
  ),
  'an inline Dockerfile, folded': one(
    'services:\n  app:\n    build:\n      dockerfile_inline: >-\n        FROM\n        debian\n',
  ),
  'both Dockerfiles': one(
    'services: { app: { build: { dockerfile: D, dockerfile_inline: FROM x } } }',
  ),
  'a property that no build has': one('services: { app: { build: { context: ., colour: x } } }'),
  'an extension property': one('services: { app: { build: { context: ., x-colour: x } } }'),
  'labels as a list': one('services: { app: { build: { context: ., labels: [a=b, c, d=e=f] } } }'),
  'labels as a mapping': one('services: { app: { build: { context: ., labels: { a: 1, c:  } } } }'),
  'contexts as a list': one(
    'services: { app: { build: { context: ., additional_contexts: [a=./b, c=docker-image://d, e=https://f/g.git] } } }',
  ),
  'contexts as a mapping': one(
    'services: { app: { build: { context: ., additional_contexts: { a: ../b, c: "service:lib" } } }, lib: { build: lib } }',
  ),
  'a context of a service that is not there': one(
    'services: { app: { build: { additional_contexts: { c: "service:lib" } } } }',
  ),
  'a context of a service without a build': one(
    'services: { app: { build: { additional_contexts: { c: "service:lib" } } }, lib: { image: x } }',
  ),
  'a context without a source': one(
    'services: { app: { build: { context: ., additional_contexts: [a] } } }',
  ),
  'other options': one(
    'services: { app: { build: { context: ., network: host, extra_hosts: ["a:1.2.3.4", "b=::1"], entitlements: [network.host], privileged: true } } }',
  ),
  'a profile that is not active': one(
    'services: { app: { image: x, profiles: [debug] }, other: { build: ., profiles: [a, b] } }',
  ),

  // Scalars
  'numbers as arguments': args(
    'A: 1\nB: 3.10\nC: 012\nD: 0o12\nE: 0x1F\nF: 1_000\nG: 1e3\nH: 08\nI: -5\nJ: +5\nK: 1.0',
  ),
  'large numbers': args(
    'A: 1234567890123\nB: 1000000.0\nC: 123456789.5\nD: 1e20\nE: 1e21\nF: 1e30\nG: 0.0001\nH: 0.00001\nI: 18446744073709551615\nJ: 99999999999999999999999',
  ),
  'odd numbers': args(
    'A: .5\nB: 5.\nC: 0b11\nD: 0.1.2\nE: 1-2\nF: 0\nG: -0.0\nH: 1__0\nI: 0_1\nJ: 00',
  ),
  infinities: args('A: .inf\nB: -.inf\nC: .nan'),
  'truth values': args('A: true\nB: no\nC: yes\nD: on\nE: False\nF: y\nG: TRUE'),
  'quoted scalars': args('A: "1"\nB: \'true\'\nC: "~"\nD: "a\\tb\\u00e9"\nE: \'it\'\'s\''),
  'null arguments': args('A:\nB: ~\nC: null\nD: ""', { A: 'set', B: '' }),
  'a date as an argument': args('A: 2024-01-01'),
  'a tagged argument': args('A: !!str 1\nB: !!int "7"'),
  'a list as an argument': args('A: [1]'),
  'block scalars': args('A: |\n  x\n  y\nB: >\n  x\n  y\nC: |-\n  x\nD: |+\n  x\n'),
  'a plain scalar of several lines': args('A: one\n  two\n\n  three'),
  'a comment after a scalar': args('A: one # two\nB: one#two'),

  // Arguments
  'arguments as a list': args('- A=1\n- B\n- C=\n- D=x=y\n- "E F=1"', { B: 'from outside' }),
  'an argument said twice in a list': args('- A=1\n- A=2'),
  'a number in a list of arguments': args('- 1'),
  'an empty list of arguments': args('[]'),
  'an argument that is not set anywhere': args('- NOWHERE'),

  // Interpolation
  'plain interpolation': args(
    'A: $X\nB: ${X}\nC: "$Xy ${X}y"\nD: $$X\nE: "$$$X"\nF: "$"\nG: "a$"',
    {
      X: 'x',
    },
  ),
  defaults: args(
    'A: ${X:-d}\nB: ${X-d}\nC: ${E:-d}\nD: ${E-d}\nF: ${S:-d}\nG: ${S-d}\nH: ${X:-}\nI: ${X-}',
    { E: '', S: 's' },
  ),
  replacements: args('A: ${X:+r}\nB: ${X+r}\nC: ${E:+r}\nD: ${E+r}\nF: ${S:+r}\nG: ${S+r}', {
    E: '',
    S: 's',
  }),
  'nested defaults': args(
    'A: ${X:-${Y:-z}}\nB: ${X:-a${S}b}\nC: "${X:-${Y:-${S}}}-${S:+[${S}]}"\nD: ${X:-$S}${Y:-$S}',
    { S: 's' },
  ),
  'braces in defaults': args(
    'A: \'${X:-{"a":1}}\'\nB: "${X:-{}}"\nC: "${X:-{a}b}"\nD: "${X:-a}}"\nE: "${X:-}}"\nF: "{${X:-a}}"',
  ),
  'operators in defaults': args(
    'A: ${X:-a:-b}\nB: ${X-a:-b}\nC: ${X:-a-b+c?d}\nD: ${X:-?}\nE: ${S:+a:-b}\nF: ${X:--}',
    { S: 's' },
  ),
  'several variables on one line': args('A: "${S}-${X:-d}-${S}"\nB: "${X:-d} ${Y:-e} $S }"', {
    S: 's',
  }),
  'a default of several lines': args('A: |\n  ${X:-one}\n  ${Y:-two}\n'),
  'an escape in a default': args('A: ${X:-$$S}\nB: ${X:-$${S}}', { S: 's' }),
  'a required variable that is set': args('A: ${S:?needed}\nB: ${E?needed}', { S: 's', E: '' }),
  'a required variable that is empty': args('A: ${E:?needed}', { E: '' }),
  'a required variable that is missing': args('A: ${X?needed}'),
  'a required variable in a default that is not used': args('A: ${S:-${X:?no}}', { S: 's' }),
  'an unclosed variable': args('A: "${X"'),
  'a variable without a name': args('A: "${}"'),
  'a variable that is a number': args('A: "$1 ${1}"'),
  'a number after a dollar': args('A: "$1"'),
  'an unknown operator': args('A: "${X:d}"'),
  'a blank in a variable': args('A: "${X }"'),
  'keys are not interpolated': args('$X: 1', { X: 'x' }),
  'a value that looks like a number after interpolation': args('A: $N', { N: '012' }),
  'a value that holds a dollar': args('A: $D', { D: '$X ${Y}' }),
  'interpolation everywhere': one(
    'services:\n  app:\n    build:\n      context: ${DIR}\n      dockerfile: ${DIR}/D\n      target: ${DIR:-x}\n      labels: ["${DIR}=$DIR"]\n      additional_contexts: { a: "${DIR}/a" }\n  img: { image: "r/${DIR}:${TAG:-latest}" }\n',
    { DIR: 'sub' },
  ),
  "the project's name": args('A: ${COMPOSE_PROJECT_NAME}', { COMPOSE_PROJECT_NAME: 'shop' }),
  "the project's name in the file": one(
    'name: Shop\nservices: { app: { image: "x/${COMPOSE_PROJECT_NAME}" } }',
  ),

  // .env
  'an environment file': dotEnv('A=1\nB = 2\nexport C=3\n# D=4\nE: 5\n'),
  'the environment beats its file': dotEnv('A=file\nB=file\n', { A: 'environment' }),
  'quotes in an environment file': dotEnv(
    'A="x y"\nB=\'x $A\'\nC="x ${A} \\$A \\n\\t\\"q\\""\nD=\'it\\\'s\'\nE="a\\\\b"\n',
  ),
  'comments in an environment file': dotEnv('A=1 # one\nB=1#2\nC="1" # x\nD=#x\nE= # y\n'),
  'references in an environment file': dotEnv('A=one\nB=$A\nC=${A}-${X:-d}\nD=${OUT}\nE=$$A\n', {
    OUT: 'out',
  }),
  'several lines in an environment file': dotEnv('A="one\ntwo"\nB=\'three\nfour\'\nC=5\n'),
  'escapes in an environment file': dotEnv(
    'A="\\0101\\0"\nB="\\c\\q"\nC=\\n\nD="\\x41"\nE="$$x"\n',
  ),
  'a bare name in an environment file': dotEnv('A\nB=2\n', { A: 'outside' }),
  'no line end in an environment file': dotEnv('A=1\nB=2'),
  'a bare name at the end of an environment file': dotEnv('A=1\nB'),
  'line ends of Windows in an environment file': dotEnv('A=1\r\nB="2"\r\nC=3 # x\r\n'),
  'a byte order mark in an environment file': dotEnv('\uFEFFA=1\n'),
  'an unclosed quote in an environment file': dotEnv('A="one\nB=2\n'),
  'a bad name in an environment file': dotEnv('A B=1\n'),
  'a bad character in an environment file': dotEnv('A!=1\n'),
  'a required variable in an environment file': dotEnv('A=${X:?no}\n'),
  'an environment file said elsewhere': {
    files: {
      'compose.yaml': 'services: { app: { image: "x/$A$B" } }',
      '.env': 'A=default\nB=default\n',
      'one.env': 'A=one\nB=one\n',
      'two.env': 'B=two-$A\n',
    },
    environment: { COMPOSE_ENV_FILES: 'one.env,two.env' },
  },
  'an environment file that is not there': {
    files: { 'compose.yaml': 'services: { app: { image: x } }' },
    environment: { COMPOSE_ENV_FILES: 'none.env' },
  },
  'no environment file wanted': {
    files: { 'compose.yaml': 'services: { app: { image: "x$A" } }', '.env': 'A=1' },
    environment: { COMPOSE_DISABLE_ENV_FILE: '1' },
  },
  'the environment file beside the compose file': {
    files: {
      'sub/compose.yaml': 'services: { app: { image: "x$A", build: . } }',
      'sub/.env': 'A=sub',
      '.env': 'A=top',
    },
    composeFiles: ['sub/compose.yaml'],
  },

  // YAML
  'anchors and merge keys': one(
    'x-build: &build { context: a, args: &args { A: 1, B: 2 } }\nservices:\n  app: { build: { <<: *build, target: t } }\n  two: { build: { context: b, args: { <<: *args, B: 3 } } }\n',
  ),
  'several merge keys': one(
    'x-a: &a { A: 1, B: 1 }\nx-b: &b { B: 2, C: 2 }\nservices: { app: { build: { context: ., args: { <<: [*a, *b], C: 3 } } } }\n',
  ),
  'a merge key after what it does not override': one(
    'x-a: &a { context: a, target: a }\nservices: { app: { build: { target: t, <<: *a } } }\n',
  ),
  'a merge key twice': one(
    'x-a: &a { A: 1 }\nservices: { app: { build: { context: ., args: { <<: *a, <<: *a } } } }\n',
  ),
  'a key twice': one('services:\n  app:\n    image: x\n    image: y\n'),
  'an alias of a scalar': one('x-image: &x debian\nservices: { app: { image: *x } }\n'),
  'an alias of nothing': one('services: { app: { image: *x } }\n'),
  'an anchor said twice': one('x-1: &x one\nx-2: &x two\nservices: { app: { image: *x } }\n'),
  'an anchor that holds itself': one('services: &s { app: { image: x, labels: *s } }\n'),
  'a number as a key': args('1: x'),
  'several documents': one(
    'services: { app: { build: a } }\n---\nservices: { app: { build: { target: t } } }\n',
  ),
  'an empty file': one(''),
  'a file of comments': one('# nothing\n'),
  'a file of null': one('~\n'),
  'no mapping': one('- a\n'),
  'malformed YAML': one('services: [\n'),
  'a tab': one('services:\n\tapp: { image: x }\n'),
  'a colon in a scalar': one('services:\n  app:\n    image: a: b\n'),

  // Several files
  'scalars override': two(
    'services: { app: { image: a, build: { context: a, target: a, dockerfile: A } } }',
    'services: { app: { build: { target: b } } }',
  ),
  'arguments merge whichever form': two(
    'services: { app: { build: { context: ., args: { A: 1, B: 1, N: 1.50 }, labels: [a=1, b=1] } } }',
    'services: { app: { build: { args: [B=2, C=2], labels: { b: 2, c: true } } } }',
  ),
  'a null argument over one': two(
    'services: { app: { build: { context: ., args: { A: 1, B: 2 } } } }',
    'services: { app: { build: { args: { A: } } } }',
  ),
  'a bare argument over one': two(
    'services: { app: { build: { context: ., args: [A=1, B=2] } } }',
    'services: { app: { build: { args: [A] } } }',
  ),
  'null overrides nothing': two(
    'services: { app: { build: { context: a, target: t, args: { A: 1 } } } }',
    'services: { app: { build: { target: , args: } } }',
  ),
  'a short build over a long one': two(
    'services: { app: { build: { context: a, target: t } } }',
    'services: { app: { build: b } }',
  ),
  'a long build over a short one': two(
    'services: { app: { build: a } }',
    'services: { app: { build: { dockerfile: D } } }',
  ),
  'a build over an image': two(
    'services: { app: { image: a } }',
    'services: { app: { build: b } }',
  ),
  'contexts merge': two(
    'services: { app: { build: { context: ., additional_contexts: { a: ./a, b: ./b } } } }',
    'services: { app: { build: { additional_contexts: [b=./c, d=docker-image://e] } } }',
  ),
  'hosts are added once': two(
    'services: { app: { build: { context: ., extra_hosts: ["a=1.1.1.1"] } } }',
    'services: { app: { build: { extra_hosts: ["a=1.1.1.1", "b=2.2.2.2"] } } }',
  ),
  'a mapping over a scalar': two(
    'services: { app: { build: { context: ., target: a } } }',
    'services: { app: { build: { target: { a: b } } } }',
  ),
  'a scalar over a mapping': two(
    'services: { app: { build: { context: ., ulimits: { nofile: { soft: 1, hard: 2 } } } } }',
    'services: { app: { build: { ulimits: 1 } } }',
  ),
  'reset of a property': two(
    'services: { app: { image: a, build: { context: a, target: t, args: { A: 1, B: 2 } } } }',
    'services: { app: { build: { target: !reset null, args: { A: !reset null } } } }',
  ),
  'reset of a build': two(
    'services: { app: { image: a, build: a } }',
    'services: { app: { build: !reset null } }',
  ),
  'reset of a service': two(
    'services: { app: { image: a }, two: { image: b } }',
    'services: { two: !reset null }',
  ),
  'override of arguments': two(
    'services: { app: { build: { context: a, args: { A: 1, B: 2 } } } }',
    'services: { app: { build: { args: !override { C: 3 } } } }',
  ),
  'override of a build': two(
    'services: { app: { build: { context: a, target: t, args: { A: 1 } } } }',
    'services: { app: { build: !override { dockerfile: D } } }',
  ),
  'reset in an anchor': two(
    'services: { app: { build: { context: a, target: t } } }',
    'x-reset: &x !reset null\nservices: { app: { build: { target: *x } } }',
  ),
  'paths of a second file in another folder': {
    files: {
      'compose.yaml': 'services: { app: { build: a } }',
      'sub/over.yaml':
        'services: { app: { build: { additional_contexts: { b: ./b } } }, two: { build: ./c } }',
    },
    composeFiles: ['compose.yaml', 'sub/over.yaml'],
  },
  'a file that is not there': {
    files: { 'compose.yaml': 'services: { app: { image: x } }' },
    composeFiles: ['compose.yaml', 'none.yaml'],
  },

  // extends
  'extends in one file': one(
    'services:\n  base: { build: { context: a, args: { A: 1, B: 1 } } }\n  app: { extends: base, build: { args: [B=2] } }\n  two: { extends: { service: app }, build: { target: t } }\n',
  ),
  'extends from a file': {
    files: {
      'compose.yaml':
        'services: { app: { extends: { file: lib/base.yaml, service: base }, build: { target: t } } }',
      'lib/base.yaml':
        'services: { base: { build: { context: ./src, args: { A: $A }, additional_contexts: { x: ../x } } } }',
    },
    environment: { A: 'a' },
  },
  'extends through two files': {
    files: {
      'compose.yaml': 'services: { app: { extends: { file: one/c.yaml, service: one } } }',
      'one/c.yaml':
        'services: { one: { extends: { file: ../two/c.yaml, service: two }, build: { args: { B: 1 } } } }',
      'two/c.yaml': 'services: { two: { build: { context: ., args: { A: 1 } } } }',
    },
  },
  'extends from a file by the same name': {
    files: {
      'compose.yaml': 'services: { app: { extends: { file: b.yaml, service: app }, image: over } }',
      'b.yaml': 'services: { app: { image: base, build: . } }',
    },
  },
  'a context by default of an extended service': {
    files: {
      'compose.yaml': 'services: { app: { extends: { file: sub/b.yaml, service: app } } }',
      'sub/b.yaml': 'services: { app: { build: { dockerfile: D } } }',
    },
  },
  'reset of what is extended': one(
    'services:\n  base: { image: x, build: { context: a, target: t } }\n  app: { extends: base, build: { target: !reset null } }\n  img: { extends: base, build: !reset null }\n',
  ),
  'extends in circles': one('services: { app: { extends: two, image: x }, two: { extends: app } }'),
  'extends itself': one('services: { app: { extends: app, image: x } }'),
  'extends in circles through files': {
    files: {
      'compose.yaml': 'services: { app: { extends: { file: b.yaml, service: b }, image: x } }',
      'b.yaml': 'services: { b: { extends: { file: compose.yaml, service: app } } }',
    },
  },
  'extends nobody': one('services: { app: { extends: none, image: x } }'),
  'extends without a service': one('services: { app: { extends: { file: b.yaml }, image: x } }'),
  'extends from no file': one(
    'services: { app: { extends: { file: none.yaml, service: b }, image: x } }',
  ),
  'extends from a file without it': {
    files: {
      'compose.yaml': 'services: { app: { extends: { file: b.yaml, service: b }, image: x } }',
      'b.yaml': 'services: { other: { image: x } }',
    },
  },
  'extends and an override': two(
    'services: { base: { build: { context: a, args: { A: 1 } } }, app: { extends: base } }',
    'services: { base: { build: { target: b } }, app: { build: { args: { A: 2 } } } }',
  ),
  'extends a service of the file before': two(
    'services: { base: { image: x } }',
    'services: { app: { extends: base } }',
  ),

  // include
  'include of a file': {
    files: {
      'compose.yaml': 'include: [lib/compose.yaml]\nservices: { app: { image: x } }',
      'lib/compose.yaml':
        'services: { lib: { build: { context: ./src, additional_contexts: { a: ../a } } } }',
    },
  },
  'include with its own environment file': {
    files: {
      'compose.yaml': 'include: [lib/compose.yaml]\nservices: { app: { image: "x$A$B" } }',
      '.env': 'A=top\n',
      'lib/compose.yaml': 'services: { lib: { image: "x$A$B" } }',
      'lib/.env': 'A=lib\nB=lib\n',
    },
  },
  'include in its long form': {
    files: {
      'compose.yaml':
        'include:\n  - path: [lib/a.yaml, lib/b.yaml]\n    project_directory: other\n    env_file: [one.env, two.env]\nservices: { app: { image: x } }',
      'lib/a.yaml': 'services: { lib: { build: { context: ./src, args: { A: $A, B: $B } } } }',
      'lib/b.yaml': 'services: { lib: { build: { target: t } } }',
      'one.env': 'A=1\nB=1\n',
      'two.env': 'B=$A-2\n',
      'other/.env': 'A=unseen\n',
    },
  },
  'include without a context': {
    files: {
      'compose.yaml': 'include: [{ path: lib/a.yaml }]\nservices: { app: { image: x } }',
      'lib/a.yaml': 'services: { lib: { build: { dockerfile: D } } }',
    },
  },
  'include of what includes': {
    files: {
      'compose.yaml': 'include: [a/compose.yaml]\nservices: { app: { image: x } }',
      'a/compose.yaml': 'include: [b/compose.yaml]\nservices: { a: { build: . } }',
      'a/b/compose.yaml': 'services: { b: { build: ./c } }',
    },
  },
  'include and the same service': {
    files: {
      'compose.yaml': 'include: [a.yaml]\nservices: { app: { image: x } }',
      'a.yaml': 'services: { app: { image: y } }',
    },
  },
  'include and an override of what it includes': {
    files: {
      'compose.yaml': 'include: [a.yaml]\nservices: { app: { image: x } }',
      'a.yaml': 'services: { lib: { build: { context: ., args: { A: 1 } } } }',
      'over.yaml': 'services: { lib: { build: { args: { A: 2 } } } }',
    },
    composeFiles: ['compose.yaml', 'over.yaml'],
  },
  'include in circles': {
    files: {
      'compose.yaml': 'include: [a.yaml]\nservices: { app: { image: x } }',
      'a.yaml': 'include: [compose.yaml]\nservices: { a: { image: x } }',
    },
  },
  'include of no file': one('include: [none.yaml]\nservices: { app: { image: x } }'),
  'include of a file with an environment file that is not there': {
    files: {
      'compose.yaml':
        'include: [{ path: a.yaml, env_file: none.env }]\nservices: { app: { image: x } }',
      'a.yaml': 'services: { a: { image: x } }',
    },
  },
  'include with nothing for an environment': {
    files: {
      'compose.yaml':
        'include: [{ path: lib/a.yaml, env_file: /dev/null }]\nservices: { app: { image: x } }',
      'lib/a.yaml': 'services: { lib: { image: "x$A" } }',
      'lib/.env': 'A=unseen',
    },
  },
  'include and extends': {
    files: {
      'compose.yaml': 'include: [lib/a.yaml]\nservices: { app: { image: x } }',
      'lib/a.yaml':
        'services: { lib: { extends: { file: base/b.yaml, service: b }, build: { target: t } } }',
      'lib/base/b.yaml': 'services: { b: { build: ./src } }',
    },
  },
};
