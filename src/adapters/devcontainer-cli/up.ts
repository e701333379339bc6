import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../core/devcontainer/jsonc';
import type { Log } from '../../core/log';
import type { StartRequest } from '../../core/ports';
import { Problem } from '../../core/problem';
import { containerStartBroken, containerStartFailed, dockerMissing } from '../../core/problems';
import { inTemporaryFolder } from '../files/temporaryFolder';
import { cliCommand, runCli } from './cli';
import type { CliResult, DevcontainerCli } from './cli';

export interface UpResult {
  readonly containerId: string;
  readonly remoteUser: string;
  readonly remoteWorkspaceFolder: string;
}

const IDLE_AFTER = 20_000;

/** What the CLI says where a command of the person's own failed. */
const HOOK_FAILED =
  /(?:initialize|onCreate|updateContent|postCreate|postStart|postAttach)Command .*failed/;

/** Whether a start failed only after the container was made as it should be. */
export function isOfHook(error: unknown): boolean {
  return error instanceof Problem && HOOK_FAILED.test(error.reason ?? '');
}

/**
 * Starts a workspace's container: `devcontainer up` with another config in place of the user's own, whose
 * path it is still told, so that the container's labels, mounts and hooks are those that Dev Containers
 * would give it.
 */
export function up(
  cli: DevcontainerCli,
  { source, existing }: StartRequest,
  config: JsonObject,
  report: (line: string) => void,
  log: Log,
  signal: AbortSignal,
): Promise<UpResult> {
  return inTemporaryFolder(async (folder) => {
    // The CLI takes a config by this name only.
    const override = join(folder, 'devcontainer.json');
    await writeFile(override, JSON.stringify(config), { mode: 0o600 });
    const args = [
      '--workspace-folder',
      source.folder,
      '--config',
      source.configFile,
      '--override-config',
      override,
      '--no-lockfile',
      ...(existing === 'replace' ? ['--remove-existing-container'] : []),
    ];
    const command = cliCommand(cli, 'up', args, []);
    // It waits for ever for a shell in the container that was ended.
    const { ending, result } = await runCli(command, report, log, signal, {
      idleAfter: cli.idleAfter ?? IDLE_AFTER,
    });
    signal.throwIfAborted();
    if (ending.status === 'failed' && ending.reason === 'missing') {
      throw dockerMissing();
    }
    if (ending.status === 'failed') {
      throw containerStartBroken(`the devcontainer CLI was ended: ${ending.cause}`);
    }
    const upResult = result?.outcome === 'success' ? parseUpResult(result) : undefined;
    if (upResult === undefined) {
      const text = failureText(result) ?? 'the devcontainer CLI said no more';
      throw containerStartFailed(text);
    }
    return upResult;
  });
}

function parseUpResult({
  containerId,
  remoteUser,
  remoteWorkspaceFolder,
}: CliResult): UpResult | undefined {
  return typeof containerId === 'string' &&
    typeof remoteUser === 'string' &&
    typeof remoteWorkspaceFolder === 'string'
    ? { containerId, remoteUser, remoteWorkspaceFolder }
    : undefined;
}

function failureText(result: CliResult | undefined): string | undefined {
  const texts = [result?.['description'], result?.['message']].filter(
    (text) => typeof text === 'string' && text !== '',
  );
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' ');
}
