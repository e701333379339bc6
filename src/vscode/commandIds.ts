/** Every command of the extension; a test holds this list equal to package.json. */
export const COMMANDS = {
  openInWorkspace: 'devcontainerPrebuild.openInWorkspace',
  buildAndPush: 'devcontainerPrebuild.buildAndPush',
  renew: 'devcontainerPrebuild.renew',
  showPublishing: 'devcontainerPrebuild.showPublishing',
  cleanUp: 'devcontainerPrebuild.cleanUp',
  refresh: 'devcontainerPrebuild.refresh',
  showCommands: 'devcontainerPrebuild.showCommands',
  showLog: 'devcontainerPrebuild.showLog',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];
