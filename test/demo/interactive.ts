import { run, tryRun } from '../support/machine/command';
import { ensureVscodeServer, startVscodeServer } from '../support/machine/vscodeServer';
import type { Endings } from './endings';
import type { Stage } from './prepare';
import type { Steps } from './steps';

/** Opens the example in VS Code, says what to click, and waits until it is told to end. */
export async function showInteractively(
  stage: Stage,
  steps: Steps,
  endings: Endings,
  signal: AbortSignal,
): Promise<void> {
  const { vsix, environment, workspace } = stage;
  const [code = 'code', ...before] = codeCommand();
  const isHere = (await tryRun(code, [...before, '--version'], { environment })) !== undefined;
  let where = 'VS Code has opened the example.';
  if (isHere) {
    await steps.run('Installing the extension into VS Code', async () =>
      run(code, [...before, '--install-extension', vsix, '--force'], { environment }),
    );
    await run(code, [...before, '--new-window', workspace.folder], { environment });
  } else {
    const url = await steps.run('Starting VS Code as a server', async () => {
      const parts = await ensureVscodeServer((line) => {
        console.log(`          ${line}`);
      });
      const settings = { 'security.workspace.trust.enabled': false };
      const server = await startVscodeServer(parts, { environment, settings });
      endings.add(async () => server.stop());
      await server.installExtension(vsix);
      return server.url;
    });
    where = `Open this in a browser: ${url}/?folder=${encodeURIComponent(workspace.folder)}`;
  }
  console.log(whatToClick(where, stage));
  await untilAborted(signal);
}

/** On Windows `code` is a script, which only the command interpreter can start. */
function codeCommand(): readonly string[] {
  return process.platform === 'win32'
    ? [process.env['ComSpec'] ?? 'cmd.exe', '/d', '/c', 'code']
    : ['code'];
}

const whatToClick = (where: string, { workspace, feature }: Stage) => `
${where}

1. The status bar says "No prebuild". Press F1 and choose "Dev Container Prebuild: Open in Workspace".
   It builds everything once, which takes some minutes, and ends inside the container.
2. Choose "Build and Push Prebuild". This is what CI does on each push; the status bar says "Prebuilt".
3. Choose "Open in Workspace" again: the container runs, so that it takes less than a second.
4. Do as if on another machine: remove the container and its image in a terminal of VS Code, and open
   again. It is pulled.
     docker rm --force $(docker ps --all --quiet --filter label=devcontainer.local_folder=${workspace.folder})
     docker image prune --all --force --filter label=devcontainer-prebuild.key
5. Add "features": { "${feature}": {} } to
   .devcontainer/devcontainer.json, and open again. The layers come from the cache; only the feature
   is built.
6. Change a file that the Dockerfile does not copy, as .vscode/settings.json. The status bar stays as it is.

Ctrl-C here ends the demo and what it started.
`;

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
  }
}
