import { join, resolve } from 'node:path';
import { buildPrebuild } from '../core/buildPrebuild';
import type { BuildPrebuildEvent, BuiltPrebuild } from '../core/buildPrebuild';
import type { CacheState } from '../core/cacheState';
import { checkPrebuild } from '../core/checkPrebuild';
import { chooseConfig } from '../core/chooseConfig';
import { isObject, parseJsonc } from '../core/devcontainer/jsonc';
import { explainKey, reasonLines } from '../core/explainKey';
import type { FileTree } from '../core/fileTree';
import { parseInputRecord } from '../core/key/inputRecord';
import type { InputRecord } from '../core/key/inputRecord';
import { parsePrebuildKey } from '../core/key/prebuildKey';
import { behindText, findFreshness } from '../core/freshness';
import type { Freshness } from '../core/freshness';
import { nearestPrebuild } from '../core/nearestPrebuild';
import { openInWorkspace } from '../core/openInWorkspace';
import type { OpenPorts, OutdatedChoice } from '../core/openInWorkspace';
import { settle } from '../core/outcome';
import type { Outcome } from '../core/outcome';
import type { Platform } from '../core/platform';
import type { Records, WorkspaceContainer } from '../core/ports';
import { explainPrebuild, preparePrebuild } from '../core/preparePrebuild';
import type { ExplainedPrebuild, PrebuildRequest, PreparedPrebuild } from '../core/preparePrebuild';
import { containerOutdated, recordInvalid, recordMissing, registryInvalid } from '../core/problems';
import type { PrunePorts } from '../core/prunePrebuilds';
import { parseRepository } from '../core/reference';
import type { Repository } from '../core/reference';
import type { Invocation } from './arguments';
import { eventLine } from './eventLines';
import { EXIT, checkExitCode } from './exitCode';
import { problemObject, problemText } from './problemText';

/** Where the command line prints; standard output is for results, standard error for people. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

export interface CommandlineContext {
  readonly tree: FileTree;
  readonly records: Records;
  /** Loads what only some commands need: Docker, the registry. */
  readonly loadPorts: () => Promise<OpenPorts & PrunePorts>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostPlatform: Platform;
  /** Absolute. */
  readonly workspaceFolder: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** A result: as JSON has it, as a person reads it, and the exit code. */
export interface Result {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly exitCode: number;
}

/** Runs what was asked for and prints its result. @returns the exit code. */
export async function runInvocation(
  invocation: Invocation,
  context: CommandlineContext,
): Promise<number> {
  return printOutcome(await resultOf(invocation, context), invocation.output, context.terminal);
}

/** Prints how a command ended. @returns the exit code. */
export function printOutcome(
  outcome: Outcome<Result>,
  output: Invocation['output'],
  terminal: Terminal,
): number {
  switch (outcome.status) {
    case 'done': {
      const { json, text, exitCode } = outcome.value;
      terminal.out(output === 'json' ? JSON.stringify(json) : text);
      return exitCode;
    }
    case 'cancelled':
      terminal.error('Cancelled.');
      return EXIT.cancelled;
    case 'failed':
      if (output === 'json') {
        terminal.out(JSON.stringify({ error: problemObject(outcome.problem) }));
      }
      terminal.error(problemText(outcome.problem));
      return EXIT.failed;
  }
}

