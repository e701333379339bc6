/**
 * What activating costs, as VS Code itself measures it: `npm run bench:activation`. Opens windows on a folder
 * with a devcontainer.json and reads "Developer: Show Running Extensions". Prints the median and the range.
 */
import {
  launchBrowser,
  openWorkbench,
  runCommand,
  statusBarItem,
} from '../support/machine/browser';
import { ensureVscodeServer, startVscodeServer } from '../support/machine/vscodeServer';
import { packageExtension } from '../support/packageExtension';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../support/temporaryFolder';

const WINDOWS = 7;

async function main(): Promise<void> {
  const vsix = await packageExtension();
  const parts = await ensureVscodeServer(console.error);
  const server = await startVscodeServer(parts, { extraArguments: ['--disable-workspace-trust'] });
  const folder = mkdtempSync(join(tmpdir(), 'prebuild-activation-'));
  writeFiles(folder, { '.devcontainer.json': '{ "image": "debian" }' });
  const browser = await launchBrowser(parts);
  try {
    await server.installExtension(vsix);
    const times: number[] = [];
    for (let window = 0; window < WINDOWS; window++) {
      const page = await openWorkbench(browser, server.url, folder);
      const item = statusBarItem(page, 'devcontainer-prebuild.devcontainer-prebuild.prebuild');
      await item.waitFor();
      await runCommand(page, 'Developer: Show Running Extensions');
      const row = page.locator('.runtime-extensions-editor .monaco-list-row').filter({
        hasText: 'Dev Container Prebuild',
      });
      const text = await row.locator('.activation-time').innerText();
      times.push(Number(/(\d+)ms/.exec(text)?.[1]));
      await page.context().close();
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(WINDOWS / 2)] ?? 0;
    console.log(
      `activation: ${median} ms (${times[0] ?? 0} to ${times.at(-1) ?? 0}, ${WINDOWS} windows)`,
    );
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
