import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles a script of the sources into a folder, as the build does, for a thread to run. @returns its path. */
export function bundleOf(script: string, folder: string): string {
  const outfile = join(folder, 'bundle', `${script.replaceAll('/', '-')}.js`);
  buildSync({
    entryPoints: [join(__dirname, '../../src', `${script}.ts`)],
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    outfile,
  });
  return outfile;
}
