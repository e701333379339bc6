/** A program and its arguments as a value: described in one place, run in another, never by a shell. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the environment of this process; `undefined` takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** Written to the standard input, which is then closed. */
  readonly input?: string;
  /** Values that no log may show: each becomes `***` in the logged line. */
  readonly secrets?: readonly string[];
}

/** The command as one line for the log: words that need it are quoted, secrets are masked. */
export function commandLine({ file, args, secrets = [] }: Command): string {
  const line = [file, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
  return mask(line, secrets);
}

/** Replaces every secret in the text by `***`. */
export function mask(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
