import type { ScalarType } from './composeNode';

export interface PlainScalar {
  readonly type: ScalarType;
  /** As Go's `%v` prints it. */
  readonly text: string;
}

const WORDS: Readonly<Record<string, PlainScalar>> = Object.fromEntries([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, { type: 'null', text: '' }]),
  ...['true', 'True', 'TRUE'].map((word) => [word, { type: 'bool', text: 'true' }]),
  ...['false', 'False', 'FALSE'].map((word) => [word, { type: 'bool', text: 'false' }]),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, { type: 'float', text: 'NaN' }]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [
    word,
    { type: 'float', text: '+Inf' },
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, { type: 'float', text: '-Inf' }]),
]) as Readonly<Record<string, PlainScalar>>;

const DATE =
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:[ \t]*Z|[ \t]*[-+]\d\d?(?::\d\d)?)?)?$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Of `%g` without a precision. */
const EXPONENT_FROM = 6;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 64n - 1n;

/**
 * Resolves an unquoted scalar as go-yaml v3 does (resolve.go): `yes` is a text, `012` and `0o12` are ten,
 * `1_000` is a thousand, `3.10` is 3.1.
 */
export function plainScalar(source: string): PlainScalar {
  const word = Object.hasOwn(WORDS, source) ? WORDS[source] : undefined;
  if (word !== undefined) {
    return word;
  }
  if (!/^[-+.0-9]/.test(source)) {
    return { type: 'string', text: source };
  }
  if (DATE.test(source)) {
    return { type: 'timestamp', text: source };
  }
  // A leading point leaves underscores in, and then it is no number.
  const digits = source.startsWith('.') ? source : source.replaceAll('_', '');
  const integer = integerOf(digits);
  if (integer !== undefined) {
    return { type: 'int', text: integer.toString() };
  }
  return FLOAT.test(digits)
    ? { type: 'float', text: goFloat(Number(digits)) }
    : { type: 'string', text: source };
}

function integerOf(digits: string): bigint | undefined {
  const [, sign = '', magnitude] = INTEGER.exec(digits) ?? [];
  if (magnitude === undefined) {
    return undefined;
  }
  const octal = /^0[0-7]+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude.toLowerCase();
  const value = sign === '-' ? -BigInt(octal) : BigInt(octal);
  // What is signed fits int64, what has no sign may fill uint64.
  return value < LEAST || value > MOST || (sign === '+' && value > MOST / 2n) ? undefined : value;
}

/** Go's `%v` of a float64: the shortest digits, with an exponent of two digits from 1e6 and 1e-5 on. */
function goFloat(value: number): string {
  if (!Number.isFinite(value)) {
    return value > 0 ? '+Inf' : '-Inf';
  }
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= EXPONENT_FROM) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}