async function resultOf(
  invocation: Invocation,
  context: CommandlineContext,
): Promise<Outcome<Result>> {
  const { tree, records, signal } = context;
  const asked = await settle(() => Promise.resolve(requestOf(invocation, context)), signal);
  if (asked.status !== 'done') {
    return asked;
  }
  const request = asked.value;
  const report = (event: Parameters<typeof eventLine>[0]): void => {
    const line = eventLine(event, invocation.detail);
    if (line !== undefined) {
      context.terminal.error(line);
    }
  };
  switch (invocation.verb) {
    case 'hash':
      return settle(
        () =>
          Promise.resolve(
            invocation.output === 'json'
              ? inputsResult(explainPrebuild(tree, request))
              : keyResult(preparePrebuild(tree, request)),
          ),
        signal,
      );
    case 'check':
      return settle(async () => {
        const ports = await context.loadPorts();
        const prebuild = await ports.prebuilds.prepare(request, signal);
        const state = await checkPrebuild(ports, prebuild, signal);
        const result = checkResult(prebuild, state);
        const freshness =
          invocation.freshness === 'asked'
            ? await findFreshness(ports, prebuild, state, signal)
            : undefined;
        return freshness === undefined ? result : withFreshness(result, freshness);
      }, signal);
    case 'explain':
      return settle(async () => {
        const prebuild = explainPrebuild(tree, request);
        const earlier =
          earlierRecord(invocation, request, records, tree) ??
          (await publishedRecord(prebuild, context));
        return explainResult(prebuild, earlier);
      }, signal);
    case 'build':
      return buildEach(invocation, request, await context.loadPorts(), report, signal);
    case 'up': {
      const onOutdated = outdatedChoice(invocation.existing);
      const ports = await context.loadPorts();
      const opened = await openInWorkspace(ports, { ...request, onOutdated }, report, signal);
      return mapOutcome(opened, ({ key, container, how, steps }) => ({
        json: {
          hash: key,
          containerId: container.id,
          how,
          remoteUser: container.remoteUser,
          workspaceFolder: container.workspaceFolder,
          steps,
        },
        text: `${container.name} (${how})`,
        exitCode: EXIT.done,
      }));
    }
  }
}

/** Builds a prebuild for each platform; with one, its result is the whole answer. */
async function buildEach(
  { platforms, publish, present, layerCache, bases }: Invocation,
  request: PrebuildRequest,
  ports: OpenPorts,
  report: (event: BuildPrebuildEvent) => void,
  signal: AbortSignal,
): Promise<Outcome<Result>> {
  const results: Result[] = [];
  for (const platform of platforms.length === 0 ? [request.platform] : platforms) {
    const built = await buildPrebuild(
      ports,
      { ...request, platform, output: publish, present, layerCache, bases },
      report,
      signal,
    );
    if (built.status !== 'done') {
      return built;
    }
    results.push(buildResult(built.value));
  }
  const [first, ...others] = results;
  return first !== undefined && others.length === 0
    ? { status: 'done', value: first }
    : {
        status: 'done',
        value: {
          json: { prebuilds: results.map(({ json }) => json) },
          text: results.map(({ text }) => text).join('\n'),
          exitCode: EXIT.done,
        },
      };
}

function buildResult({ key, image, digest, how, steps }: BuiltPrebuild): Result {
  return {
    json: { hash: key, image, digest, how, steps },
    text: `${image}${digest === undefined ? '' : `@${digest}`} (${how})`,
    exitCode: EXIT.done,
  };
}

function requestOf(invocation: Invocation, context: CommandlineContext): PrebuildRequest {
  const { tree, environment, hostPlatform, workspaceFolder } = context;
  return {
    source: chooseConfig(tree, workspaceFolder, invocation.config),
    platform: invocation.platforms[0] ?? hostPlatform,
    branch: invocation.branch,
    defaultBranch: invocation.defaultBranch,
    environment,
    repository: invocation.repository ?? configuredRepository(tree, context),
  };
}

/** Where no registry was given: the environment's, else the one that the editor uses in this folder. */
export function configuredRepository(
  tree: FileTree,
  { environment, workspaceFolder }: CommandlineContext,
): Repository | undefined {
  const settings = join(workspaceFolder, '.vscode', 'settings.json');
  const value =
    environment['DEVCONTAINER_PREBUILD_REGISTRY'] ??
    setting(tree.readText(settings), settings, 'devcontainerPrebuild.registry');
  if (value === undefined || value === '') {
    return undefined;
  }
  const repository = parseRepository(value);
  if (repository === undefined) {
    throw registryInvalid(value);
  }
  return repository;
}

