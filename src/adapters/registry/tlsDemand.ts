/**
 * What is asked of the connection to a registry host. `required`: verified TLS. `preferred`: plain
 * HTTP, but verified TLS where the host speaks no other. `unverified`: TLS with any certificate, else plain HTTP.
 */
export type TlsDemand = 'required' | 'preferred' | 'unverified';

/**
 * Docker asks for no TLS on localhost and 127.0.0.0/8, and leaves TLS unverified for the hosts in its
 * setting `insecure-registries` (moby, registry/config.go). We do so for those that a person named to us.
 * @param host `name[:port]`
 */
export function tlsDemand(host: string, insecureRegistries: readonly string[]): TlsDemand {
  const wanted = host.toLowerCase();
  if (insecureRegistries.some((entry) => entry.toLowerCase() === wanted)) {
    return 'unverified';
  }
  const name = wanted.replace(/:\d+$/, '');
  const isThisMachine =
    name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
  return isThisMachine ? 'preferred' : 'required';
}
