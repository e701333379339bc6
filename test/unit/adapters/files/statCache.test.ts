import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileTask } from '../../../../src/adapters/files/fileTask';
import { DIGEST, FIELDS, OUTCOMES } from '../../../../src/adapters/files/fileTask';
import { StatCache } from '../../../../src/adapters/files/statCache';
import { temporaryFolders } from '../../../support/temporaryFolder';

/** When the files below are hashed. */
const NOW = 1_800_000_000_000;
/** Large enough that even one is worth a cache on the disk. */
const SIZE = 20 * 1024 * 1024;
const STAT = [SIZE, NOW - 60_000, NOW - 50_000, 4711, 0o100644] as const;

type Stat = readonly number[];

type Files = Readonly<Record<string, Stat>>;

function newTask(files: Files, stats: Float64Array): FileTask {
  const paths = Object.keys(files);
  return {
    folder: '/w/',
    paths,
    since: NOW,
    stats,
    digests: new Uint8Array(paths.length * DIGEST),
    outcomes: new Uint8Array(paths.length),
  };
}

/** Keeps files as they are when they were read; every byte of each digest is `byte`. */
function keep(cache: StatCache, files: Files, byte: number, gone: readonly string[] = []): void {
  const task = newTask(files, new Float64Array(Object.keys(files).length * FIELDS));
  const rows = cache.expect(task);
  task.stats.set(Object.values(files).flat());
  task.digests.fill(byte);
  task.outcomes.set(
    task.paths.map((path) => (gone.includes(path) ? OUTCOMES.gone : OUTCOMES.hashed)),
  );
  cache.settle(task, rows);
}

/** By path, the first byte of the digest that a cache knows of such a file; undefined where it knows none. */
function known(cache: StatCache, files: Files): Readonly<Record<string, number | undefined>> {
  const task = newTask(files, new Float64Array(Object.keys(files).length * FIELDS));
  const rows = cache.expect(task);
  const found = Object.values(files).map((stat, index) =>
    stat.every((value, field) => value === task.stats[index * FIELDS + field]),
  );
  task.outcomes.set(found.map((isKnown) => (isKnown ? OUTCOMES.known : OUTCOMES.gone)));
  cache.settle(task, rows);
  return Object.fromEntries(
    task.paths.map((path, index) => {
      const digest = task.digests.subarray(index * DIGEST, (index + 1) * DIGEST);
      assert.equal(new Set(digest).size, 1);
      return [path, found[index] === true ? digest[0] : undefined];
    }),
  );
}

