import { spawnSync } from 'node:child_process';

/**
 * What begins a command of one of docker's plugins: the plugin itself where docker tells its path, as without
 * docker between it takes less than half the time.
 */
export function dockerPlugin(name: 'buildx' | 'compose'): readonly [string, ...string[]] {
  const format = `{{range .ClientInfo.Plugins}}{{if eq .Name "${name}"}}{{.Path}}{{end}}{{end}}`;
  const { stdout } = spawnSync('docker', ['info', '--format', format], { encoding: 'utf8' });
  const path = stdout.trim();
  return path === '' ? ['docker', name] : [path];
}
