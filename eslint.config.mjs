import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Packages the pure core may use: parsers, hashing and packing, which touch nothing of the world. */
const PURE_PACKAGES = 'jsonc-parser$|yaml$|node:crypto$|node:path$|node:zlib$';

/** Forbids imports whose module specifier matches `regex`. */
const forbid = (regex, message) => ({ regex, message });

const noVscode = forbid('^vscode$', 'Only src/vscode and src/extension.ts know VS Code.');

/** One room of ARCHITECTURE.md and what it must not import. */
const room = (files, ...patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.machine/', '.artifacts/', 'examples/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // tsconfig's noPropertyAccessFromIndexSignature asks for the brackets.
      '@typescript-eslint/dot-notation': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  room(
    ['src/core/**'],
    forbid(`^(?!\\.|(?:${PURE_PACKAGES}))`, 'src/core is pure: parsers, hashing and packing only.'),
    forbid('(^|/)(adapters|commandline|vscode)(/|$)', 'src/core imports only src/core.'),
    forbid('^(\\.\\./)+(extension|cli)$', 'Nothing imports a composition root.'),
  ),
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'Date', 'fetch', 'setTimeout', 'setInterval', 'performance'].map((name) => ({
          name,
          message: 'src/core is pure: take it through a port (src/core/ports.ts).',
        })),
      ],
    },
  },
  room(
    ['src/adapters/**'],
    noVscode,
    forbid('(^|/)(commandline|vscode)/', 'src/adapters may import src/core only.'),
    forbid('^(\\.\\./)+(extension|cli)$', 'Nothing imports a composition root.'),
  ),
  room(
    ['src/commandline/**'],
    noVscode,
    forbid('(^|/)(adapters|vscode)/', 'src/commandline may import src/core only.'),
    forbid('^(\\.\\./)+(extension|cli)$', 'Nothing imports a composition root.'),
  ),
  room(['src/cli.ts'], noVscode, forbid('^\\./vscode/', 'The command line knows no VS Code.')),
  room(
    ['src/vscode/**'],
    forbid('^(\\.\\./)+(extension|cli)$', 'Nothing imports a composition root.'),
  ),
  {
    files: ['src/*.ts', 'src/!(core|adapters|commandline|vscode)/**'],
    ignores: ['src/extension.ts', 'src/cli.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program',
          message: 'A file stands in a room: core, adapters, commandline or vscode.',
        },
      ],
    },
  },
  {
    files: ['src/core/**', 'src/adapters/**', 'src/commandline/**', 'src/vscode/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'A union of string literals instead.' },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      // mocha's describe and it return suites that nobody awaits.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreIIFE: true }],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
);
