import assert from 'node:assert/strict';
import { USAGE, parseArguments } from '../../../src/commandline/arguments';
import type { Invocation } from '../../../src/commandline/arguments';

const invocation = (...words: string[]): Invocation => {
  const parsed = parseArguments(words);
  assert.ok(parsed.kind === 'run', JSON.stringify(parsed));
  return parsed.invocation;
};
const reason = (...words: string[]): string => {
  const parsed = parseArguments(words);
  assert.ok(parsed.kind === 'wrong', JSON.stringify(parsed));
  return parsed.reason;
};

describe('parseArguments', () => {
  it('reads a whole command line', () => {
    const read = invocation(
      ...['build', '--workspace-folder', '/w', '--registry', 'localhost:5000/dev', '--push'],
      ...['--platform', 'linux/aarch64', '--json', '--config=.devcontainer/a/devcontainer.json'],
    );
    assert.equal(read.verb, 'build');
    assert.equal(read.publish, 'push');
    assert.deepEqual(read.platforms, ['linux/arm64']);
    assert.equal(read.output, 'json');
    assert.equal(read.repository?.host, 'localhost:5000');
    assert.equal(read.config, '.devcontainer/a/devcontainer.json');
  });

  it('takes a folder whose name begins with a dash', () => {
    assert.equal(invocation('hash', '--workspace-folder=-odd').workspaceFolder, '-odd');
  });

  it('builds for each platform that is named, once', () => {
    const { platforms } = invocation(
      'build',
      '--platform',
      'linux/amd64,linux/aarch64,linux/arm64',
    );
    assert.deepEqual(platforms, ['linux/amd64', 'linux/arm64']);
    assert.match(reason('check', '--platform', 'linux/amd64,linux/arm64'), /a platform/);
    assert.match(reason('build', '--platform', 'linux/amd64,?'), /a list of platforms/);
    assert.match(reason('build', '--platform', ','), /a list of platforms/);
  });

  it('asks before it touches an earlier container, unless told', () => {
    assert.equal(invocation('up').existing, 'ask');
    assert.equal(invocation('up', '--existing', 'replace').existing, 'replace');
  });

  it('says what it did not understand', () => {
    assert.match(reason(), /no command/);
    assert.match(reason('buidl'), /"buidl"/);
    assert.match(reason('hash', 'x'), /"x" is too much/);
    assert.match(reason('hash', '--nope'), /--nope/);
    assert.match(reason('hash', '--platform', 'amd64'), /"amd64"/);
    assert.match(reason('hash', '--registry', 'r.io/a:tag'), /"r.io\/a:tag"/);
    assert.match(reason('up', '--existing', 'burn'), /"burn"/);
  });

  it('cleans up what is older than 30 days but for the latest, unless told', () => {
    const question = (...words: string[]) => {
      const parsed = parseArguments(['prune', ...words]);
      assert.ok(parsed.kind === 'prune', JSON.stringify(parsed));
      const { olderThan, keep, mode } = parsed.question;
      return [olderThan / 3_600_000, keep, mode];
    };
    assert.deepEqual(question(), [720, 1, 'remove']);
    assert.deepEqual(question('--older-than', '12h', '--keep=0', '--dry-run'), [12, 0, 'dry-run']);
    assert.match(reason('prune', '--older-than', '30'), /30d, 12h or 2w, not "30"/);
    assert.match(reason('prune', '--keep', '-1'), /keep/);
    assert.match(reason('prune', '--registry', 'r.io/a:tag'), /"r.io\/a:tag"/);
  });

  it('documents every option that it takes', () => {
    for (const option of [
      'workspace-folder',
      'config',
      'registry',
      'insecure-registry',
      'platform',
    ]) {
      assert.ok(USAGE.includes(`--${option}`), option);
    }
    for (const option of [
      'json',
      'verbose',
      'push',
      'force',
      'no-cache',
      'existing',
      'build-arg',
      'older-than',
      'keep',
      'dry-run',
    ]) {
      assert.ok(USAGE.includes(`--${option}`), option);
    }
  });
});
