import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { parsePublicationState } from '../../core/publication';
import type { PublicationState } from '../../core/publication';
import { parsePublishOrder, publishOrderText } from '../../core/publishOrder';
import type { PublishOrder } from '../../core/publishOrder';
import { stateFolder } from '../files/stateFolder';
import { writeWhole } from '../files/writeWhole';

/** How long after its last word a publication is forgotten, in milliseconds. */
const KEPT = 24 * 60 * 60 * 1000;

export interface Publication {
  readonly id: string;
  readonly order: PublishOrder;
  readonly state: PublicationState;
}

/** The publications of this user's machine: a folder each, which its process and all windows share. */
export class Publications {
  constructor(private readonly folder: string) {}

  /** Keeps an order for the process that will carry it out. @returns its publication's id. */
  add(order: PublishOrder): string {
    this.forgetOld();
    const id = randomUUID();
    const publication = this.open(id);
    writeWhole(publication.orderFile, publishOrderText(order));
    publication.write({ status: 'queued' });
    return id;
  }

  open(id: string): PublicationFolder {
    return new PublicationFolder(join(this.folder, id));
  }

  /** All that can be read. */
  list(): readonly Publication[] {
    return this.ids().flatMap((id) => {
      const publication = this.open(id);
      const [order, state] = [publication.order(), publication.state()];
      return order === undefined || state === undefined ? [] : [{ id, order, state }];
    });
  }

  /** Removes those that said their last word long ago. */
  forgetOld(): void {
    const now = Date.now();
    for (const id of this.ids()) {
      const folder = join(this.folder, id);
      try {
        // A state is written by renaming a file into the folder, which thereby has the time of the last word.
        if (now - statSync(folder).mtimeMs > KEPT) {
          rmSync(folder, { recursive: true, force: true });
        }
      } catch {
        // Another window removes it as well, or somebody reads its log: the next time.
      }
    }
  }

  private ids(): readonly string[] {
    try {
      return readdirSync(this.folder);
    } catch {
      // Nothing was ever published.
      return [];
    }
  }
}

/** The files of one publication, which only this user can read. */
export class PublicationFolder {
  readonly orderFile: string;
  readonly logFile: string;
  private readonly stateFile: string;

  constructor(readonly path: string) {
    this.orderFile = join(path, 'order.json');
    this.logFile = join(path, 'log');
    this.stateFile = join(path, 'state.json');
  }

  /** @returns undefined where there is none, or what is there is none. */
  order(): PublishOrder | undefined {
    return parsed(this.orderFile, parsePublishOrder);
  }

  state(): PublicationState | undefined {
    return parsed(this.stateFile, parsePublicationState);
  }

  write(state: PublicationState): void {
    writeWhole(this.stateFile, JSON.stringify(state));
  }

  /** What its process printed so far. */
  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** Whoever carries it out looks for that each second. */
  requestCancel(): void {
    this.mark('cancel');
  }

  isCancelRequested(): boolean {
    return existsSync(join(this.path, 'cancel'));
  }

  /** Takes upon itself to tell how it ended. @returns false where another window did before. */
  claimTelling(): boolean {
    return this.mark('told');
  }

  /** @returns false where the mark was there already. */
  private mark(name: string): boolean {
    try {
      closeSync(openSync(join(this.path, name), 'wx', 0o600));
      return true;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      // ENOENT: the publication was forgotten meanwhile.
      if (code === 'EEXIST' || code === 'ENOENT') {
        return false;
      }
      throw error;
    }
  }
}

/** The publications of this user's machine. */
export function publicationsOf(
  environment: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): Publications {
  return new Publications(join(stateFolder(environment, homeFolder), 'publications'));
}

function parsed<T>(file: string, parse: (text: string) => T | undefined): T | undefined {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch {
    // It is gone, or not there yet.
    return undefined;
  }
}
