import { run } from '../../support/machine/command';

/** Logs in at a registry, as a person does, and keeps the login in a Docker config folder. */
export async function dockerLogin(
  address: string,
  user: string,
  password: string,
  configFolder: string,
): Promise<void> {
  const args = ['--config', configFolder, 'login', '--username', user, '--password-stdin', address];
  await run('docker', args, { input: password });
}
