import type { Prebuilds } from './ports';
import type { PreparedPrebuild } from './preparePrebuild';

/** The label of an image that was built from a base image without or with ONBUILD instructions. */
export function keyLabel({ key }: PreparedPrebuild, contextDigest: string | undefined): string {
  return contextDigest === undefined ? key : `${key}+${contextDigest}`;
}

/** Tells whether an image or a container with such a label is what a prebuild asks for. */
export async function isLabelOf(
  label: string | undefined,
  prebuild: PreparedPrebuild,
  prebuilds: Prebuilds,
  signal: AbortSignal,
): Promise<boolean> {
  if (label?.startsWith(`${prebuild.key}+`) !== true) {
    return label === prebuild.key;
  }
  return label === keyLabel(prebuild, await prebuilds.contextDigest(prebuild.request, signal));
}
