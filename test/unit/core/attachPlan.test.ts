import assert from 'node:assert/strict';
import { devContainerUri, planAttach } from '../../../src/core/attachPlan';

const source = {
  folder: '/home/ann/my shop',
  configFile: '/home/ann/my shop/.devcontainer/go/devcontainer.json',
};
const container = {
  id: 'abc',
  name: 'happy_einstein',
  keyLabel: undefined,
  remoteUser: 'vscode',
  workspaceFolder: '/workspaces/my shop',
};

describe('planAttach', () => {
  it('lets Dev Containers open the folder: it finds the container by its labels', () => {
    assert.deepEqual(planAttach({ source, container, configs: 1, devContainers: 'present' }), {
      kind: 'open-folder',
      folder: '/home/ann/my shop',
    });
  });

  it('names the config in the URI where there are several', () => {
    const plan = planAttach({ source, container, configs: 2, devContainers: 'present' });
    assert.equal(plan.kind, 'open-uri');
  });

  it('opens a terminal as the user, in the folder, where Dev Containers is not there', () => {
    const plan = planAttach({ source, container, configs: 2, devContainers: 'absent' });
    assert.equal(plan.kind, 'terminal');
    assert.equal(plan.name, 'Dev Container: my shop');
    assert.deepEqual(plan.args.slice(0, 8), [
      'exec',
      '--interactive',
      '--tty',
      '--user',
      'vscode',
      '--workdir',
      '/workspaces/my shop',
      'abc',
    ]);
  });
});

describe('devContainerUri', () => {
  const authorityOf = (uri: string): unknown => {
    const hex = /^vscode-remote:\/\/dev-container\+([0-9a-f]+)\//.exec(uri)?.[1] ?? '';
    return JSON.parse(Buffer.from(hex, 'hex').toString());
  };

  it("holds the folder byte for byte and the config as VS Code's URI", () => {
    const uri = devContainerUri(source, '/workspaces/my shop');
    assert.ok(uri.endsWith('/workspaces/my%20shop'));
    assert.deepEqual(authorityOf(uri), {
      hostPath: '/home/ann/my shop',
      localDocker: false,
      configFile: {
        $mid: 1,
        fsPath: source.configFile,
        path: source.configFile,
        scheme: 'file',
      },
    });
  });

  it('spells a Windows path as VS Code does', () => {
    const windows = { folder: 'C:\\shop', configFile: 'C:\\shop\\.devcontainer.json' };
    assert.deepEqual(authorityOf(devContainerUri(windows, '/workspaces/shop')), {
      hostPath: 'C:\\shop',
      localDocker: false,
      configFile: {
        $mid: 1,
        fsPath: 'C:\\shop\\.devcontainer.json',
        path: '/c:/shop/.devcontainer.json',
        scheme: 'file',
      },
    });
  });
});
