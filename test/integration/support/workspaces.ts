import { writeFiles, temporaryFolders } from '../../support/temporaryFolder';
import { containersOf, docker, machine, removeAllOf } from './docker';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

let made = 0;

/** A text that no other test or run has, so that no build finds another's layers or image. */
export const unique = (): string => `${process.pid}-${Date.now()}-${made++}`;

export interface TestWorkspace {
  readonly folder: string;
  readonly write: (files: Readonly<Record<string, string>>) => void;
}

/**
 * Workspaces on busybox with a Dockerfile that runs one unique step and copies `app`; their containers and
 * images are removed after each test.
 */
export function testWorkspaces(): (
  config?: Readonly<Record<string, unknown>>,
  files?: Readonly<Record<string, string>>,
  name?: string,
) => TestWorkspace {
  const makeFolder = temporaryFolders();
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) {
      await removeAllOf(folder);
    }
  });
  return (config = {}, files = {}, name) => {
    const top = makeFolder();
    const folder = name === undefined ? top : join(top, name);
    mkdirSync(folder, { recursive: true });
    folders.push(folder);
    writeFiles(folder, {
      '.devcontainer/devcontainer.json': JSON.stringify({
        build: { dockerfile: '../Dockerfile' },
        ...config,
      }),
      Dockerfile: [
        `FROM ${machine('TEST_BUSYBOX')}`,
        // A text of its own for each test, and another content each time that it runs.
        `RUN echo ${unique()} && cat /proc/sys/kernel/random/uuid > /unique`,
        'COPY app /app',
        '',
      ].join('\n'),
      'app/main': 'hello\n',
      ...files,
    });
    return {
      folder,
      write: (more) => {
        writeFiles(folder, more);
      },
    };
  };
}

/** A repository of the test registry that is empty. */
export const emptyRepository = (): string => `${machine('TEST_REGISTRY')}/test/${unique()}`;

/** Reads a file in the one container of a folder. */
export async function readInside(folder: string, path: string): Promise<string> {
  const [id = ''] = await containersOf(folder);
  return docker('exec', id, 'cat', path);
}
