import { basename, posix, relative, sep } from 'node:path';
import type { JsonObject } from './jsonc';

/**
 * The mount and the folder of a workspace whose path docker's `--mount`, a CSV record, would misread: the
 * devcontainer CLI writes the path into it bare. `/w/a,b` becomes `type=bind,"source=/w/a,b",…`.
 * @param top the folder that is mounted: git's root above the workspace, else the workspace, as in the CLI.
 * @returns undefined where the CLI's own mount will do, or the config has one.
 */
export function quotedWorkspaceMount(
  config: JsonObject,
  folder: string,
  top: string,
): { readonly workspaceMount: string; readonly workspaceFolder: string } | undefined {
  if (!/[",]/.test(folder) || config['workspaceMount'] !== undefined) {
    return undefined;
  }
  const target = posix.join('/workspaces', basename(top));
  const configured = config['workspaceFolder'];
  const fields = ['type=bind', `source=${top}`, `target=${target}`];
  return {
    workspaceMount: fields.map(csvField).join(','),
    workspaceFolder:
      typeof configured === 'string'
        ? configured
        : posix.join(target, ...relative(top, folder).split(sep)),
  };
}

/** A field of RFC 4180, as Go's encoding/csv reads it. */
function csvField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
