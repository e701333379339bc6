import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../docker/dockerConfig';

/** Where Linux keeps the system's CAs: Go's crypto/x509/root_linux.go, which Docker is built with. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The CAs that Docker trusts for a registry host and Node.js may not know: those that an administrator
 * put into `certs.d/<host:port>/*.crt`, and on Linux the system's own. PEM texts.
 */
export async function dockerAuthorities(
  host: string,
  environment: Environment,
  homeFolder: string,
): Promise<readonly string[]> {
  const own = await Promise.all(
    certificateFolders(environment, homeFolder).map(async (folder) => {
      // Windows allows no colon in a name: moby, registry/config_windows.go.
      const name = process.platform === 'win32' ? host.replaceAll(':', '') : host;
      return readCertificates(path.join(folder, name));
    }),
  );
  return [...own.flat(), ...(await systemAuthorities(environment))];
}

function certificateFolders(environment: Environment, homeFolder: string): readonly string[] {
  if (process.platform === 'win32') {
    const programData = environment['PROGRAMDATA'] ?? environment['ProgramData'];
    return [
      ...(programData === undefined ? [] : [path.join(programData, 'docker', 'certs.d')]),
      path.join(homeFolder, '.docker', 'certs.d'),
    ];
  }
  return [
    '/etc/docker/certs.d',
    // Docker Desktop's, then that of an engine without root.
    path.join(homeFolder, '.docker', 'certs.d'),
    path.join(environment['XDG_CONFIG_HOME'] ?? path.join(homeFolder, '.config'), 'docker/certs.d'),
  ];
}

async function readCertificates(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const texts = names
    .filter((name) => name.endsWith('.crt'))
    .map((name) => readPem(path.join(folder, name)));
  return (await Promise.all(texts)).flat();
}

async function systemAuthorities(environment: Environment): Promise<readonly string[]> {
  if (process.platform !== 'linux') {
    return [];
  }
  for (const file of [environment['SSL_CERT_FILE'] ?? '', ...SYSTEM_BUNDLES]) {
    const texts = await readPem(file);
    if (texts.length > 0) {
      return texts;
    }
  }
  return [];
}

/** @returns no text where the file is missing or holds no certificate, at which OpenSSL would stumble. */
async function readPem(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.includes('-----BEGIN CERTIFICATE-----') ? [text] : [];
}
