/** The prebuild key of an image, and by inheritance of the containers made from it. */
export const KEY_LABEL = 'devcontainer-prebuild.key';
/** The schema version of that key. */
export const SCHEMA_LABEL = 'devcontainer-prebuild.schema';
