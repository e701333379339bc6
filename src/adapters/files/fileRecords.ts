import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseInputRecord } from '../../core/key/inputRecord';
import type { InputRecord } from '../../core/key/inputRecord';
import type { PrebuildKey } from '../../core/key/prebuildKey';
import type { Log } from '../../core/log';
import type { Records } from '../../core/ports';
import { sourceIdentity } from '../../core/workspaceSource';
import type { WorkspaceSource } from '../../core/workspaceSource';
import { hashedName } from './hashedName';
import { stateFolder } from './stateFolder';
import { writeWhole } from './writeWhole';

/** How many keys are remembered; the least recently used one goes first. */
const KEPT = 200;

/**
 * The inputs of past keys, a file each, below one folder of this machine. They only explain: one that is
 * lost or damaged is as good as none, and a failure to write is logged and no more.
 */
export class FileRecords implements Records {
  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

  remember(source: WorkspaceSource, record: InputRecord): void {
    try {
      const text = JSON.stringify(record);
      writeWhole(join(this.folder, `key-${record.hash}.json`), text);
      writeWhole(join(this.folder, lastName(source)), text);
      this.forgetOldest();
    } catch (error) {
      this.log.warn(`The inputs of this key cannot be remembered: ${String(error)}`);
    }
  }

  last(source: WorkspaceSource): InputRecord | undefined {
    return this.read(lastName(source));
  }

  find(key: PrebuildKey): InputRecord | undefined {
    return this.read(`key-${key}.json`);
  }

  private read(name: string): InputRecord | undefined {
    const file = join(this.folder, name);
    try {
      return parseInputRecord(readFileSync(file, 'utf8'), file);
    } catch (error) {
      this.log.debug(`No record ${name}: ${String(error)}`);
      return undefined;
    }
  }

  private forgetOldest(): void {
    const files = readdirSync(this.folder).map((name) => join(this.folder, name));
    if (files.length > KEPT) {
      const byAge = files.map((file) => ({ file, at: statSync(file).mtimeMs }));
      byAge.sort((a, b) => b.at - a.at);
      byAge.slice(KEPT).forEach(({ file }) => {
        rmSync(file, { force: true });
      });
    }
  }
}

/** The records of this user's machine. */
export function fileRecords(
  environment: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
  log: Log,
): FileRecords {
  return new FileRecords(join(stateFolder(environment, homeFolder), 'records'), log);
}

const lastName = (source: WorkspaceSource): string =>
  `last-${hashedName(sourceIdentity(source))}.json`;
