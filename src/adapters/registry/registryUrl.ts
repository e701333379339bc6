import { registryAnswerInvalid } from '../../core/problems';
import type { Repository } from '../../core/reference';

/** The registry of Docker Hub: distribution, reference/normalize.go, and docker/cli. */
const DOCKER_HUB_REGISTRY = 'registry-1.docker.io';

/** The address of a part of a repository by the OCI distribution protocol. */
export function registryUrl(
  { host, repository }: Repository,
  kind: 'manifests' | 'blobs' | 'tags',
  name: string,
): URL {
  const server = host === 'docker.io' ? DOCKER_HUB_REGISTRY : host;
  const address = `https://${server}/v2/${repository}/${kind}/${name}`;
  if (!URL.canParse(address)) {
    throw registryAnswerInvalid(host, 'it is no valid host name and port');
  }
  return new URL(address);
}
