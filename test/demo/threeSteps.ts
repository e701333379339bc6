import { run } from '../support/machine/command';
import { runCommandLine } from './commandLine';
import type { CommandLineRun } from './commandLine';
import type { Stage } from './prepare';
import type { Pruning } from './pruning';
import type { Steps } from './steps';

/** One row of the table. */
export interface MeasuredStep {
  readonly title: string;
  readonly without: CommandLineRun;
  readonly withCache: CommandLineRun;
  readonly again: CommandLineRun;
  /** What Docker alone takes to pull the image that the second column pulled; undefined where it built. */
  readonly pullMilliseconds: number | undefined;
}

/**
 * What a column must have done for its time to mean anything. The Dockerfile's costly instructions are
 * those that install packages, compile the library and check it; its short one compiles the repository's own files.
 */
interface Expectation {
  readonly how: string;
  readonly costly: 'worked' | 'cached' | 'not built';
}

const isCostly = (name: string) => / RUN .*(apt-get|\.\/configure|fuzzcheck)/.test(name);
const COSTLY_INSTRUCTIONS = 5;

/** How many steps, and so rows, the table has. */
export const STEP_COUNT = 3;

/** The three steps of the table, one after the other on one workspace. */
export class ThreeSteps {
  /** What was not as expected, as sentences. */
  readonly faults: string[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly pruning: Pruning,
    private readonly keys: Set<string>,
    private readonly steps: Steps,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Measures the first so many steps.
   * @param meanwhile what to show while the registry has the first step's prebuild and nothing more.
   */
  async measure(count: number, meanwhile: () => Promise<void>): Promise<readonly MeasuredStep[]> {
    const measured = [await this.first(meanwhile)];
    if (count > 1) {
      measured.push(await this.second());
    }
    if (count > 2) {
      measured.push(await this.third());
    }
    return measured;
  }

  private async first(meanwhile: () => Promise<void>): Promise<MeasuredStep> {
    const title = '1 first build';
    const without = await this.openWithout(title);
    await this.publish(title);
    await this.prune();
    await meanwhile();
    const pullMilliseconds = await this.pullAlone(title, without.hash);
    const opened = await this.openWithCache(title, { how: 'pulled' });
    return { title, without, pullMilliseconds, ...opened };
  }

  private async second(): Promise<MeasuredStep> {
    const title = '2 a feature added';
    const { workspace, feature } = this.stage;
    workspace.addFeature(feature);
    const without = await this.openWithout(title);
    const cached = await this.openWithCache(title, { how: 'built' });
    await this.publish(title);
    return { title, without, pullMilliseconds: undefined, ...cached };
  }

  private async third(): Promise<MeasuredStep> {
    const title = '3 a file added to the build context';
    this.stage.workspace.addFileToContext();
    const without = await this.openWithout(title);
    const cached = await this.openWithCache(title, { how: 'built' });
    return { title, without, pullMilliseconds: undefined, ...cached };
  }

  private async openWithout(title: string): Promise<CommandLineRun> {
    await this.prune();
    const opened = await this.commandLine(`${title}: opened without a cache`, ['up'], 'none');
    this.check(`${title}, without a cache`, opened, { how: 'built', costly: 'worked' });
    return opened;
  }

  private async openWithCache(
    title: string,
    { how }: { readonly how: 'pulled' | 'built' },
  ): Promise<Pick<MeasuredStep, 'withCache' | 'again'>> {
    await this.prune();
    const withCache = await this.commandLine(
      `${title}: opened with the registry cache`,
      ['up'],
      'set',
    );
    const costly = how === 'built' ? 'cached' : 'not built';
    this.check(`${title}, with the cache`, withCache, { how, costly });
    const again = await this.commandLine(`${title}: opened again`, ['up'], 'set');
    this.check(`${title}, opened again`, again, { how: 'running', costly: 'not built' });
    return { withCache, again };
  }

  /** The least that opening a published prebuild could take: `docker pull`, with nothing local. */
  private async pullAlone(title: string, hash: string): Promise<number> {
    await this.prune();
    const { environment, prebuilds } = this.stage;
    return this.steps.run(`${title}: the prebuild pulled by Docker alone`, async () => {
      const began = performance.now();
      await run('docker', ['pull', '--quiet', `${prebuilds}:prebuild-${hash}`], { environment });
      return performance.now() - began;
    });
  }

  /** What CI does on each push. The layers are here from the build before, so that it only uploads. */
  private async publish(title: string): Promise<void> {
    await this.commandLine(`${title}: published, as CI does`, ['build', '--push'], 'set');
  }

  private async prune(): Promise<void> {
    const what = this.pruning.scope === 'everything' ? 'everything local' : 'what is the demo’s';
    await this.steps.run(`Pruning ${what}`, async () => this.pruning.prune());
  }

  private async commandLine(
    title: string,
    args: readonly string[],
    registry: 'set' | 'none',
  ): Promise<CommandLineRun> {
    const { environment, workspace, prebuilds } = this.stage;
    const existing = args[0] === 'up' ? ['--existing', 'replace'] : [];
    const done = await this.steps.run(title, async () =>
      runCommandLine([...args, ...existing], {
        folder: workspace.folder,
        environment: {
          ...environment,
          // Empty wins over the workspace's setting, too.
          DEVCONTAINER_PREBUILD_REGISTRY: registry === 'set' ? prebuilds : '',
        },
        signal: this.signal,
      }),
    );
    this.keys.add(done.hash);
    return done;
  }

  private check(
    what: string,
    { how, cached, worked }: CommandLineRun,
    expected: Expectation,
  ): void {
    const fault = (sentence: string) => {
      this.faults.push(`${what}: ${sentence}`);
    };
    if (how !== expected.how) {
      fault(`the container was to be ${expected.how}, and is ${how}.`);
    }
    const wrong = expected.costly === 'worked' ? cached : worked;
    wrong.filter(isCostly).forEach((name) => {
      fault(`${name} ${expected.costly === 'worked' ? 'came from a cache' : 'was run'}.`);
    });
    const count = [...cached, ...worked].filter(isCostly).length;
    const wanted = expected.costly === 'not built' ? 0 : COSTLY_INSTRUCTIONS;
    if (count !== wanted) {
      fault(`the build showed ${count} of its costly instructions, not ${wanted}.`);
    }
  }
}
