import { Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window } from 'vscode';
import { COMMANDS } from './commandIds';
import type { PrebuildState } from './prebuildState';
import { statusBarText } from './statusBarText';

/** One item that says whether the workspace's prebuild is there, and offers the commands on click. */
export function createStatusBar(state: PrebuildState): Disposable {
  const item = window.createStatusBarItem('prebuild', StatusBarAlignment.Left, 50);
  item.name = 'Dev Container Prebuild';
  item.command = COMMANDS.showCommands;
  const show = (): void => {
    const shown = statusBarText(state.view);
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
  };
  const subscription = state.onDidChange(show);
  show();
  return Disposable.from(subscription, item);
}

function tooltip(lines: readonly string[]): MarkdownString {
  const markdown = new MarkdownString();
  lines.forEach((line) => markdown.appendText(line).appendMarkdown('\n\n'));
  return markdown;
}
