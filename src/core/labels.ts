/**
 * The prebuild key of an image, and by inheritance of the containers made from it. Where the base image has
 * ONBUILD instructions, which may read anything, the digest of the whole context follows a `+`.
 */
export const KEY_LABEL = 'devcontainer-prebuild.key';
/** The schema version of that key. */
export const SCHEMA_LABEL = 'devcontainer-prebuild.schema';
/** What the names of base images and features meant when it was built: a JSON object, from names to digests. */
export const RESOLVED_LABEL = 'devcontainer-prebuild.resolved';
/** Names and digests of what the key was made of, without contents: `core/key/inputManifest.ts`. */
export const INPUTS_LABEL = 'devcontainer-prebuild.inputs';
/** The version of this tool that built it. */
export const VERSION_LABEL = 'devcontainer-prebuild.version';
/** The commit that it was built at: OCI image specification, annotations.md. */
export const REVISION_LABEL = 'org.opencontainers.image.revision';
