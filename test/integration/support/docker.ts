import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs docker and gives its standard output, without the last line end. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute('docker', [...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.replace(/\n$/, '');
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** The ids of the containers of a folder, stopped ones too. */
export async function containersOf(folder: string): Promise<string[]> {
  const filter = `label=devcontainer.local_folder=${folder}`;
  return lines(await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', filter));
}

/** The ids of the images that this tool made for a key. */
export async function imagesOf(key: string): Promise<string[]> {
  const filter = `label=devcontainer-prebuild.key=${key}`;
  return lines(await docker('images', '--quiet', '--no-trunc', '--filter', filter));
}

/** Removes what a test made of a folder: its containers, and the images that they were made from. */
export async function removeAllOf(folder: string): Promise<void> {
  for (const id of await containersOf(folder)) {
    const image = await docker('inspect', '--format', '{{.Config.Image}}', id);
    await docker('rm', '--force', '--volumes', id);
    await docker('rmi', '--force', image).catch(() => undefined);
  }
}

/** Makes the engine forget an image, so that it must be pulled or built again. */
export async function forget(image: string): Promise<void> {
  await docker('rmi', '--force', image).catch(() => undefined);
}

/** Empties BuildKit's local cache, of an engine that the tests unpacked themselves: never a person's. */
export async function pruneBuildCache(): Promise<void> {
  if (machine('TEST_ENGINE') === 'unpacked') {
    await docker('buildx', 'prune', '--all', '--force');
  }
}

/** An environment variable that the test machine sets. */
export function machine(
  name: 'TEST_ENGINE' | 'TEST_REGISTRY' | 'TEST_BASE' | 'TEST_BUSYBOX',
): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: run "npm run test:integration", which starts the machine`);
  }
  return value;
}
