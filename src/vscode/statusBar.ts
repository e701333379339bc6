import { Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window } from 'vscode';
import type { StatusBarItem } from 'vscode';
import { COMMANDS } from './commandIds';
import type { PrebuildState } from './prebuildState';
import { statusBarText } from './statusBarText';
import type { StatusBarText } from './statusBarText';

/** One item that says whether the workspace's prebuild is there, and offers the commands on click. */
export function createStatusBar(state: PrebuildState): Disposable {
  const item = window.createStatusBarItem('prebuild', StatusBarAlignment.Left, 50);
  item.name = 'Dev Container Prebuild';
  item.command = COMMANDS.showCommands;
  const show = (): void => {
    showText(item, statusBarText(state.view));
  };
  const subscription = state.onDidChange(show);
  show();
  return Disposable.from(subscription, item);
}

/** Shows a text on an item, or hides it where there is none. */
export function showText(item: StatusBarItem, shown: StatusBarText | undefined): void {
  if (shown === undefined) {
    item.hide();
    return;
  }
  item.text = shown.text;
  item.tooltip = tooltip(shown.tooltip);
  item.accessibilityInformation = { label: shown.label };
  item.backgroundColor =
    shown.severity === 'warning' ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  item.show();
}

function tooltip(lines: readonly string[]): MarkdownString {
  const markdown = new MarkdownString();
  lines.forEach((line) => markdown.appendText(line).appendMarkdown('\n\n'));
  return markdown;
}
