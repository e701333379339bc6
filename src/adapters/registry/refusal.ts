import type { Problem } from '../../core/problem';
import { registryAnswerInvalid, registryBusy, registryFailing } from '../../core/problems';
import { isRecord, textOf } from '../docker/dockerConfig';
import { mask } from '../process/command';
import { oneLine } from './oneLine';
import type { RegistryResponse } from './registryClient';

/** The Problem of a status that is no answer to the question: too many requests, a fault, or no sense. */
export function statusProblem(
  host: string,
  response: RegistryResponse,
  login: string,
  secrets: readonly string[],
): Problem {
  const { status, headers } = response;
  if (status === 429) {
    return registryBusy(host, login, headers['retry-after']);
  }
  const cause = refusalText(host, response, secrets);
  return status >= 500 ? registryFailing(host, cause) : registryAnswerInvalid(host, cause);
}

/** Such as `ghcr.io answered 403 DENIED: denied`: the status, and the error in the registry's own words. */
export function refusalText(
  host: string,
  { status, body }: RegistryResponse,
  secrets: readonly string[],
): string {
  const words = [`${host} answered ${status}`, errorText(body.toString('utf8'))];
  return oneLine(mask(words.filter((word) => word !== '').join(' '), secrets));
}

/** `{"errors":[{"code":"DENIED","message":"…"}]}`, distribution's; `{"error":"…"}` is OAuth's. */
function errorText(body: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return '';
  }
  if (!isRecord(answer)) {
    return '';
  }
  const first: unknown = Array.isArray(answer['errors']) ? answer['errors'][0] : undefined;
  if (isRecord(first)) {
    const parts = [textOf(first['code']), textOf(first['message'])];
    return parts.filter((part) => part !== undefined).join(': ');
  }
  return (
    textOf(answer['error_description']) ??
    textOf(answer['error']) ??
    textOf(answer['details']) ??
    ''
  );
}
