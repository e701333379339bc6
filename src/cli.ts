#!/usr/bin/env node
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { version } from '../package.json';
import { fileRecords } from './adapters/files/fileRecords';
import { cachingFileTree, nodeFileTree } from './adapters/files/nodeFileTree';
import { statCacheFolder } from './adapters/files/stateFolder';
import { sameThreadPrebuilds } from './adapters/prebuilds/sameThread';
import { PublicationFolder } from './adapters/publishing/publications';
import { thisProcess } from './adapters/publishing/publicationProcess';
import { USAGE, parseArguments } from './commandline/arguments';
import { EXIT } from './commandline/exitCode';
import { answerReads } from './commandline/reads';
import { printLine } from './commandline/standardOutput';
import { runInvocation } from './commandline/runInvocation';
import type { CommandlineContext } from './commandline/runInvocation';
import { terminalLog } from './commandline/terminalLog';
import type { FileTree } from './core/fileTree';
import type { Log } from './core/log';
import type { OpenPorts } from './core/openInWorkspace';
import { hostPlatform } from './core/platform';
import type { PrunePorts } from './core/prunePrebuilds';

async function main(): Promise<number> {
  const terminal = {
    out: printLine,
    error: (text: string) => process.stderr.write(`${text}\n`),
  };
  const parsed = parseArguments(process.argv.slice(2));
  switch (parsed.kind) {
    case 'help':
      terminal.out(USAGE);
      return EXIT.done;
    case 'version':
      terminal.out(version);
      return EXIT.done;
    case 'wrong':
      terminal.error(`devcontainer-prebuild: ${parsed.reason}\n\n${USAGE}`);
      return EXIT.usage;
    case 'reads':
      return answerReads(parsed.question, nodeFileTree, hostPlatform(process.arch), terminal);
    case 'prune':
    case 'run': {
      const asked = parsed.kind === 'prune' ? parsed.question : parsed.invocation;
      const signal = abortedBySignals();
      const log = terminalLog(terminal, asked.detail);
      const tree = fileTree();
      const context: CommandlineContext = {
        tree,
        records: fileRecords(environment, homeFolder, log),
        loadPorts: () => loadPorts(log, tree, asked.insecureRegistries),
        environment,
        hostPlatform: hostPlatform(process.arch),
        workspaceFolder: resolve(asked.workspaceFolder),
        terminal,
        signal,
      };
      if (parsed.kind === 'prune') {
        const { answerPrune } = await import('./commandline/prune');
        return answerPrune(parsed.question, context);
      }
      return runInvocation(parsed.invocation, context);
    }
    case 'publish': {
      const { carryOutPublication } = await import('./commandline/carryOutPublication');
      return carryOutPublication(new PublicationFolder(parsed.publicationFolder), {
        process: thisProcess(),
        environment,
        loadPorts: async (insecureRegistries) => ({
          ...(await loadPorts(terminalLog(terminal, 'everything'), fileTree(), insecureRegistries)),
          pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
        }),
        terminal,
        signal: abortedBySignals(),
      });
    }
  }
}

const { env: environment } = process;
const homeFolder = homedir();

function fileTree(): FileTree {
  return cachingFileTree({
    cacheFolder: statCacheFolder(environment, homeFolder),
    hashWorker: join(__dirname, 'hashWorker.js'),
  });
}

async function loadPorts(
  log: Log,
  tree: FileTree,
  insecureRegistries: readonly string[],
): Promise<OpenPorts & PrunePorts> {
  const { createAdapters } = await import('./adapters/createAdapters');
  return createAdapters({
    environment,
    homeFolder,
    log,
    cliScript: join(__dirname, 'devcontainer-cli', 'devcontainer.js'),
    tree,
    prebuilds: sameThreadPrebuilds(tree),
    insecureRegistries,
  });
}

/**
 * Aborted by the first signal that asks the process to end; the second one ends it at once. Our listeners stay:
 * where there are none, signal-exit, which proper-lockfile brings, ends the process itself.
 */
function abortedBySignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        process.exit(EXIT.cancelled);
      }
      controller.abort();
    });
  }
  return controller.signal;
}

void main().then((code) => {
  process.exitCode = code;
});
