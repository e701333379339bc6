import { join, sep } from 'node:path';
import { featureInvalid } from '../problems';
import type { JsoncDocument, JsonValue } from './jsonc';

/** An option of a feature, as devcontainer.json may spell it. */
export type FeatureOption = string | boolean;

/** A feature as devcontainer.json asks for it, variables substituted. */
export interface FeatureSetting {
  /** As written: `ghcr.io/devcontainers/features/go:1`, `./local-feature`, `https://…/x.tgz`. */
  readonly id: string;
  /** Canonical: the short form `"1.2"` is `{ version: "1.2" }`; sorted by name. */
  readonly options: readonly (readonly [name: string, value: FeatureOption])[];
  /** The folder of a local feature; undefined for one from elsewhere. */
  readonly folder: string | undefined;
}

/**
 * Reads the property `features`.
 * @param value the property, variables substituted.
 * @throws Problem at the feature whose options are of no form that the specification has.
 */
export function parseFeatures(
  value: JsonValue | undefined,
  document: JsoncDocument,
  configFolder: string,
): readonly FeatureSetting[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw featureInvalid('features', document.placeOf(['features']), 'it is no object');
  }
  return Object.entries(value).map(([id, options]) => ({
    id,
    options: optionsOf(id, options, document),
    folder: localFolder(id, document, configFolder),
  }));
}

/** A local feature lies below devcontainer.json's folder: the specification's rule, and a guard, too. */
function localFolder(
  id: string,
  document: JsoncDocument,
  configFolder: string,
): string | undefined {
  if (!/^\.\.?[/\\]/.test(id)) {
    return undefined;
  }
  const folder = join(configFolder, id);
  if (!folder.startsWith(configFolder + sep)) {
    const place = document.placeOf(['features', id]);
    throw featureInvalid(id, place, 'it lies outside the folder of devcontainer.json');
  }
  return folder;
}

function optionsOf(
  id: string,
  value: JsonValue,
  document: JsoncDocument,
): readonly (readonly [string, FeatureOption])[] {
  if (typeof value === 'string') {
    return [['version', value]];
  }
  // `true` and `null` ask for the defaults.
  if (value === true || value === null) {
    return [];
  }
  if (typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value)
      .map(([name, option]): [string, FeatureOption] => {
        if (typeof option !== 'string' && typeof option !== 'boolean') {
          const place = document.placeOf(['features', id, name]);
          throw featureInvalid(id, place, `its option "${name}" is neither a string nor a boolean`);
        }
        return [name, option];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
  throw featureInvalid(id, document.placeOf(['features', id]), 'its options are of no known form');
}