describe('StatCache', () => {
  const makeFolder = temporaryFolders();
  const cacheFile = (): string => join(makeFolder(), 'cache', 'table');

  it('knows a file whose stat is the same', () => {
    const cache = new StatCache(undefined);
    assert.deepEqual(known(cache, { a: STAT }), { a: undefined });
    keep(cache, { a: STAT }, 1);
    assert.deepEqual(known(cache, { a: STAT, b: STAT }), { a: 1, b: undefined });
  });

  ['size', 'mtime', 'ctime', 'inode', 'mode'].forEach((field, place) => {
    it(`does not know a file of another ${field}`, () => {
      const cache = new StatCache(undefined);
      keep(cache, { a: STAT }, 1);
      // The least that a file system tells apart: a microsecond, where it is a time.
      const least = place === 1 || place === 2 ? 0.001 : 1;
      for (const other of [least, -least]) {
        const stat = STAT.with(place, (STAT[place] ?? 0) + other);
        assert.deepEqual(known(cache, { a: stat }), { a: undefined });
      }
    });
  });

  describe('of a racy file', () => {
    const times = {
      'the moment': [0, false],
      'the second before': [-1000, false],
      'the two seconds before, which FAT cannot tell from now': [-2000, false],
      'three seconds before': [-3000, true],
      'the future': [60_000, false],
    } as const;
    for (const [when, [offset, isKept]] of Object.entries(times)) {
      for (const [field, place] of [
        ['mtime', 1],
        ['ctime', 2],
      ] as const) {
        it(`${isKept ? 'keeps' : 'keeps nothing of'} one whose ${field} is ${when}`, () => {
          const cache = new StatCache(undefined);
          const stat = STAT.with(place, NOW + offset);
          keep(cache, { a: stat }, 1);
          assert.deepEqual(known(cache, { a: stat }), { a: isKept ? 1 : undefined });
        });
      }
    }

    it('forgets what it knew', () => {
      const cache = new StatCache(undefined);
      keep(cache, { a: STAT }, 1);
      keep(cache, { a: STAT.with(1, NOW) }, 2);
      assert.deepEqual(known(cache, { a: STAT }), { a: undefined });
      keep(cache, { a: STAT }, 3);
      assert.deepEqual(known(cache, { a: STAT }), { a: 3 });
    });
  });

  it('keeps nothing of a file that was not hashed', () => {
    const cache = new StatCache(undefined);
    keep(cache, { a: STAT, b: STAT }, 1, ['a']);
    assert.deepEqual(known(cache, { a: STAT, b: STAT }), { a: undefined, b: 1 });
  });

  it('puts files between those that it has, in whatever order they come', () => {
    const cache = new StatCache(undefined);
    keep(cache, { m: STAT, c: STAT }, 1);
    keep(cache, { z: STAT, d: STAT, a: STAT }, 2);
    keep(cache, { d: STAT, e: STAT }, 3);
    assert.deepEqual(
      known(cache, { a: STAT, b: STAT, c: STAT, d: STAT, e: STAT, m: STAT, z: STAT }),
      {
        a: 2,
        b: undefined,
        c: 1,
        d: 3,
        e: 3,
        m: 1,
        z: 2,
      },
    );
    assert.deepEqual(known(cache, { z: STAT, m: STAT, c: STAT }), { z: 2, m: 1, c: 1 });
  });

  describe('on the disk', () => {
    it('is there for the next process', () => {
      const file = cacheFile();
      keep(new StatCache(file), { a: STAT, 'b/ü': STAT }, 1);
      assert.deepEqual(known(new StatCache(file), { a: STAT, 'b/ü': STAT }), { a: 1, 'b/ü': 1 });
    });

    it('is read late where a process began with little, whose own is newer', () => {
      const file = cacheFile();
      keep(new StatCache(file), { a: STAT, b: STAT }, 1);
      const cache = new StatCache(file);
      const small = STAT.with(0, 10);
      keep(cache, { a: small, c: small }, 2);
      const all = { a: small, b: STAT, c: small };
      assert.deepEqual(known(cache, all), { a: 2, b: 1, c: 2 });
    });

    it('gives nothing and is rebuilt where it is cut off, at whatever length', () => {
      const file = cacheFile();
      const files = { a: STAT, b: STAT };
      keep(new StatCache(file), files, 1);
      const whole = readFileSync(file);
      for (let length = 0; length < whole.length; length++) {
        writeFileSync(file, whole.subarray(0, length));
        const cache = new StatCache(file);
        assert.deepEqual(known(cache, files), { a: undefined, b: undefined });
        assert.equal(existsSync(file), false);
        if (length % 50 === 0) {
          keep(cache, files, 2);
          assert.deepEqual(known(new StatCache(file), files), { a: 2, b: 2 });
        }
      }
    });

    it('gives nothing where any bit of it is flipped', () => {
      const file = cacheFile();
      const files = { a: STAT };
      keep(new StatCache(file), files, 1);
      const whole = readFileSync(file);
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const damaged = Buffer.from(whole);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(file, damaged);
        assert.deepEqual(known(new StatCache(file), files), { a: undefined }, `bit ${bit}`);
      }
    });

    it('gives right digests with two writers, of whom the last one wins', () => {
      const file = cacheFile();
      const [one, other] = [new StatCache(file), new StatCache(file)];
      const newer = STAT.with(1, NOW - 40_000);
      keep(one, { a: STAT, b: STAT }, 1);
      keep(other, { a: newer, c: STAT }, 2);
      keep(one, { d: STAT }, 3);
      for (const a of [STAT, newer]) {
        const seen = known(new StatCache(file), { a, b: STAT, c: STAT, d: STAT });
        assert.ok(seen['a'] === undefined || seen['a'] === (a === STAT ? 1 : 2));
        assert.ok(seen['b'] === undefined || seen['b'] === 1);
        assert.ok(seen['c'] === undefined || seen['c'] === 2);
        assert.equal(seen['d'], 3);
      }
      assert.deepEqual(readdirSync(dirname(file)), ['table']);
    });

    it('drops the files that nobody asked for once they are the most', () => {
      const file = cacheFile();
      const old = { a: STAT, b: STAT, c: STAT };
      keep(new StatCache(file), old, 1);
      const cache = new StatCache(file);
      keep(cache, { d: STAT }, 2);
      assert.deepEqual(known(new StatCache(file), { ...old, d: STAT }), {
        a: undefined,
        b: undefined,
        c: undefined,
        d: 2,
      });
    });

    it('does not outlive its folder by more than some months', () => {
      const file = cacheFile();
      keep(new StatCache(file), { a: STAT }, 1);
      const year = 365 * 24 * 3600;
      utimesSync(file, Date.now() / 1000 - year, Date.now() / 1000 - year);
      keep(new StatCache(join(dirname(file), 'other')), { a: STAT }, 1);
      assert.deepEqual(readdirSync(dirname(file)), ['other']);
    });
  });
});
