import type { Problem } from '../../core/problem';
import {
  registryAnswerInvalid,
  registryCertificateExpired,
  registryCertificateMismatch,
  registryHostUnknown,
  registryPlainHttp,
  registryRefused,
  registrySilent,
  registryUnreachable,
  registryUntrusted,
} from '../../core/problems';
import { oneLine } from './oneLine';

type Factory = (host: string, cause: string) => Problem;

/** OpenSSL's names (verify.c) and Node.js's of what can be wrong with a connection. */
const PROBLEMS: Readonly<Record<string, Factory>> = {
  ENOTFOUND: registryHostUnknown,
  EAI_AGAIN: registryHostUnknown,
  ECONNREFUSED: registryRefused,
  CERT_HAS_EXPIRED: registryCertificateExpired,
  CERT_NOT_YET_VALID: registryCertificateExpired,
  ERR_TLS_CERT_ALTNAME_INVALID: registryCertificateMismatch,
};

const UNTRUSTED: ReadonlySet<string> = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether the peer's certificate was signed by nobody whom this connection trusted. */
export function isUntrusted(error: unknown): boolean {
  return UNTRUSTED.has(codeOf(error));
}

/** Whether the peer's first bytes were no TLS, or it hung up on ours: the mark of a plain HTTP server. */
export function isNoTls(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EPROTO' || code === 'ECONNRESET' || code.startsWith('ERR_SSL_');
}

/** Whether the peer's first bytes were no HTTP, or it hung up on ours: the mark of a TLS server. */
export function isNoHttp(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code.startsWith('HPE_');
}

/** Whether there was nobody at the address that a connection was asked of. */
export function isNoConnection(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'].includes(codeOf(error));
}

/** Turns the error of a request that got no answer into the Problem that says what is wrong. */
export function connectionProblem(error: unknown, host: string, protocol: string): Problem {
  const code = codeOf(error);
  const cause = oneLine(messageOf(error));
  if (isUntrusted(error)) {
    return registryUntrusted(host, cause);
  }
  if (code === 'ETIMEDOUT') {
    return registryUnreachable(host, 'no connection: timed out');
  }
  if (code.startsWith('HPE_') || code === 'ERR_INVALID_URL') {
    return registryAnswerInvalid(host, cause);
  }
  if (protocol === 'https:' && (code === 'EPROTO' || code.startsWith('ERR_SSL_'))) {
    return registryPlainHttp(host, 'what it sent was no TLS');
  }
  return (PROBLEMS[code] ?? registryUnreachable)(host, cause);
}

/** The Problem of a host that left a question open for too long. */
export const silenceProblem = (host: string, milliseconds: number): Problem =>
  registrySilent(host, milliseconds / 1000);

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
}

/** With several addresses of one name Node.js gives an AggregateError, which has no message itself. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map(messageOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
