import { isObject } from './devcontainer/jsonc';
import type { JsonObject, JsonValue } from './devcontainer/jsonc';
import { parsePrebuildKey } from './key/prebuildKey';
import type { PrebuildKey } from './key/prebuildKey';
import type { OpenedWorkspace } from './openInWorkspace';
import { parsePlatform } from './platform';
import type { Platform } from './platform';
import type { PrebuildRequest } from './preparePrebuild';
import { parseRepository, prebuildReference, referenceText } from './reference';
import type { Repository } from './reference';
import type { WorkspaceSource } from './workspaceSource';

/** When the editor writes to the registry: the setting `devcontainerPrebuild.publish`. */
export type PublishPolicy = 'never' | 'onBuild' | 'afterOpen';

/** The command line's verb that carries one order out. No person types it. */
export const PUBLISH_VERB = 'carry-out-publication';

/**
 * What the process that publishes in the background is told. Of the environment, which it inherits, nothing
 * stands here: an order is a file.
 */
export interface PublishOrder {
  readonly source: WorkspaceSource;
  /** The platform that was asked for; the config may name another. */
  readonly platform: Platform;
  readonly repository: Repository;
  /** The key of what was built: that and nothing else is to be published. */
  readonly key: PrebuildKey;
  readonly insecureRegistries: readonly string[];
}

/** What is to be published after a workspace was opened; undefined: nothing. */
export function orderAfterOpen(
  policy: PublishPolicy,
  { source, platform, repository }: PrebuildRequest,
  { how, key }: Pick<OpenedWorkspace, 'how' | 'key'>,
  insecureRegistries: readonly string[],
): PublishOrder | undefined {
  return policy === 'afterOpen' && how === 'built' && repository !== undefined
    ? { source, platform, repository, key, insecureRegistries }
    : undefined;
}

/** The image that an order publishes. */
export const orderedImage = ({ repository, key }: PublishOrder): string =>
  referenceText(prebuildReference(repository, key));

/** An order as JSON. */
export function publishOrderText(order: PublishOrder): string {
  const { source, platform, repository, key, insecureRegistries } = order;
  const { folder, configFile } = source;
  return JSON.stringify({
    folder,
    configFile,
    platform,
    repository: referenceText(repository),
    key,
    insecureRegistries,
  });
}

/** @returns undefined where the text is no order. */
export function parsePublishOrder(text: string): PublishOrder | undefined {
  const value = parseObject(text);
  if (value === undefined) {
    return undefined;
  }
  const { folder, configFile, insecureRegistries } = value;
  const platform = parsePlatform(textOf(value['platform']));
  const repository = parseRepository(textOf(value['repository']));
  const key = parsePrebuildKey(textOf(value['key']));
  if (
    typeof folder !== 'string' ||
    typeof configFile !== 'string' ||
    platform === undefined ||
    repository === undefined ||
    key === undefined ||
    !Array.isArray(insecureRegistries)
  ) {
    return undefined;
  }
  return {
    source: { folder, configFile },
    platform,
    repository,
    key,
    insecureRegistries: (insecureRegistries as readonly JsonValue[]).filter(
      (host): host is string => typeof host === 'string',
    ),
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
