import { BlockList, isIP } from 'node:net';
import type { Environment } from '../docker/dockerConfig';

/**
 * The proxy by which a registry on TLS is to be asked: `HTTPS_PROXY` and `NO_PROXY` as Go reads them, which
 * Docker is written in (golang.org/x/net/http/httpproxy). Nothing of this machine goes by a proxy.
 * @returns undefined where none is to be used, or what is named is no address.
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const text = environment['HTTPS_PROXY'] ?? environment['https_proxy'] ?? '';
  const host = hostOf(url);
  if (text === '' || isLoopback(host) || isExcepted(url, host, environment)) {
    return undefined;
  }
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** The name or the number of a host, an IPv6 one without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isExcepted(url: URL, host: string, environment: Environment): boolean {
  const list = environment['NO_PROXY'] ?? environment['no_proxy'] ?? '';
  const port = url.port === '' ? '443' : url.port;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host.toLowerCase(), port));
}

/** `*`, `10.0.0.0/8`, `example.com` with all below it, `.example.com` for those alone; with a port or without. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') {
    return true;
  }
  const [, name = entry, entryPort] = /^(.+):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) {
    return false;
  }
  const [network = '', bits] = name.split('/');
  if (bits !== undefined) {
    return isIn(host, network, Number(bits));
  }
  const domain = name.replace(/^\*?\./, '');
  const isBelow = host.endsWith(`.${domain}`);
  return name === domain ? host === domain || isBelow : isBelow;
}

function isIn(host: string, network: string, bits: number): boolean {
  const [family, hostFamily] = [isIP(network), isIP(host)];
  if (family === 0 || family !== hostFamily || !(bits >= 0 && bits <= (family === 4 ? 32 : 128))) {
    return false;
  }
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}
