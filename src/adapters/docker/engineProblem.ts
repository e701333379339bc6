import type { Problem } from '../../core/problem';
import { engineDown, engineForbidden, engineUntrusted } from '../../core/problems';
import type { Endpoint } from './endpoint';

/** OpenSSL's and Node.js's names of a certificate that does not do. */
const CERTIFICATE = /^CERT_|_CERT|SELF_SIGNED|LEAF_SIGNATURE|ALTNAME/;

/** Turns the error of a request that got no whole answer into the Problem that says what is wrong. */
export function engineProblem(error: unknown, { text, setBy }: Endpoint): Problem {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
  const cause = causeOf(error);
  if (code === 'EACCES' || code === 'EPERM') {
    return engineForbidden(text, cause);
  }
  if (CERTIFICATE.test(code)) {
    return engineUntrusted(text, cause);
  }
  if (code.startsWith('HPE_')) {
    return engineDown(text, setBy, 'what listens there is no Docker engine');
  }
  return engineDown(
    text,
    setBy,
    // Node.js's word for an answer whose connection was closed too early.
    cause === 'aborted' ? 'it broke off in the middle of its answer' : cause,
  );
}

/** With several addresses of one name Node.js gives an AggregateError, which has no message itself. */
function causeOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map(causeOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
