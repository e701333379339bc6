/** Which folder and which devcontainer.json a dev container is made from. */
export interface WorkspaceSource {
  /** The absolute path of the folder, as the container's label names it. */
  readonly folder: string;
  /** The absolute path of the devcontainer.json. */
  readonly configFile: string;
}

/** What tells a workspace and its config from any other of this machine. */
export const sourceIdentity = ({ folder, configFile }: WorkspaceSource): string =>
  JSON.stringify([folder, configFile]);
