import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import {
  launchBrowser,
  notification,
  openWorkbench,
  runCommand,
  statusBarItem,
  takeScreenshot,
  terminalText,
} from '../support/machine/browser';
import { ensureVscodeServer, startVscodeServer } from '../support/machine/vscodeServer';
import type { Endings } from './endings';
import type { Stage } from './prepare';
import type { Steps } from './steps';

const STATUS_BAR_ITEM = 'devcontainer-prebuild.devcontainer-prebuild.prebuild';
const COMMAND = 'Dev Container Prebuild: Open in Workspace';

/** The median of several tells more than one, in which the window may have been busy. */
const SECOND_OPENS = 3;

/** How VS Code looks in the pictures. */
const LOOKS = {
  'security.workspace.trust.enabled': false,
  'workbench.colorTheme': 'Default Light Modern',
  'editor.minimap.enabled': false,
  'explorer.compactFolders': false,
  'breadcrumbs.enabled': false,
  'terminal.integrated.fontSize': 14,
  'terminal.integrated.shellIntegration.decorationsEnabled': 'never',
};

export interface ClickedThrough {
  /** What the extension's log gives as the time of an open while the container runs: the median. */
  readonly secondOpenMs: number;
}

/** Does in a real browser what a person would do, and takes pictures of it. */
export async function clickThrough(
  { vsix, environment, workspace }: Stage,
  pictures: string,
  steps: Steps,
  endings: Endings,
): Promise<ClickedThrough> {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  const picturePath = (name: string) => path.join(pictures, `${name}.png`);
  const parts = await steps.run('Getting VS Code and a browser', async () =>
    ensureVscodeServer((line) => {
      console.log(`          ${line}`);
    }),
  );
  const server = await steps.run('Starting VS Code with the extension installed', async () => {
    const started = await startVscodeServer(parts, { environment, settings: LOOKS });
    endings.add(async () => started.stop());
    await started.installExtension(vsix);
    return started;
  });
  const browser = await launchBrowser(parts);
  endings.add(async () => browser.close());
  const page = await steps.run('Opening the folder', async () =>
    openWorkbench(browser, server.url, workspace.folder),
  );
  try {
    const secondOpenMs = await click(page, server.userDataDir, picturePath, steps);
    return { secondOpenMs };
  } catch (error) {
    await takeScreenshot(page, picturePath('failed'));
    throw error;
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function click(
  page: Page,
  userDataDir: string,
  picturePath: (name: string) => string,
  steps: Steps,
): Promise<number> {
  const item = statusBarItem(page, STATUS_BAR_ITEM);
  await steps.run('Looking the prebuild up', async () =>
    item.filter({ hasText: 'Prebuilt' }).waitFor(),
  );
  await openFile(page, 'Dockerfile');

  await steps.run('Open in Workspace, from F1 to the terminal inside', async () => {
    await page.keyboard.press('F1');
    await page.keyboard.type('Open in Workspace');
    const palette = page.locator('.quick-input-widget');
    await palette.locator('.monaco-list-row').filter({ hasText: COMMAND }).first().waitFor();
    await takeScreenshot(page, picturePath('palette'));
    await page.keyboard.press('Enter');
    const terminal = page.locator('.terminal-wrapper.active');
    await notification(page, 'Open in Workspace').or(terminal).first().waitFor();
    await takeScreenshot(page, picturePath('progress'));
    // Where its layers are here already nothing is pulled that could be seen.
    await notification(page, /Pulling: [1-9]/)
      .or(terminal)
      .first()
      .waitFor({ timeout: 300_000 });
    if (!(await terminal.isVisible())) {
      await takeScreenshot(page, picturePath('progress'));
    }
    await terminal.waitFor({ timeout: 300_000 });
  });

  await steps.run('In the container’s terminal', async () => {
    await notification(page, 'A terminal inside the dev container is open').waitFor();
    await runCommand(page, 'Notifications: Clear All Notifications');
    // What is typed before the shell reads it is shown twice.
    await untilTerminalShows(page, '/workspaces/');
    await typeInTerminal(page, 'grep PRETTY_NAME /etc/os-release; ls /app /files', 'notes.c');
    await typeInTerminal(page, 'notes find hash', 'keys.md');
    await takeScreenshot(page, picturePath('terminal'));
  });

  await steps.run('The state in the status bar', async () => {
    await item.filter({ hasText: 'Running' }).waitFor();
    await item.hover();
    await page.locator('.monaco-hover').filter({ hasText: 'The container of this' }).waitFor();
    const clip = { x: 0, y: 650, width: 720, height: 150 };
    await page.screenshot({ path: picturePath('status-bar'), clip });
  });

  const times: number[] = [];
  while (times.length < SECOND_OPENS) {
    const time = await steps.run('Open in Workspace once more', async () => {
      await runCommand(page, COMMAND);
      return secondOpens(userDataDir, times.length + 1);
    });
    times.push(time);
    // Its terminal takes the focus when it comes, from whatever is being typed then.
    await page.locator('.terminal-tabs-entry').nth(times.length).waitFor();
    await untilTerminalShows(page, '/workspaces/');
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY;
}

async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+P');
  await page.keyboard.type(name);
  const entry = page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: name });
  await entry.first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.editor-group-container .tab').filter({ hasText: name }).waitFor();
  await page.locator('.explorer-folders-view .monaco-list-row.selected').waitFor();
}

async function typeInTerminal(page: Page, command: string, answer: string): Promise<void> {
  await page.locator('.terminal-wrapper.active').click();
  await page.keyboard.type(`${command}\n`);
  await untilTerminalShows(page, answer);
}

async function untilTerminalShows(page: Page, text: string): Promise<void> {
  await until(`the terminal shows ${text}`, async () =>
    (await terminalText(page)).includes(text) ? true : undefined,
  );
}

/**
 * Waits until the extension's log tells of so many opens of the container that runs:
 * `Opened build_notes (running) in 123 ms: …`.
 * @returns the milliseconds of the last one.
 */
async function secondOpens(userDataDir: string, count: number): Promise<number> {
  const logs = path.join(userDataDir, 'logs');
  return until('the log tells of the second open', () => {
    const text = readdirSync(logs, { recursive: true, encoding: 'utf8' })
      .filter((name) => path.basename(name) === 'Dev Container Prebuild.log')
      .map((name) => readFileSync(path.join(logs, name), 'utf8'))
      .join('\n');
    const found = [...text.matchAll(/Opened \S+ \(running\) in (\d+) ms/g)];
    return Promise.resolve(found.length < count ? undefined : Number(found.at(-1)?.[1]));
  });
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await sleep(100);
  }
  throw new Error(`Waited 60 s in vain until ${what}.`);
}
