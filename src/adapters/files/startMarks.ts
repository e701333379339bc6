import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../core/log';
import { sourceIdentity } from '../../core/workspaceSource';
import type { WorkspaceSource } from '../../core/workspaceSource';
import { hashedName } from './hashedName';
import { writeWhole } from './writeWhole';

export interface StartMark {
  /** The ids of the containers that were there before. */
  readonly containers: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * A mark stands from before a container is started until that has ended. One that still stands, while nobody
 * starts it, tells of a start that was killed: what it made may have run its hooks in part, or not at all.
 */
export class StartMarks {
  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

  set(source: WorkspaceSource, containers: readonly string[]): void {
    const mark: StartMark = { containers, at: Date.now() };
    try {
      writeWhole(this.file(source), JSON.stringify(mark));
    } catch (error) {
      this.log.warn(`Should this start be killed, nobody will know: ${String(error)}`);
    }
  }

  /** @returns undefined where none stands. */
  read(source: WorkspaceSource): StartMark | undefined {
    try {
      const mark = JSON.parse(readFileSync(this.file(source), 'utf8')) as Partial<StartMark>;
      const { containers, at } = mark;
      return Array.isArray(containers) && typeof at === 'number' ? { containers, at } : undefined;
    } catch {
      return undefined;
    }
  }

  clear(source: WorkspaceSource): void {
    try {
      rmSync(this.file(source), { force: true });
    } catch (error) {
      this.log.warn(`The mark of a start cannot be removed: ${String(error)}`);
    }
  }

  private file(source: WorkspaceSource): string {
    return join(this.folder, hashedName(sourceIdentity(source)));
  }
}
