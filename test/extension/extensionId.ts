/** `<publisher>.<name>` of package.json. */
export const EXTENSION_ID = 'devcontainer-prebuild.devcontainer-prebuild';
