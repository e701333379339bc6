import type { WorkspaceConfiguration } from 'vscode';
import { registryInvalid } from '../core/problems';
import type { PublishPolicy } from '../core/publishOrder';
import { parseRepository } from '../core/reference';
import type { Repository } from '../core/reference';

/** The section of settings.json that all our settings stand below. */
export const SECTION = 'devcontainerPrebuild';

export type SettingsReader = Pick<WorkspaceConfiguration, 'get'>;

/**
 * Where prebuilds live; undefined where the setting is empty.
 * @throws Problem that names the setting where it is no repository.
 */
export function repositorySetting(settings: SettingsReader): Repository | undefined {
  const value: unknown = settings.get('registry');
  if (typeof value !== 'string' || value.trim() === '') {
    return undefined;
  }
  const repository = parseRepository(value);
  if (repository === undefined) {
    throw registryInvalid(value);
  }
  return repository;
}

/** When the registry is written to; what is no such word counts as the default. */
export function publishSetting(settings: SettingsReader): PublishPolicy {
  const value: unknown = settings.get('publish');
  return value === 'never' || value === 'afterOpen' ? value : 'onBuild';
}

/** Registries that the user allowed to speak plain HTTP, as `host` or `host:port`. */
export function insecureRegistriesSetting(settings: SettingsReader): readonly string[] {
  const value: unknown = settings.get('insecureRegistries');
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : [];
}
