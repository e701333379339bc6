import fc from 'fast-check';
import type { ComposeCase } from './project';

/** Pieces of a value at which interpolations and scalars might be read differently. */
const PIECES = [
  '$X',
  '${X}',
  '$$',
  '$',
  '${N:-',
  '${E:-',
  '${N-',
  '${E-',
  '${S:+',
  '${E+',
  '${S:?',
  '}',
  '}',
  '}',
  'a',
  '-',
  ':',
  '?',
  '+',
  '{',
  '{}',
  ' ',
  '1',
  '.',
  '0',
  '_',
  '"',
  '\\',
  '#',
  ' #',
  '\n',
  '=',
];

const value = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(''));

/** As YAML, in any of its forms. */
const scalar = fc.oneof(
  value.map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '1',
    '0x1f',
    '1.50',
    '1e3',
    '012',
    '08',
    '1_0',
    'true',
    'yes',
    '~',
    '',
    '-1',
    '.5',
    '1.',
    '0b1',
    '00',
    '+7',
    '1e-7',
    '-.5e2',
    "'x'",
    '"\\x41"',
  ),
);

const name = fc.constantFrom('A', 'B', 'X', 'S', 'N', 'a.b');

const pairs = fc.oneof(
  fc
    .uniqueArray(fc.tuple(name, scalar), { selector: ([key]) => key, maxLength: 4 })
    .map((entries) => `{ ${entries.map(([key, text]) => `${key}: ${text}`).join(', ')} }`),
  fc.array(fc.tuple(name, value, fc.boolean()), { maxLength: 4 }).map((entries) => {
    const items = entries.map(([key, text, bare]) => JSON.stringify(bare ? key : `${key}=${text}`));
    return `[${items.join(', ')}]`;
  }),
);

const tagged = (body: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: body },
    { weight: 1, arbitrary: body.map((text) => `!override ${text}`) },
    { weight: 1, arbitrary: fc.constant('!reset null') },
    { weight: 1, arbitrary: fc.constant('') },
  );

const path = fc.constantFrom('.', './a', '../b', 'a/../c', '/abs', '${S}', '"~"');

const build = fc
  .record(
    {
      context: path,
      dockerfile: fc.constantFrom('D', '../D', '/etc/D', 'a/D'),
      target: fc.constantFrom('dev', '$S', '"${N:-t}"'),
      args: tagged(pairs),
      labels: tagged(pairs),
    },
    { requiredKeys: [] },
  )
  .map(
    (properties) =>
      `{ ${Object.entries(properties)
        .map(([key, text]) => `${key}: ${text}`)
        .join(', ')} }`,
  );

const service = fc
  .record(
    {
      image: fc.constantFrom('debian', '"x:${N:-1}"', '!reset null'),
      build: tagged(fc.oneof(build, build, path)),
      extends: fc.constantFrom('base', '{ service: base }', '{ file: sub/e.yaml, service: far }'),
    },
    { requiredKeys: [] },
  )
  .map(
    (properties) =>
      `{ ${Object.entries(properties)
        .map(([key, text]) => `${key}: ${text}`)
        .join(', ')} }`,
  );

const dotEnvLine = fc.oneof(
  fc.tuple(name, value).map(([key, text]) => `${key}=${text.replaceAll('\n', ' ')}`),
  fc.tuple(name, value).map(([key, text]) => `export ${key}="${text.replaceAll('"', '')}"`),
  fc.tuple(name, value).map(([key, text]) => `${key}='${text.replaceAll("'", '')}' # x`),
  fc.constantFrom('# x', '', 'S', 'B: $A'),
);

/** A project of two compose files, one that is extended, and an environment file. */
export const randomProject: fc.Arbitrary<ComposeCase> = fc
  .tuple(service, service, build, build, fc.array(dotEnvLine, { maxLength: 3 }))
  .map(([app, over, base, far, lines]) => ({
    files: {
      'compose.yaml': `services:\n  base: { image: base, build: ${base} }\n  app: ${app}\n`,
      'over.yaml': `services:\n  base: { image: base }\n  app: ${over}\n`,
      'sub/e.yaml': `services: { far: { image: far, build: ${far} } }\n`,
      '.env': `${lines.join('\n')}\n`,
    },
    composeFiles: ['compose.yaml', 'over.yaml'],
    environment: { X: 'x $ y', S: 's', E: '' },
  }));
