import assert from 'node:assert/strict';
import { COMPOSE_CASES } from '../../../support/compose/cases';
import { resolvedByKey } from '../../../support/compose/project';
import { readRecordings, withoutFolder } from '../../../support/compose/recording';
import { temporaryFolders } from '../../../support/temporaryFolder';

describe('compose files, as Compose itself resolved them', () => {
  const makeFolder = temporaryFolders();

  for (const { name, images } of readRecordings()) {
    it(images === undefined ? `refuses ${name}` : name, () => {
      const project = COMPOSE_CASES[name];
      assert.ok(project !== undefined, 'there is no such case any more: record again');
      const folder = makeFolder(project.files);
      const services = images === undefined ? ['app'] : Object.keys(images);
      const resolved = resolvedByKey(folder, project, services);
      assert.equal(resolved.kind, images === undefined ? 'refused' : 'images');
      if (resolved.kind === 'images') {
        // As JSON has it, without what is not set.
        assert.deepEqual(withoutFolder(resolved.images, folder), images);
      }
    });
  }
});
