import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';
import type { VscodeParts } from './vscodeServer';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchBrowser({ chromium: executablePath }: VscodeParts): Promise<Browser> {
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
}

/** Opens a folder in a window of its own, with an empty browser profile, and waits for its parts. */
export async function openWorkbench(browser: Browser, url: string, folder: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const address = new URL(url);
  address.searchParams.set('folder', folder);
  await page.goto(address.href);
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  return page;
}

/** How long a palette is looked at before it is opened again, in milliseconds. */
const GLANCE = 5_000;

/**
 * Runs a command as a person does: F1, the title as the palette shows it, Enter. A palette that is opened
 * while the window still starts may lack commands that need a trusted workspace, and does not learn better:
 * it is closed and opened again.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  const picker = page.locator('.quick-input-widget');
  const input = picker.locator('.quick-input-box input');
  const entry = picker.locator('.quick-input-list .monaco-list-row').filter({ hasText: title });
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press('F1');
    await input.waitFor();
    await input.fill(`>${title}`);
    const isListed = entry
      .first()
      .waitFor({ timeout: GLANCE })
      .then(
        () => true,
        () => false,
      );
    if ((await isListed) || attempt === 10) {
      await entry.first().click();
      return;
    }
    await page.keyboard.press('Escape');
    await input.waitFor({ state: 'hidden' });
  }
}

/** An entry of the status bar, by `<publisher>.<name>.<id of the item>`. */
export function statusBarItem(page: Page, id: string): Locator {
  return page.locator(`.part.statusbar [id="${id}"]`);
}

/** The notification that says this, to wait for or to press a button in. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-toast').filter({ hasText: text });
}

export async function pressNotificationButton(
  page: Page,
  text: string | RegExp,
  button: string,
): Promise<void> {
  await notification(page, text).getByRole('button', { name: button, exact: true }).click();
}

/** The text of the output panel that is shown; it comes in late, so poll. */
export async function outputText(page: Page): Promise<string> {
  return visibleText(page.locator('.output-view .view-lines'));
}

/** The screen of the terminal that is shown; it comes in late, so poll. */
export async function terminalText(page: Page): Promise<string> {
  return visibleText(page.locator('.terminal-wrapper.active .xterm-rows'));
}

/** The workbench writes spaces that do not break. */
async function visibleText(locator: Locator): Promise<string> {
  return (await locator.first().innerText()).replaceAll('\u00a0', ' ');
}

/** Screenshots tell what assertions do not. */
export async function takeScreenshot(page: Page, file: string): Promise<void> {
  await page.screenshot({ path: file });
}
