/** One way to log in that a server offers in `WWW-Authenticate`: RFC 9110, 11.6.1. */
export interface Challenge {
  /** In lower case: `bearer` or `basic`. */
  readonly scheme: string;
  /** By names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))`);
const SCHEME = new RegExp(`^(${TOKEN})(?=\\s|,|$)`);

/**
 * Parses `WWW-Authenticate`. A comma separates challenges as well as parameters, and stands in quoted
 * values: `Bearer realm="https://r/token",scope="repository:a:pull,push", Basic realm="r"`.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let rest = header;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    const parameter = PARAMETER.exec(rest);
    const scheme = parameter === null ? SCHEME.exec(rest) : null;
    if (parameter !== null) {
      const [, name = '', quoted, plain = ''] = parameter;
      const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
      challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
    } else if (scheme !== null) {
      challenges.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: new Map() });
    } else {
      return challenges;
    }
    rest = rest.slice((parameter ?? scheme)?.[0].length);
  }
}
