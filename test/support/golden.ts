import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../golden');

/**
 * Declares a test for each directory of test/golden/<area>: what `compute` makes of its files must equal
 * the file `result`. With UPDATE_GOLDEN=1 the results are rewritten instead.
 */
export function goldenTests(
  area: string,
  result: string,
  compute: (read: (name: string) => string) => unknown,
): void {
  for (const name of readdirSync(join(ROOT, area)).sort()) {
    it(name, () => {
      const folder = join(ROOT, area, name);
      const file = join(folder, result);
      const actual = `${JSON.stringify(
        compute((each) => readFileSync(join(folder, each), 'utf8')),
        null,
        2,
      )}\n`;
      if (process.env['UPDATE_GOLDEN'] === '1') {
        writeFileSync(file, actual);
      }
      assert.equal(actual, existsSync(file) ? readFileSync(file, 'utf8') : '');
    });
  }
}
