import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const DIST = 'dist';
/**
 * What only some need, each a file of its own that is loaded when first used: to read and compile it would
 * take most of the time of a command that only computes a key. By the end of the import that means it.
 */
const PARTS = {
  createAdapters: 'src/adapters/createAdapters.ts',
  composeRecipe: 'src/core/devcontainer/composeRecipe.ts',
  startHashThread: 'src/adapters/files/startHashThread.ts',
  prune: 'src/commandline/prune.ts',
  carryOutPublication: 'src/commandline/carryOutPublication.ts',
  'proper-lockfile': 'proper-lockfile',
  'https-proxy-agent': 'https-proxy-agent',
};

/**
 * `await import(part)` loads its file as it is; a static import becomes functions that load it when called,
 * as the core is synchronous.
 */
const separateParts = {
  name: 'separate-parts',
  setup: ({ onResolve, onLoad }) => {
    onResolve(
      { filter: new RegExp(`(^|/)(${Object.keys(PARTS).join('|')})$`) },
      ({ path, kind }) => {
        const part = path.split('/').pop();
        switch (kind) {
          case 'dynamic-import':
            return { path: `./${part}.js`, external: true };
          case 'import-statement':
            return { path: part, namespace: 'part' };
          default:
            return undefined;
        }
      },
    );
    onResolve({ filter: /^loaded:/ }, ({ path }) => ({
      path: `./${path.slice('loaded:'.length)}.js`,
      external: true,
    }));
    onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
      contents: `export const ${path} = (...args) => require('loaded:${path}').${path}(...args);`,
    }));
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
  // Each becomes a `require`: a file of ours that is imported is first read for its exports, which takes longer
  // than to run it.
  supported: { 'dynamic-import': false },
  minify: process.argv.includes('--minify'),
  sourcemap: process.argv.includes('--sourcemap'),
  logLevel: 'warning',
  metafile: true,
};

await rm(DIST, { recursive: true, force: true });
const [main, parts] = await Promise.all([
  build({
    ...options,
    entryPoints: {
      extension: 'src/extension.ts',
      cli: 'src/cli.ts',
      hashWorker: 'src/adapters/files/hashWorker.ts',
      prebuildWorker: 'src/adapters/prebuilds/prebuildWorker.ts',
    },
    external: ['vscode'],
    plugins: [separateParts],
  }),
  build({
    ...options,
    entryPoints: PARTS,
    plugins: [separateParts],
  }),
  copyDevcontainerCli(),
]);

await writeNotices([main, parts]);

/** The licences of the packages that are bundled, as most of them ask for. */
async function writeNotices(results) {
  const folders = results
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .map((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  const notices = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json')));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  const divider = `\n${'-'.repeat(80)}\n\n`;
  await writeFile(
    join(DIST, 'THIRD_PARTY_NOTICES.txt'),
    (await Promise.all(notices)).join(divider),
  );
}

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
