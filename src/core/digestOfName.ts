import type { Log } from './log';
import type { Registry } from './ports';
import { parseImageReference } from './reference';

/** What a moving name, of an image or a feature, is in its registry just now; undefined where nobody tells. */
export async function digestOfName(
  { registry, log }: { readonly registry: Registry; readonly log: Log },
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const reference = parseImageReference(name);
  const answer = reference === undefined ? undefined : await registry.find(reference, signal);
  if (answer?.state === 'unreachable') {
    log.debug(`What ${name} is cannot be told: ${answer.problem.message}`);
  }
  return answer?.state === 'found' ? answer.digest : undefined;
}
