import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import {
  launchBrowser,
  notification,
  openWorkbench,
  outputText,
  pressNotificationButton,
  runCommand,
  statusBarItem,
  takeScreenshot,
  terminalText,
} from '../support/machine/browser';
import { ensureVscodeServer, startVscodeServer } from '../support/machine/vscodeServer';
import type { VscodeServer } from '../support/machine/vscodeServer';
import { packageExtension } from '../support/packageExtension';
import { temporaryFolders, writeFiles } from '../support/temporaryFolder';

const execute = promisify(execFile);
const ITEM = 'devcontainer-prebuild.devcontainer-prebuild.prebuild';
const PUBLISHING = 'devcontainer-prebuild.devcontainer-prebuild.publishing';
const OPEN = 'Dev Container Prebuild: Open in Workspace';

describe('the packaged extension in VS Code', () => {
  const makeFolder = temporaryFolders();
  let server: VscodeServer;
  let restricted: VscodeServer;
  let browser: Browser;
  const pages: Page[] = [];
  const folders: string[] = [];

  before(async function () {
    this.timeout(600_000);
    const vsix = await packageExtension();
    const parts = await ensureVscodeServer(console.log);
    server = await startVscodeServer(parts, { extraArguments: ['--disable-workspace-trust'] });
    restricted = await startVscodeServer(parts, {
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    await server.installExtension(vsix);
    await restricted.installExtension(vsix);
    browser = await launchBrowser(parts);
  });

  after(async () => {
    await browser.close();
    await server.stop();
    await restricted.stop();
  });

  afterEach(async function () {
    for (const [index, page] of pages.splice(0).entries()) {
      if (this.currentTest?.state === 'failed') {
        const name = this.currentTest.title.replaceAll(/[^a-z]+/gi, '-');
        await takeScreenshot(page, join('.artifacts', 'interface', `${name}-${index}.png`));
      }
      await page.context().close();
    }
    for (const folder of folders.splice(0)) {
      for (const id of await containers(folder)) {
        await execute('docker', ['rm', '--force', '--volumes', id]);
      }
    }
  });

  const containers = async (folder: string): Promise<string[]> => {
    const filter = `label=devcontainer.local_folder=${folder}`;
    const { stdout } = await execute('docker', ['ps', '--all', '--quiet', '--filter', filter]);
    return stdout.split('\n').filter((id) => id !== '');
  };

  const workspace = (dockerfile: readonly string[], config: object = {}): string => {
    const folder = makeFolder({
      '.devcontainer/devcontainer.json': JSON.stringify({
        build: { dockerfile: 'Dockerfile' },
        ...config,
      }),
      '.devcontainer/Dockerfile': [`FROM ${process.env['TEST_BUSYBOX'] ?? ''}`, ...dockerfile].join(
        '\n',
      ),
    });
    folders.push(folder);
    return folder;
  };

  const open = async (folder: string, where: VscodeServer = server): Promise<Page> => {
    const page = await openWorkbench(browser, where.url, folder);
    // Two cores run VS Code, a browser, the engine and the build.
    page.setDefaultTimeout(90_000);
    pages.push(page);
    return page;
  };

  const once = (): string => `RUN echo ${Date.now()} > /once`;

  it('says that there is no prebuild, opens a terminal inside, publishes it, and says that it runs', async () => {
    const repository = `${process.env['TEST_REGISTRY'] ?? ''}/test/published-${Date.now()}`;
    const folder = workspace([once()]);
    writeFiles(folder, {
      '.vscode/settings.json': JSON.stringify({
        'devcontainerPrebuild.registry': repository,
        'devcontainerPrebuild.publish': 'afterOpen',
      }),
    });
    const page = await open(folder);
    const item = statusBarItem(page, ITEM);
    await item.filter({ hasText: 'No prebuild' }).waitFor();
    // Looked for from the beginning: they come and go by themselves.
    const publishing = Promise.all([
      statusBarItem(page, PUBLISHING).filter({ hasText: 'Publishing' }).waitFor(),
      notification(page, `is published: ${repository}`).waitFor(),
    ]);
    publishing.catch(() => undefined);
    await runCommand(page, OPEN);
    await item.filter({ hasText: 'Building' }).waitFor();
    await page.locator('.terminal-wrapper.active').waitFor();
    await notification(page, 'A terminal inside the dev container is open').waitFor();
    await page.locator('.terminal-wrapper.active').click();
    await page.keyboard.type('cat /once; hostname\n');
    await poll(async () => /\d{13}/.test(await terminalText(page)));
    await publishing;
    assert.equal(await statusBarItem(page, PUBLISHING).count(), 0);
    const tags = await fetch(`http://${repository.replace('/', '/v2/')}/tags/list`);
    assert.match(await tags.text(), /"prebuild-[0-9a-f]{64}"/);
    await item.filter({ hasText: 'Running' }).waitFor();
  });

  it('follows an edit of what the build reads, made outside of the window, and the edit back', async () => {
    const folder = workspace([once(), 'COPY tool /tool']);
    writeFiles(folder, { '.devcontainer/tool/run': 'first\n' });
    const cli = join('dist', 'cli.js');
    await execute(process.execPath, [cli, 'build', '--workspace-folder', folder]);
    const item = statusBarItem(await open(folder), ITEM);
    await item.filter({ hasText: 'Prebuilt' }).waitFor();
    writeFiles(folder, { '.devcontainer/tool/run': 'second\n' });
    await item.filter({ hasText: 'No prebuild' }).waitFor();
    writeFiles(folder, { '.devcontainer/tool/run': 'first\n' });
    await item.filter({ hasText: 'Prebuilt' }).waitFor();
    writeFiles(folder, { '.devcontainer/tool/another': '' });
    await item.filter({ hasText: 'No prebuild' }).waitFor();
    rmSync(join(folder, '.devcontainer/tool/another'));
    await item.filter({ hasText: 'Prebuilt' }).waitFor();
  });

  it('offers its commands when the status bar item is clicked', async () => {
    const page = await open(workspace([once()]));
    const item = statusBarItem(page, ITEM);
    await item.filter({ hasText: 'No prebuild' }).waitFor();
    await item.click();
    const list = page.locator('.quick-input-widget');
    for (const entry of ['Open in Workspace', 'Build and Push Prebuild', 'Show Log']) {
      await list.locator('.monaco-list-row').filter({ hasText: entry }).first().waitFor();
    }
    // Of today's prebuilds none goes; on a person's own engine older ones may be asked about.
    await list
      .locator('.monaco-list-row')
      .filter({ hasText: 'Clean Up Prebuilds' })
      .first()
      .click();
    await page
      .getByText(/There is nothing to clean up|Remove \d+ /)
      .first()
      .waitFor();
  });

  it('is hidden where there is no devcontainer.json', async () => {
    const page = await open(makeFolder({ 'README.md': '' }));
    await page.locator('.part.statusbar').waitFor();
    await page.locator('.explorer-folders-view').getByText('README.md').waitFor();
    assert.equal(await statusBarItem(page, ITEM).count(), 0);
  });

  it('names the failing instruction, and shows its lines in the log on a click', async () => {
    const page = await open(workspace(['RUN echo "the reason" && exit 7']));
    await statusBarItem(page, ITEM).filter({ hasText: 'No prebuild' }).waitFor();
    await runCommand(page, OPEN);
    const failed = /The build failed at RUN echo "the reason"/;
    await notification(page, failed).waitFor();
    await notification(page, failed).getByRole('button', { name: 'Open Dockerfile:2' }).waitFor();
    await pressNotificationButton(page, failed, 'Show Log');
    await poll(async () => (await outputText(page)).includes('the reason'));
  });

  it('opens devcontainer.json at its syntax error', async () => {
    const folder = makeFolder({ '.devcontainer.json': '{\n  "image": "x"\n  "name": "y"\n}' });
    const page = await open(folder);
    await statusBarItem(page, ITEM)
      .getByLabel(/comma expected/)
      .waitFor();
    await runCommand(page, OPEN);
    await pressNotificationButton(page, /comma expected/, 'Open .devcontainer.json:3:3');
    await page
      .locator('.editor-group-container .tab')
      .filter({ hasText: '.devcontainer.json' })
      .waitFor();
    await page.locator('.part.statusbar').getByText('Ln 3, Col 3').waitFor();
  });

  it('cancels a build from its notification, and leaves nothing', async () => {
    const folder = workspace([once(), 'RUN sleep 100000']);
    const page = await open(folder);
    await statusBarItem(page, ITEM).filter({ hasText: 'No prebuild' }).waitFor();
    await runCommand(page, OPEN);
    const progress = notification(page, /sleep 100000/);
    await progress.waitFor();
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await statusBarItem(page, ITEM).filter({ hasText: 'No prebuild' }).waitFor();
    assert.deepEqual(await containers(folder), []);
  });

  it('makes one container where two windows open the same folder at once', async () => {
    const folder = workspace([once()], { postCreateCommand: 'sleep 3' });
    const [one, two] = [await open(folder), await open(folder)];
    for (const page of [one, two]) {
      await statusBarItem(page, ITEM).filter({ hasText: 'No prebuild' }).waitFor();
    }
    await Promise.all([runCommand(one, OPEN), runCommand(two, OPEN)]);
    for (const page of [one, two]) {
      await page.locator('.terminal-wrapper.active').waitFor();
    }
    assert.equal((await containers(folder)).length, 1);
  });

  it('runs nothing in Restricted Mode, and says so', async () => {
    const page = await open(workspace([once()]), restricted);
    await statusBarItem(page, ITEM)
      .getByLabel(/Restricted Mode/)
      .waitFor();
    await page.keyboard.press('F1');
    await page.locator('.quick-input-box input').fill(`>${OPEN}`);
    await page.locator('.quick-input-list').getByText('Show Log').waitFor();
    const offered = await page.locator('.quick-input-list').innerText();
    assert.doesNotMatch(offered, /Open in Workspace|Build and Push/);
  });

  it('says which setting is wrong where the registry is none', async () => {
    const page = await open(workspace([once()]));
    await statusBarItem(page, ITEM).filter({ hasText: 'No prebuild' }).waitFor();
    await runCommand(page, 'Dev Container Prebuild: Build and Push Prebuild');
    await notification(page, /devcontainerPrebuild\.registry/).waitFor();
  });
});

/** Waits for what the page shows late; mocha's timeout says if it never does. */
async function poll(shows: () => Promise<boolean>): Promise<void> {
  while (!(await shows())) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
