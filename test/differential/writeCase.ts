import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BASE, NONCE } from './buildCase';
import type { BuildCase, Entry, Tree } from './buildCase';
import { renderDockerfile } from './renderDockerfile';

/** What the words of a case that stand for something become. */
export interface Meaning {
  readonly nonce: string;
  readonly base: string;
}

/** A case in a folder. */
export interface WrittenCase {
  readonly folder: string;
  readonly configFile: string;
  readonly dockerfile: string;
  readonly context: string;
  /** Of the context `lib`. */
  readonly library: string | undefined;
  readonly target: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Long enough ago that no file is written then. */
const LONG_AGO = 1_000_000_000;

/** Writes all files of a case into a folder, in place of what was there. */
export function writeCase(folder: string, written: BuildCase, meaning: Meaning): WrittenCase {
  rmSync(folder, { recursive: true, force: true });
  const context = join(folder, 'context');
  const dockerfile = join(written.dockerfileIn === 'context' ? context : folder, 'Dockerfile');
  const library = written.library === undefined ? undefined : join(folder, 'lib');
  const configFile = join(folder, '.devcontainer/devcontainer.json');
  for (const [path, text] of Object.entries(filesBeside(written))) {
    writeText(join(folder, path), expressed(text, meaning));
  }
  mkdirSync(context, { recursive: true });
  chmodSync(context, 0o755);
  writeTree(context, written.tree, meaning);
  if (written.library !== undefined && library !== undefined) {
    writeTree(library, written.library, meaning);
  }
  const { target, buildArgs } = written;
  return { folder, configFile, dockerfile, context, library, target, buildArgs };
}

/** The files that are no part of a tree, from their paths below the folder. */
function filesBeside(written: BuildCase): Readonly<Record<string, string>> {
  const { dockerfile, dockerfileIn, ignore, ownIgnore, target, buildArgs, library } = written;
  const inContext = dockerfileIn === 'context';
  const place = inContext ? 'context/Dockerfile' : 'Dockerfile';
  const config = {
    name: written.configName,
    build: {
      dockerfile: `../${place}`,
      context: '../context',
      ...(target === undefined ? {} : { target }),
      args: buildArgs,
      ...(library === undefined ? {} : { options: ['--build-context', 'lib=lib'] }),
    },
  };
  return {
    '.devcontainer/devcontainer.json': JSON.stringify(config, undefined, 2),
    [place]: renderDockerfile(dockerfile),
    ...(ignore === undefined ? {} : { 'context/.dockerignore': linesText(ignore) }),
    ...(ownIgnore === undefined ? {} : { [`${place}.dockerignore`]: linesText(ownIgnore) }),
  };
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function expressed(text: string, { nonce, base }: Meaning): string {
  return text.replaceAll(NONCE, nonce).replaceAll(BASE, base);
}

function writeText(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  // The umask of whoever runs this shall not matter.
  chmodSync(file, 0o644);
  chmodSync(dirname(file), 0o755);
}

function writeTree(root: string, tree: Tree, meaning: Meaning): void {
  // A directory's own entry comes before what it holds, and its mode before the default one.
  const entries = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
  mkdirSync(root, { recursive: true });
  for (const [path, entry] of entries) {
    const parts = path.split('/');
    parts.slice(1).forEach((_, index) => {
      const directory = parts.slice(0, index + 1).join('/');
      if (!tree.has(directory)) {
        makeDirectory(join(root, directory), 0o755);
      }
    });
    writeEntry(join(root, path), entry, meaning);
  }
}

function writeEntry(path: string, entry: Entry, meaning: Meaning): void {
  switch (entry.kind) {
    case 'directory':
      makeDirectory(path, entry.mode);
      return;
    case 'link':
      symlinkSync(entry.to, path);
      return;
    case 'archive':
      writeFileSync(path, tarOf(entry.members, meaning));
      chmodSync(path, 0o644);
      return;
    case 'file':
      writeFileSync(path, expressed(entry.text, meaning));
      chmodSync(path, entry.mode);
      if (entry.isOld) {
        utimesSync(path, LONG_AGO, LONG_AGO);
      }
  }
}

const BLOCK = 512;

/** An archive of plain files, all of one time: a header and the padded text of each (POSIX ustar). */
function tarOf(members: Readonly<Record<string, string>>, meaning: Meaning): Buffer {
  const blocks = Object.entries(members).flatMap(([name, written]) => {
    const text = Buffer.from(expressed(written, meaning));
    const padding = Buffer.alloc((BLOCK - (text.length % BLOCK)) % BLOCK);
    return [tarHeader(name, text.length), text, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  header.write(name, 0);
  header.write(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  header.write(`${octal(size, 11)}\0${octal(LONG_AGO, 11)}\0`, 124);
  // The checksum counts as spaces while it is made.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte),
      6,
    )}\0 `,
    148,
  );
  return header;
}

function makeDirectory(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}

/** The case as a person reads it: each file with its text, links and modes. */
export function describeCase(written: BuildCase): string {
  const beside = Object.entries(filesBeside(written)).flatMap(([path, text]) => [
    `--- ${path}`,
    // Carriage returns and the byte order mark would not show.
    ...text.replaceAll('\r', '␍').replace('\uFEFF', '<BOM>').trimEnd().split('\n'),
  ]);
  return [
    ...beside,
    ...treeLines('context', written.tree),
    ...treeLines('lib', written.library),
  ].join('\n');
}

function treeLines(root: string, tree: Tree | undefined): readonly string[] {
  return [...(tree ?? [])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, entry]) => {
      switch (entry.kind) {
        case 'file':
          return `--- ${root}/${path} ${entry.mode.toString(8)}${entry.isOld ? ' old' : ''}: ${entry.text.trimEnd()}`;
        case 'link':
          return `--- ${root}/${path} -> ${entry.to}`;
        case 'archive':
          return `--- ${root}/${path}: ${JSON.stringify(entry.members)}`;
        case 'directory':
          return `--- ${root}/${path}/ ${entry.mode.toString(8)}`;
      }
    });
}
