import { isLabelOf } from './keyLabel';
import { KEY_LABEL } from './labels';
import type { LocalImage, Prebuilds } from './ports';
import type { PreparedPrebuild } from './preparePrebuild';
import type { Problem } from './problem';
import { imageOfAnotherKey, imageOfAnotherPlatform } from './problems';

/**
 * Judges an image that a registry gave under a prebuild's tag: anybody who may push can put another one
 * there, and a registry may give the one of another platform.
 * @returns why it is refused; undefined where it is what was asked for.
 */
export async function refuseImage(
  { reference, labels, platform }: LocalImage,
  prebuild: PreparedPrebuild,
  prebuilds: Prebuilds,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const label = labels[KEY_LABEL];
  if (!(await isLabelOf(label, prebuild, prebuilds, signal))) {
    return imageOfAnotherKey(reference, label);
  }
  const wanted = prebuild.request.platform;
  return platform === undefined || platform === wanted || choosesPlatform(prebuild)
    ? undefined
    : imageOfAnotherPlatform(reference, platform, wanted);
}

/** `FROM --platform=linux/amd64` makes an image for amd64, whatever the build is for. */
function choosesPlatform({ bases }: PreparedPrebuild): boolean {
  return bases.some(({ role, platform }) => role === 'from' && platform !== undefined);
}
