import { ProgressLocation, window } from 'vscode';

/** Tells a person what is under way. */
export type ProgressReport = (message: string) => void;

/**
 * Shows a notification with Cancel while the work runs. The one place where VS Code's token becomes an
 * AbortSignal.
 */
export function withCancellableProgress<T>(
  title: string,
  work: (report: ProgressReport, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return Promise.resolve(
    window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => {
          controller.abort();
        });
        return work((message) => {
          progress.report({ message });
        }, controller.signal);
      },
    ),
  );
}
