import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isGone, thisProcess } from '../../../../src/adapters/publishing/publicationProcess';
import { Publications } from '../../../../src/adapters/publishing/publications';
import { parsePrebuildKey } from '../../../../src/core/key/prebuildKey';
import { hostPlatform } from '../../../../src/core/platform';
import { parseRepository } from '../../../../src/core/reference';
import { temporaryFolders } from '../../../support/temporaryFolder';

const key = parsePrebuildKey('a'.repeat(64));
const repository = parseRepository('ghcr.io/acme/dev');
assert.ok(key !== undefined && repository !== undefined);
const order = {
  source: { folder: '/w', configFile: '/w/.devcontainer.json' },
  platform: hostPlatform('x64'),
  repository,
  key,
  insecureRegistries: [],
};

describe('Publications', () => {
  const makeFolder = temporaryFolders();

  it('are shared by all who look at the folder, and told by one', () => {
    const folder = makeFolder();
    const [one, other] = [new Publications(folder), new Publications(folder)];
    const id = one.add(order);
    assert.deepEqual(other.list(), [{ id, order, state: { status: 'queued' } }]);
    other.open(id).requestCancel();
    assert.equal(one.open(id).isCancelRequested(), true);
    one.open(id).write({ status: 'cancelled' });
    assert.deepEqual(other.list()[0]?.state, { status: 'cancelled' });
    assert.deepEqual(
      [other, one, other].map((each) => each.open(id).claimTelling()),
      [true, false, false],
    );
  });

  it('are none where there is no folder, and less those that cannot be read', () => {
    const folder = makeFolder();
    assert.deepEqual(new Publications(join(folder, 'none')).list(), []);
    const publications = new Publications(folder);
    const id = publications.add(order);
    writeFileSync(publications.open(publications.add(order)).orderFile, '{');
    writeFileSync(join(folder, 'a file'), '');
    assert.deepEqual(
      publications.list().map((publication) => publication.id),
      [id],
    );
  });

  it('are forgotten a day after their last word', () => {
    const folder = makeFolder();
    const publications = new Publications(folder);
    const old = publications.open(publications.add(order));
    const recent = publications.open(publications.add(order));
    const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
    utimesSync(old.path, hoursAgo(25), hoursAgo(25));
    utimesSync(recent.path, hoursAgo(23), hoursAgo(23));
    publications.add(order);
    assert.equal(existsSync(old.path), false);
    assert.equal(readdirSync(folder).length, 2);
    old.requestCancel();
    assert.equal(old.claimTelling(), false);
    assert.equal(existsSync(old.path), false);
  });
});

describe('the process of a publication', () => {
  it('is gone where there is none of its number, on this machine', () => {
    assert.equal(isGone(thisProcess()), false);
    const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    assert.equal(isGone({ pid, host: hostname() }), true);
    assert.equal(isGone({ pid, host: `not-${hostname()}` }), false);
  });
});
