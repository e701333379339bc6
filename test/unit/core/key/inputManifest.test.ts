import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { packInputs, unpackInputs } from '../../../../src/core/key/inputManifest';
import type { InputRecord } from '../../../../src/core/key/inputRecord';
import { parsePrebuildKey } from '../../../../src/core/key/prebuildKey';

const hash = parsePrebuildKey('c0ffee'.padEnd(64, '0'));
assert.ok(hash);

/** @param files how many marks of single files one read has. */
const record = (files: number, folder = '/home/ann'): InputRecord => ({
  hash,
  platform: 'linux/amd64',
  inputs: [
    {
      kind: 'files',
      name: 'app',
      digest: 'd',
      label: 'COPY app',
      at: { file: `${folder}/Dockerfile`, line: 3 },
      files: {
        depth: 0,
        marks: Array.from({ length: files }, (_, index) => [
          `app/${(index * 7919).toString(36)}`,
          (index * 2654435761).toString(16).padStart(16, '0'),
        ]),
      },
    },
  ],
});

describe('the inputs on an image', () => {
  it('are what they were, less where they stand on the machine that built it', async () => {
    const packed = await packInputs(record(2));
    const [input] = record(2).inputs;
    assert.deepEqual((await unpackInputs(packed))?.inputs, [{ ...input, at: undefined }]);
    assert.equal(packed, await packInputs(record(2, 'C:\\Users\\ben')));
  });

  it('are without their files where the label would be too long', async () => {
    const packed = (await packInputs(record(20_000))) ?? '';
    assert.ok(packed.length <= 20_000);
    assert.deepEqual(
      (await unpackInputs(packed))?.inputs.map(({ name, files }) => [name, files]),
      [['app', undefined]],
    );
  });

  it('explain nothing where the label is missing, damaged or a bomb', async () => {
    const bomb = deflateRawSync(Buffer.alloc(17 * 1024 * 1024)).toString('base64');
    for (const label of [undefined, '', '%', 'AAAA', bomb]) {
      assert.equal(await unpackInputs(label), undefined);
    }
  });
});
