import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { temporaryFolders } from '../../support/temporaryFolder';
import { COMPOSE_CASES } from './cases';
import { inKeyWords, resolvedByCompose, resolvedByKey } from './project';
import type { ComposeCase } from './project';

const version = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8' });

describe("the key's own resolution of compose files, against docker compose config", () => {
  const makeFolder = temporaryFolders();

  before(function () {
    if (version.status !== 0) {
      console.log('SKIPPED: "docker compose version" does not answer, so nothing was compared.');
      this.skip();
    }
  });

  function compare(project: ComposeCase): void {
    const folder = makeFolder(project.files);
    const theirs = resolvedByCompose(folder, project);
    if (theirs.kind === 'refused') {
      const ours = resolvedByKey(folder, project, ['app']);
      assert.equal(ours.kind, 'refused', `Compose refuses it: ${theirs.reason}`);
      return;
    }
    const services = Object.keys(theirs.images);
    const ours = resolvedByKey(folder, project, services);
    assert.ok(ours.kind === 'images', `Compose takes it: ${JSON.stringify(ours)}`);
    for (const service of services) {
      assert.deepEqual(ours.images[service], inKeyWords(theirs.images[service]), service);
    }
  }

  for (const [name, project] of Object.entries(COMPOSE_CASES)) {
    it(name, () => {
      compare(project);
    });
  }
});
