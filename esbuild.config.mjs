import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const DIST = 'dist';
/** Large, and not needed before Docker is asked something: a file of its own, loaded when first used. */
const HEAVY = ['dockerode'];

/** Makes `await import('dockerode')` load `dist/dockerode.js`. */
const heavyModules = {
  name: 'heavy-modules',
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`^(${HEAVY.join('|')})$`) }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${path}.js`, external: true },
    ),
};

/**
 * What dockerode brings for calls that we never make: a client of BuildKit's session (we build by buildx)
 * and an SSH of its own (we run the person's `ssh`). Without them it loads in a tenth of the time.
 */
const UNUSED = /^(@grpc\/.+|protobufjs|ssh2)$/;

const unusedModules = {
  name: 'unused-modules',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const options = {
  bundle: true,
  outdir: DIST,
  format: 'cjs',
  platform: 'node',
  // jsonc-parser's `main` is UMD, whose inner requires no bundler sees.
  mainFields: ['module', 'main'],
  // The Node of the oldest VS Code in package.json's engines is 22; the command line runs from 20 on.
  target: 'node20',
  minify: process.argv.includes('--minify'),
  sourcemap: process.argv.includes('--sourcemap'),
  logLevel: 'warning',
};

await rm(DIST, { recursive: true, force: true });
await Promise.all([
  build({
    ...options,
    entryPoints: ['src/extension.ts', 'src/cli.ts'],
    external: ['vscode'],
    plugins: [heavyModules],
  }),
  build({
    ...options,
    entryPoints: HEAVY,
    plugins: [unusedModules],
  }),
  copyDevcontainerCli(),
]);

/** The devcontainer CLI as plain files: it reads package.json and scripts/ beside itself. */
async function copyDevcontainerCli() {
  const from = join('node_modules', '@devcontainers', 'cli');
  const to = join(DIST, 'devcontainer-cli');
  const files = [
    'devcontainer.js',
    'package.json',
    'LICENSE.txt',
    'ThirdPartyNotices.txt',
    join('dist', 'spec-node', 'devContainersSpecCLI.js'),
    join('scripts', 'updateUID.Dockerfile'),
  ];
  for (const file of files) {
    await mkdir(dirname(join(to, file)), { recursive: true });
    await cp(join(from, file), join(to, file));
  }
}
