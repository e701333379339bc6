/** What the core and the adapters log to; VS Code's LogOutputChannel satisfies it as it is. */
export interface Log {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
