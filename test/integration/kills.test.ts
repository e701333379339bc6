import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRegistry } from '../../src/adapters/registry/registryLookup';
import { hostPlatform } from '../../src/core/platform';
import { parseImageReference } from '../../src/core/reference';
import { temporaryFolders } from '../support/temporaryFolder';
import { runCli, startCli } from './support/commandLine';
import type { CliResult } from './support/commandLine';
import { docker, forget } from './support/docker';
import { emptyRepository, readInside, testWorkspaces } from './support/workspaces';

const ROUNDS = Number(process.env['PREBUILD_KILLS'] ?? 4);
const SEED = Number(process.env['PREBUILD_KILLS_SEED'] ?? Date.now() % 1_000_000);
/** Nothing that was killed, and nothing that follows a kill, may take longer, in milliseconds. */
const BOUND = 120_000;

/** Numbers in [0, 1) that a seed repeats: mulberry32. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly line: string;
}

/** What runs below a process, as Linux says it. */
function descendantsOf(top: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Process[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(parent), line }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
  const below = (parent: number): Process[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
  return below(top);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Kills a process with everything below it. */
function killTree(top: number): void {
  for (const { pid } of descendantsOf(top)) {
    kill(pid);
  }
  kill(top);
}

interface Run {
  readonly what: string;
  readonly result: CliResult;
  readonly took: number;
}

/** Runs the command line, and says what hung where it does not end. */
async function bounded(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  during: (pid: number) => void = () => undefined,
): Promise<Run> {
  const run = startCli(args, environment);
  const pid = run.process.pid ?? assert.fail('it did not start');
  const began = performance.now();
  const what = args.join(' ');
  let hung: string | undefined;
  const timer = setTimeout(() => {
    hung = [what, ...descendantsOf(pid).map(({ line }) => line)].join('\n  ');
    killTree(pid);
  }, BOUND);
  during(pid);
  const result = await run.ended;
  clearTimeout(timer);
  assert.equal(hung, undefined, `it did not end:\n${hung ?? ''}\n${result.stderr}`);
  return { what, result, took: performance.now() - began };
}

describe('a kill at any moment', function () {
  this.timeout((ROUNDS + 2) * 2 * BOUND);
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();
  const silent = (): undefined => undefined;
  const log = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };
  const images: string[] = [];
  afterEach(async () => {
    for (const image of images.splice(0)) {
      await forget(image);
    }
  });

  it('leaves a registry that tells the truth, and a workspace that opens', async () => {
    const environment = { XDG_CACHE_HOME: makeFolder() };
    const draw = dice(SEED);
    const repository = emptyRepository();
    const { folder, write } = makeWorkspace({
      onCreateCommand: 'sleep 0.5 && echo x >> /created',
      postCreateCommand: 'sleep 0.5 && echo x >> /finished',
    });
    const where = ['--workspace-folder', folder, '--registry', repository];
    const verbs = {
      publish: ['build', '--push', ...where],
      open: ['up', '--existing', 'replace', ...where],
    };
    // How long each takes when nobody kills it.
    const publishing = (await bounded(verbs.publish, environment)).took;
    write({ 'app/main': 'round 0\n' });
    const opening = (await bounded(verbs.open, environment)).took;

    for (let round = 1; round <= ROUNDS; round++) {
      const verb = draw() < 0.5 ? 'publish' : 'open';
      const victim = draw() < 0.5 ? 'all' : 'one';
      const after = draw() * (verb === 'publish' ? publishing : opening);
      const which = draw();
      const said = `round ${round} of seed ${SEED}: ${verb}, ${victim} after ${Math.round(after)} ms`;
      write({ 'app/main': `round ${round}\n` });
      let killed = 'nothing';
      const { result: broken } = await bounded(verbs[verb], environment, (pid) => {
        setTimeout(() => {
          const below = descendantsOf(pid);
          const one = below[Math.floor(which * below.length)];
          if (victim === 'all' || one === undefined) {
            killed = 'all';
            killTree(pid);
          } else {
            killed = one.line;
            kill(one.pid);
          }
        }, after);
      });
      const told = `${said} (${killed})\n${broken.stderr}`;

      const { json } = await runCli(['hash', ...where], environment);
      const key = String(json['hash']);
      const image = `${repository}:prebuild-${key}`;
      images.push(image);
      const registry = createRegistry({
        environment: process.env,
        homeFolder: makeFolder(),
        log,
        insecureRegistries: [],
      });
      const reference = parseImageReference(image) ?? assert.fail(image);
      const signal = new AbortController().signal;
      const answer = await registry.inspect(reference, hostPlatform(process.arch), signal);
      assert.notEqual(answer.state, 'unreachable', told);
      if (answer.state === 'found') {
        assert.equal(answer.labels['devcontainer-prebuild.key'], key, told);
        await forget(image);
        await docker('pull', '--quiet', image);
      }
      const opened = (await bounded(verbs.open, environment)).result;
      assert.equal(opened.code, 0, `${told}\nthen:\n${opened.stderr}`);
      assert.equal(await readInside(folder, '/app/main'), `round ${round}`, told);
      // A hook that was killed itself is a hook that failed, which was said.
      if (broken.code === null || broken.json['how'] !== undefined) {
        assert.equal(await readInside(folder, '/created'), 'x', told);
        assert.equal(await readInside(folder, '/finished'), 'x', told);
      }
    }
  });
});
