/** A normalised platform, `os/arch[/variant]`, such as `linux/arm64` or `linux/arm/v7`. */
export type Platform = string & { readonly __platform: unique symbol };

/** Other spellings of an architecture and the canonical one: containerd's platforms/database.go. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armel: 'arm/v6',
  i386: '386',
  ia32: '386',
};

/** The variant that a bare architecture means, left out of the canonical form (arm's is kept). */
const IMPLIED_VARIANTS: Readonly<Record<string, string>> = { arm64: 'v8', amd64: 'v1' };

/**
 * Normalises a platform as containerd does, so that every spelling gives one key: `linux/arm64/v8` and
 * `linux/aarch64` are `linux/arm64`; `linux/arm` and `linux/armhf` are `linux/arm/v7`.
 * @returns undefined where the text is no `os/arch[/variant]`.
 */
export function parsePlatform(text: string): Platform | undefined {
  const match = /^([a-z0-9]+)\/([a-z0-9_-]+)(?:\/([a-z0-9]+))?$/.exec(text.trim().toLowerCase());
  const os = match?.[1];
  const spelled = match?.[2];
  if (os === undefined || spelled === undefined) {
    return undefined;
  }
  const [architecture = spelled, spelledVariant] = (ARCHITECTURES[spelled] ?? spelled).split('/');
  let variant = match?.[3] ?? spelledVariant;
  if (variant !== undefined && /^\d/.test(variant)) {
    variant = `v${variant}`;
  }
  if (architecture === 'arm') {
    variant ??= 'v7';
  }
  if (variant === IMPLIED_VARIANTS[architecture]) {
    variant = undefined;
  }
  return [os, architecture, variant].filter((part) => part !== undefined).join('/') as Platform;
}

/** The platform that this machine builds for: containers are Linux, whatever the desktop is. */
export function hostPlatform(nodeArchitecture: string): Platform {
  return parsePlatform(`linux/${nodeArchitecture}`) ?? ('linux/amd64' as Platform);
}

/** The parts of a platform, as `TARGETOS`, `TARGETARCH` and `TARGETVARIANT` name them. */
export function platformParts(platform: Platform): {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
} {
  const [os = '', architecture = '', variant = ''] = platform.split('/');
  return { os, architecture, variant };
}
