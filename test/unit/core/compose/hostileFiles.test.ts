import assert from 'node:assert/strict';
import { loadProject } from '../../../../src/core/compose/loadProject';
import { parseComposeYaml } from '../../../../src/core/compose/composeYaml';
import { parseDotEnv } from '../../../../src/core/compose/dotEnv';
import { interpolate } from '../../../../src/core/compose/interpolation';
import { MemoryTree } from '../../../support/memoryTree';
import { problemOf } from '../../../support/problemOf';

describe('hostile compose files', () => {
  const load = (files: Readonly<Record<string, string>>): unknown =>
    loadProject({
      tree: new MemoryTree(files),
      files: ['/w/compose.yaml'],
      folder: '/w',
      environment: new Map([['A', 'a']]),
      place: { file: '/w/devcontainer.json' },
    });
  const refused = (files: Readonly<Record<string, string>>): string =>
    problemOf(() => load(files)).code;
  const compose = (text: string): Readonly<Record<string, string>> => ({ '/w/compose.yaml': text });

  it('refuses a bomb of aliases', () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0 ? 'x-0: &x0 [a, b]' : `x-${level}: &x${level} [*x${level - 1}, *x${level - 1}]`,
    );
    assert.equal(refused(compose(levels.join('\n'))), 'compose-invalid');
  });

  for (const [name, text] of Object.entries({
    lists: '['.repeat(100_000),
    mappings: `a: ${'{a: '.repeat(20_000)}1`,
    'lists of lists': '- '.repeat(100_000),
    blocks: Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''),
  })) {
    it(`refuses ${name} that are nested too deeply`, () => {
      const problem = problemOf(() => load(compose(text)));
      assert.equal(problem.code, 'compose-invalid');
      assert.match(problem.message, /nested too deeply/);
    });
  }

  it('takes brackets inside texts for texts', () => {
    const text = `services: { app: { image: x } }\nx-text: |\n  ${'\\e[0m { '.repeat(500)}\n`;
    assert.doesNotThrow(() => load(compose(text)));
  });

  it('refuses includes that double at each step', () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, level) => [
        level === 0 ? '/w/compose.yaml' : `/w/${level}.yaml`,
        `include: [${level + 1}.yaml, ${level + 1}.yaml]\n`,
      ]),
    );
    assert.equal(refused({ ...files, '/w/30.yaml': 'services: {}\n' }), 'compose-invalid');
  });

  it('refuses a chain of extends without an end', () => {
    const services = Array.from(
      { length: 500 },
      (_, index) => `s${index}: { extends: s${index + 1} }`,
    );
    assert.equal(
      refused(compose(`services: { ${services.join(', ')} }`)),
      'compose-goes-in-circles',
    );
  });

  it('refuses variables inside variables without an end', () => {
    const deep = `${'${X:-'.repeat(5000)}${'}'.repeat(5000)}`;
    assert.throws(() => interpolate(deep, () => undefined));
  });

  it('takes long lines in their stride', () => {
    const many = '${A:-b} '.repeat(50_000);
    assert.equal(interpolate(many, () => 'a').length, 100_000);
    assert.equal(parseDotEnv(`X="${'\\n'.repeat(100_000)}"\n`, '.env', () => undefined).size, 1);
    assert.equal(parseComposeYaml(`x: "${'a'.repeat(500_000)}"`, 'c').length, 1);
  });

  it('takes no names from prototypes', () => {
    const text = 'services: { __proto__: { image: x }, constructor: { image: toString } }';
    assert.doesNotThrow(() => load(compose(text)));
  });
});
