import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { temporaryFolders } from '../support/temporaryFolder';
import { forget, machine } from './support/docker';
import { emptyRepository, testWorkspaces } from './support/workspaces';

const ROOT = resolve(__dirname, '../..');
/** A build is cut off here, so that a script that hangs ends, with all that it started. */
const PATIENCE = 120_000;

/** A script of docs/ci.md, and the shell that its CI runs it in. */
interface Recipe {
  readonly name: string;
  readonly shell: readonly string[];
  readonly script: string;
}

describe('the recipes of docs/ci.md', () => {
  const makeWorkspace = testWorkspaces();
  const makeFolder = temporaryFolders();

  const run = (
    { shell: [file = '', ...args], script }: Recipe,
    folder: string,
    repository: string,
  ): Promise<{ readonly code: number | null; readonly output: string }> => {
    const bin = makeFolder({
      'devcontainer-prebuild': `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'dist/cli.js')}" "$@"\n`,
      // Of a clone, which the workspace is not.
      git: '#!/bin/sh\necho main\n',
    });
    ['devcontainer-prebuild', 'git'].forEach((name) => {
      chmodSync(join(bin, name), 0o755);
    });
    return new Promise((settle, reject) => {
      const child = spawn(file, [...args, script], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
          DEVCONTAINER_PREBUILD_REGISTRY: repository,
          GITHUB_REF_NAME: 'topic',
          DEFAULT_BRANCH: 'main',
          CI_COMMIT_REF_NAME: 'topic',
          CI_DEFAULT_BRANCH: 'main',
        },
      });
      const { pid } = child;
      const cutOff = setTimeout(() => {
        if (pid !== undefined) {
          process.kill(-pid, 'SIGKILL');
        }
      }, PATIENCE);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(cutOff);
        settle({ code, output });
      });
    });
  };

  it('build and push the first time, and find it the second', async () => {
    const { folder } = makeWorkspace();
    const tryOut = async (recipe: Recipe): Promise<void> => {
      const repository = emptyRepository();
      const first = await run(recipe, folder, repository);
      assert.equal(first.code, 0, `${recipe.name}: ${first.output}`);
      const [image = ''] =
        new RegExp(`${repository}:prebuild-[0-9a-f]{64}`).exec(first.output) ?? [];
      assert.match(first.output, /\(built\)/, recipe.name);
      assert.ok((await tagsOf(repository)).includes(image.split(':').at(-1) ?? ''), recipe.name);
      // Most CI begins each job with an empty engine.
      await forget(image);
      const again = await run(recipe, folder, repository);
      assert.equal(again.code, 0, `${recipe.name}: ${again.output}`);
      assert.match(again.output, /^registry: |\(present\)/m, recipe.name);
      assert.doesNotMatch(again.output, /\(built\)/, recipe.name);
    };
    // One build for all of them: the builder does the same step once, and has it then.
    await Promise.all(recipes().map(tryOut));
  });

  it('fail where the registry does not answer', async () => {
    const { folder } = makeWorkspace();
    const tryOut = async (recipe: Recipe): Promise<void> => {
      const { code, output } = await run(recipe, folder, 'localhost:1/devcontainers');
      assert.notEqual(code, 0, recipe.name);
      assert.match(output, /No registry listens at localhost:1/, recipe.name);
    };
    await Promise.all(recipes().map(tryOut));
  });
});

/** The scripts as they stand in the document; a recipe that is not found there fails the test. */
function recipes(): readonly Recipe[] {
  const text = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
  const github = parse(blockBelow(text, 'GitHub Actions')) as GithubWorkflow;
  const gitlab = parse(blockBelow(text, 'GitLab CI')) as GitlabPipeline;
  const { env, steps } = github.jobs.prebuild;
  assert.ok('DEVCONTAINER_PREBUILD_REGISTRY' in env);
  assert.ok('DEVCONTAINER_PREBUILD_REGISTRY' in gitlab.prebuild.variables);
  return [
    {
      name: 'GitHub Actions',
      shell: ['bash', '-e', '-c'],
      script: steps.find(({ name }) => name === 'Prebuild')?.run ?? assert.fail(text),
    },
    {
      name: 'GitLab CI',
      shell: ['bash', '-c'],
      script: ['set -eo pipefail', ...gitlab.prebuild.script].join('\n'),
    },
    {
      name: 'a plain shell',
      shell: ['sh', '-c'],
      script: withDryRun(blockBelow(text, 'A plain shell')),
    },
  ];
}

/** What else is on the machine may be a person's, so that it is not cleaned up for a test. */
function withDryRun(script: string): string {
  const dry = script.replace('devcontainer-prebuild prune', '$& --dry-run');
  assert.notEqual(dry, script);
  return dry;
}

interface GithubWorkflow {
  readonly jobs: {
    readonly prebuild: {
      readonly env: object;
      readonly steps: readonly { readonly name?: string; readonly run?: string }[];
    };
  };
}

interface GitlabPipeline {
  readonly prebuild: { readonly variables: object; readonly script: readonly string[] };
}

/** The text of the first fenced block below a heading. */
function blockBelow(text: string, heading: string): string {
  const [, below = ''] = text.split(`\n## ${heading}\n`);
  return /```\w+\n([^]*?)```/.exec(below)?.[1] ?? assert.fail(`there is no block below ${heading}`);
}

async function tagsOf(repository: string): Promise<readonly string[]> {
  const path = repository.slice(machine('TEST_REGISTRY').length + 1);
  const answer = await fetch(`http://${machine('TEST_REGISTRY')}/v2/${path}/tags/list`);
  return ((await answer.json()) as { readonly tags: readonly string[] }).tags;
}
