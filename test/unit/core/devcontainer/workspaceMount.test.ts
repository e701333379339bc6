import assert from 'node:assert/strict';
import { quotedWorkspaceMount } from '../../../../src/core/devcontainer/workspaceMount';

describe('quotedWorkspaceMount', () => {
  it('leaves the mount to the CLI where that can spell it', () => {
    assert.equal(quotedWorkspaceMount({}, "/w/it's $a", "/w/it's $a"), undefined);
  });

  it("quotes what would end a field, and mounts git's root as the CLI does", () => {
    assert.deepEqual(quotedWorkspaceMount({}, '/w/a,"b"/sub', '/w/a,"b"'), {
      workspaceMount: 'type=bind,"source=/w/a,""b""","target=/workspaces/a,""b"""',
      workspaceFolder: '/workspaces/a,"b"/sub',
    });
  });

  it("keeps the config's own mount and folder", () => {
    const workspaceMount = 'type=volume,source=v,target=/v';
    assert.equal(quotedWorkspaceMount({ workspaceMount }, '/w/a,b', '/w/a,b'), undefined);
    const mounted = quotedWorkspaceMount({ workspaceFolder: '/src' }, '/w/a,b', '/w/a,b');
    assert.equal(mounted?.workspaceFolder, '/src');
  });
});