function setting(text: string | undefined, file: string, name: string): string | undefined {
  const value = text === undefined || text.trim() === '' ? {} : parseJsonc(text, file).value;
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** On a terminal without questions, an earlier container is nobody's to throw away but the person's. */
function outdatedChoice(
  existing: Invocation['existing'],
): (container: WorkspaceContainer) => Promise<OutdatedChoice> {
  return (container) =>
    existing === 'ask'
      ? Promise.reject(containerOutdated(container.name))
      : Promise.resolve(existing);
}

function earlierRecord(
  { against }: Invocation,
  { source }: PrebuildRequest,
  records: Records,
  tree: FileTree,
): InputRecord | undefined {
  const key = parsePrebuildKey(against);
  if (against !== undefined && key === undefined) {
    const file = resolve(against);
    const text = tree.readText(file);
    if (text === undefined) {
      throw recordInvalid(file);
    }
    return parseInputRecord(text, file);
  }
  if (key === undefined) {
    return records.last(source);
  }
  const record = records.find(key);
  if (record === undefined) {
    throw recordMissing(`the key ${key}`);
  }
  return record;
}

/** Where this machine knows no earlier key of the workspace: that of the prebuild published last. */
async function publishedRecord(
  prebuild: ExplainedPrebuild,
  { loadPorts, signal }: CommandlineContext,
): Promise<InputRecord> {
  const earlier =
    prebuild.latest === undefined
      ? undefined
      : await nearestPrebuild(await loadPorts(), prebuild, signal);
  if (earlier === undefined) {
    throw recordMissing('an earlier key of this workspace');
  }
  return earlier.record;
}

function explainResult({ key, record, notes }: ExplainedPrebuild, earlier: InputRecord): Result {
  const reasons = explainKey(earlier, record);
  return {
    json: { hash: key, against: earlier.hash, reasons, notes },
    text: [
      ...(reasons.length === 0 ? ['The key is the same.'] : reasons.flatMap(reasonLines)),
      ...notes.map(({ text }) => `note: ${text}`),
    ].join('\n'),
    exitCode: EXIT.done,
  };
}

function keyResult({ key }: PreparedPrebuild): Result {
  return { json: { hash: key }, text: key, exitCode: EXIT.done };
}

function inputsResult(prebuild: ExplainedPrebuild): Result {
  const { record, notes } = prebuild;
  return { ...keyResult(prebuild), json: { ...record, notes } };
}

function checkResult({ key }: PreparedPrebuild, state: CacheState): Result {
  const exitCode = checkExitCode(state);
  switch (state.kind) {
    case 'running':
      return {
        json: { state: state.kind, hash: key, container: state.container, image: state.image },
        text: `running: ${state.container}`,
        exitCode,
      };
    case 'local':
      return {
        json: { state: state.kind, hash: key, image: state.image },
        text: `local: ${state.image}`,
        exitCode,
      };
    case 'registry':
      return {
        json: { state: state.kind, hash: key, image: state.image, digest: state.digest },
        text: `registry: ${state.image}@${state.digest}`,
        exitCode,
      };
    case 'cache':
      return {
        json: { state: state.kind, hash: key, cache: state.cache },
        text: `cache: no prebuilt image, but the layers of ${state.cache}`,
        exitCode,
      };
    case 'miss':
      return {
        json: { state: state.kind, hash: key },
        text: 'miss: no prebuilt image and no layer cache',
        exitCode,
      };
    case 'unreachable':
      return {
        json: { state: state.kind, hash: key, error: problemObject(state.problem) },
        text: `unreachable: ${problemText(state.problem)}`,
        exitCode,
      };
  }
}

function withFreshness({ json, text, exitCode }: Result, freshness: Freshness): Result {
  const line =
    freshness.state === 'behind'
      ? `behind: ${behindText(freshness, Date.now())}; renew it by build --push --force --pull`
      : `freshness: ${freshness.state}`;
  return { json: { ...json, freshness }, text: `${text}\n${line}`, exitCode };
}

function mapOutcome<T, U>(outcome: Outcome<T>, map: (value: T) => U): Outcome<U> {
  return outcome.status === 'done' ? { status: 'done', value: map(outcome.value) } : outcome;
}
