import { Problem, placeText } from './problem';
import type { Place } from './problem';

/*
 * Every sentence that a person is shown when something fails, each a named factory. The code of each is
 * stable: documentation and scripts refer to it.
 */

// devcontainer.json

export const configMissing = (folder: string): Problem =>
  new Problem('config-missing', `"${folder}" has no devcontainer.json.`, {
    remedy: 'Add .devcontainer/devcontainer.json, or open the folder that has one.',
    place: { file: folder },
  });

export const severalConfigs = (folder: string, configs: readonly string[]): Problem =>
  new Problem('several-configs', `"${folder}" has several devcontainer.json files.`, {
    remedy: `Name one with --config: ${configs.join(', ')}.`,
    place: { file: folder },
  });

export const configInvalid = (place: Place, reason: string): Problem =>
  new Problem('config-invalid', `devcontainer.json cannot be read: ${reason}.`, {
    remedy: `Mend it at ${placeText(place)}.`,
    place,
  });

export const nothingToBuild = (place: Place): Problem =>
  new Problem('nothing-to-build', 'devcontainer.json names neither an image nor a Dockerfile.', {
    remedy: 'Add "image", or "build": { "dockerfile": … }.',
    place,
  });

export const composeUnsupported = (place: Place): Problem =>
  new Problem(
    'compose-unsupported',
    'Workspaces of Docker Compose are not started from a prebuild yet.',
    {
      remedy:
        'Open it with "Dev Containers: Reopen in Container"; its prebuild can be built and pushed.',
      place,
    },
  );

export const featureInvalid = (id: string, place: Place, reason: string): Problem =>
  new Problem('feature-invalid', `The feature "${id}" cannot be read: ${reason}.`, {
    remedy: `Mend it at ${placeText(place)}.`,
    place,
  });

export const filesRestless = (folder: string): Problem =>
  new Problem('files-restless', `The files of "${folder}" change while they are built from.`, {
    remedy: 'Stop what writes to them, or add it to .dockerignore, and build again.',
    place: { file: folder },
  });

export const dockerfileMissing = (path: string, place: Place): Problem =>
  new Problem('dockerfile-missing', `There is no Dockerfile "${path}".`, {
    remedy: `Create it, or mend its path at ${placeText(place)}.`,
    place,
  });

export const contextMissing = (path: string, place: Place): Problem =>
  new Problem('context-missing', `There is no folder "${path}" to be the build context.`, {
    remedy: `Create it, or mend its path at ${placeText(place)}.`,
    place,
  });

// Docker Compose

export const composeFileMissing = (file: string, place: Place): Problem =>
  new Problem('compose-file-missing', `There is no compose file "${file}".`, {
    remedy: `Create it, or mend its path at ${placeText(place)}.`,
    place,
  });

export const composeInvalid = (place: Place, reason: string): Problem =>
  new Problem('compose-invalid', `The compose file cannot be read: ${reason}.`, {
    remedy: `Mend it at ${placeText(place)}.`,
    place,
  });

export const composeRemote = (what: string, place: Place): Problem =>
  new Problem('compose-remote', `"${what}" would have to be fetched, which no key may depend on.`, {
    remedy: `Keep a copy of it beside the compose file, and name that at ${placeText(place)}.`,
    place,
  });

/** @param steps from the first file or service to the one that is there again. */
export const composeGoesInCircles = (
  by: 'extends' | 'include' | 'additional_contexts',
  steps: readonly string[],
  place: Place,
): Problem =>
  new Problem('compose-goes-in-circles', `By "${by}" the compose files lead round in circles.`, {
    remedy: `Take one step out, for example at ${placeText(place)}.`,
    cause: steps.slice(-10).join(' → '),
    place,
  });

export const composeServiceUnknown = (
  service: string,
  services: readonly string[],
  place: Place,
): Problem =>
  new Problem('compose-service-unknown', `The compose files have no service "${service}".`, {
    remedy:
      services.length === 0
        ? `Add it, or mend its name at ${placeText(place)}.`
        : `Name one of these at ${placeText(place)}: ${services.slice(0, 20).join(', ')}.`,
    place,
  });

export const composeNothingToBuild = (service: string, place: Place): Problem =>
  new Problem(
    'compose-nothing-to-build',
    `The service "${service}" has neither an image nor a build.`,
    {
      remedy: `Give it one at ${placeText(place)}.`,
      place,
    },
  );

export const composeInterpolationInvalid = (place: Place, reason: string): Problem =>
  new Problem('compose-interpolation-invalid', `A value cannot be interpolated: ${reason}.`, {
    remedy: `Mend it at ${placeText(place)}; a plain dollar sign is written "$$".`,
    place,
  });

/** @param message what the file itself says after the `?`. */
export const composeVariableMissing = (variable: string, message: string, place: Place): Problem =>
  new Problem('compose-variable-missing', `The variable ${variable} has no value, and needs one.`, {
    remedy: `Set it in the environment or in the .env file; ${placeText(place)} asks for it.`,
    cause: message === '' ? undefined : message,
    place,
  });

export const composeEnvFileMissing = (file: string, place: Place): Problem =>
  new Problem('compose-env-file-missing', `There is no environment file "${file}".`, {
    remedy: `Create it, or mend its path; ${placeText(place)} asks for it.`,
    place,
  });

export const composeEnvFileInvalid = (place: Place, reason: string): Problem =>
  new Problem('compose-env-file-invalid', `The environment file cannot be read: ${reason}.`, {
    remedy: `Mend it at ${placeText(place)}.`,
    place,
  });

export const linkedBuildWithFeatures = (context: string, place: Place): Problem =>
  new Problem(
    'linked-build-with-features',
    `The build reads another service's image as "${context}", which cannot be built together with features.`,
    {
      remedy: 'Put what the features install into the Dockerfile, or take out the features.',
      place,
    },
  );

// Explaining a key

export const recordInvalid = (file: string): Problem =>
  new Problem('record-invalid', `"${file}" holds no key and its inputs.`, {
    remedy: 'Make it with "devcontainer-prebuild hash --json".',
    place: { file },
  });

export const recordMissing = (what: string): Problem =>
  new Problem('record-missing', `Nothing is known here of ${what}, to explain the key against.`, {
    remedy:
      'Open or build the workspace once, or give --against the output of "devcontainer-prebuild hash --json" of another machine.',
  });

// The Dockerfile and its context

export const dockerfileInvalid = (place: Place, reason: string): Problem =>
  new Problem('dockerfile-invalid', `The Dockerfile cannot be read: ${reason}.`, {
    remedy: `Mend it at ${placeText(place)}.`,
    place,
  });

export const targetUnknown = (target: string, file: string, stages: readonly string[]): Problem =>
  new Problem('target-unknown', `The Dockerfile has no stage "${target}".`, {
    remedy:
      stages.length > 0
        ? `Set build.target to one of: ${stages.join(', ')}.`
        : 'Name a stage with FROM … AS, or remove build.target.',
    place: { file },
  });

export const ignorePatternInvalid = (pattern: string, place: Place): Problem =>
  new Problem('ignore-pattern-invalid', `The ignore pattern "${pattern}" is malformed.`, {
    remedy: `Mend it at ${placeText(place)}; the build would fail at it too.`,
    place,
  });

export const sourceMissing = (source: string, place: Place): Problem =>
  new Problem('source-missing', `The build context has no "${source}".`, {
    remedy: `Create it, or mend the source at ${placeText(place)}; an ignore file may hide it, too.`,
    place,
  });

export const sourceUnreadable = (path: string, cause: string): Problem =>
  new Problem('source-unreadable', `"${path}" cannot be read.`, {
    remedy: 'Make it readable, or exclude it in .dockerignore.',
    cause,
    place: { file: path },
  });

export const sourceLinksInCircles = (source: string, place: Place): Problem =>
  new Problem('source-links-in-circles', `The links of "${source}" lead round in circles.`, {
    remedy: `Mend the links, or the source at ${placeText(place)}.`,
    place,
  });

// The engine

const START_DOCKER =
  'Start Docker Desktop, or on Linux run "sudo systemctl start docker"; then try again.';

export const dockerMissing = (): Problem =>
  new Problem('docker-missing', 'Docker is not installed on this machine.', {
    remedy:
      'Install Docker Desktop or Docker Engine (https://docs.docker.com/get-started/get-docker/).',
  });

/** @param setBy what names the address, such as `DOCKER_HOST`; undefined for Docker's default. */
export const engineDown = (address: string, setBy: string | undefined, cause: string): Problem =>
  new Problem('engine-down', `Docker's engine does not answer at ${address}.`, {
    remedy:
      setBy === undefined
        ? START_DOCKER
        : `Start the engine there, or correct the address, which ${setBy} names.`,
    cause,
  });

export const engineSilent = (address: string, seconds: number): Problem =>
  new Problem('engine-silent', `Docker's engine at ${address} takes requests but answers none.`, {
    remedy: 'Restart Docker, then try again.',
    cause: `no answer within ${seconds} s`,
  });

export const engineForbidden = (address: string, cause: string): Problem =>
  new Problem('engine-forbidden', `You may not use Docker's engine at ${address}.`, {
    remedy:
      'On Linux add yourself to the group "docker" ("sudo usermod -aG docker $USER"), then log out and in.',
    cause,
  });

export const engineUntrusted = (address: string, cause: string): Problem =>
  new Problem(
    'engine-untrusted',
    `The certificate of Docker's engine at ${address} is not trusted.`,
    {
      remedy: 'Correct the certificates in DOCKER_CERT_PATH or in the Docker context.',
      cause,
    },
  );

/** The engine answered, and refused: its own words are the cause. */
export const engineRefused = (request: string, cause: string): Problem =>
  new Problem('engine-refused', `Docker's engine could not ${request}.`, {
    remedy: 'See what the engine says, and try again.',
    cause,
  });

export const imageInUse = (reference: string, cause: string): Problem =>
  new Problem('image-in-use', `The image ${reference} is in use.`, {
    remedy: 'Remove the containers that were made from it first.',
    cause,
  });

export const dockerHostInvalid = (address: string, setBy: string, cause: string): Problem =>
  new Problem('docker-host-invalid', `"${address}" is no address of a Docker engine: ${cause}.`, {
    remedy: `Correct ${setBy}, for example to unix:///var/run/docker.sock, or remove it.`,
  });

export const dockerContextMissing = (name: string, setBy: string): Problem =>
  new Problem('docker-context-missing', `There is no Docker context "${name}".`, {
    remedy: `Choose one with "docker context use"; this one is named by ${setBy}.`,
  });

export const dockerContextInvalid = (name: string, file: string, cause: string): Problem =>
  new Problem('docker-context-invalid', `The Docker context "${name}" cannot be read.`, {
    remedy: `Make it anew with "docker context rm" and "docker context create".`,
    cause,
    place: { file },
  });

export const dockerCertificatesMissing = (file: string): Problem =>
  new Problem(
    'docker-certificates-missing',
    `A file for TLS with Docker's engine cannot be read: "${file}".`,
    {
      remedy: 'Put ca.pem, cert.pem and key.pem there, or correct DOCKER_CERT_PATH.',
      place: { file },
    },
  );

// Pulling an image by the engine

export const pullUnauthorized = (image: string, login: string, cause: string): Problem =>
  new Problem('pull-unauthorized', `The registry did not let Docker pull ${image}.`, {
    remedy: `Run "${login}" with an account that may read it, and check that the image exists.`,
    cause,
  });

export const pullNotFound = (image: string, cause: string): Problem =>
  new Problem('pull-not-found', `The registry has no image ${image}.`, {
    remedy: 'Check its name; a clean-up of the registry may have removed it.',
    cause,
  });

export const pullPlatformMissing = (image: string, platform: string, cause: string): Problem =>
  new Problem('pull-platform-missing', `The image ${image} does not exist for ${platform}.`, {
    remedy: `Build it for ${platform}, or choose another platform.`,
    cause,
  });

export const pullNoSpace = (image: string, cause: string): Problem =>
  new Problem('pull-no-space', `There is no space left on Docker's disk to pull ${image}.`, {
    remedy: 'Free some, for example with "docker system prune", or give Docker a larger disk.',
    cause,
  });

export const pullUntrusted = (image: string, cause: string): Problem =>
  new Problem('pull-untrusted', `Docker's engine does not trust the registry of ${image}.`, {
    remedy:
      "Put the registry's CA into /etc/docker/certs.d/HOST/ca.crt, or name the registry in " +
      '"insecure-registries" of the engine\'s daemon.json.',
    cause,
  });

export const pullNetwork = (image: string, cause: string): Problem =>
  new Problem('pull-network', `Docker's engine could not reach the registry of ${image}.`, {
    remedy: 'Check the network and the proxy that the engine uses, then try again.',
    cause,
  });

export const pullDamaged = (image: string, cause: string): Problem =>
  new Problem('pull-damaged', `What came of ${image} is not what its digest says.`, {
    remedy: 'Try again; if it stays so, push the image again.',
    cause,
  });

export const pullBusy = (image: string, login: string, cause: string): Problem =>
  new Problem('pull-busy', `The registry of ${image} answers no more requests for now.`, {
    remedy: `Try again later; after "${login}" the limit may be higher.`,
    cause,
  });

export const pullStalled = (image: string, seconds: number): Problem =>
  new Problem('pull-stalled', `The pull of ${image} came to a standstill.`, {
    remedy: 'Check the network between Docker and the registry, then try again.',
    cause: `nothing came for ${seconds} s`,
  });

export const pullFailed = (image: string, cause: string): Problem =>
  new Problem('pull-failed', `Docker's engine could not pull ${image}.`, {
    remedy: `See what the engine says; "docker pull ${image}" should fail in the same way.`,
    cause,
  });

// The registry

/** @param credentials which credentials were sent or why none were; never the secret. */
export const registryUnauthorized = (
  repository: string,
  login: string,
  credentials: string,
): Problem =>
  new Problem('registry-unauthorized', `The registry asks for a login to read ${repository}.`, {
    remedy: `Run "${login}" with an account that may read it.`,
    cause: credentials,
  });

/** Some registries answer so for a repository that does not exist, so that nobody can find out. */
export const registryForbidden = (
  repository: string,
  login: string,
  credentials: string,
): Problem =>
  new Problem('registry-forbidden', `The registry does not let you read ${repository}.`, {
    remedy: `Run "${login}" with an account that may read it, and check that the repository exists.`,
    cause: credentials,
  });

/** @param repository `host/path`. */
export const registryRemovalUnsupported = (repository: string, cause: string): Problem =>
  new Problem(
    'registry-removal-unsupported',
    `The registry does not let anybody remove images from ${repository} by its API.`,
    {
      remedy: 'Remove old prebuilds there by its web page or its own rules of retention.',
      cause,
    },
  );

/** @param credentials as for `registryUnauthorized`. */
export const registryRemovalForbidden = (
  repository: string,
  login: string,
  credentials: string | undefined,
): Problem =>
  new Problem(
    'registry-removal-forbidden',
    `The registry does not let you remove images from ${repository}.`,
    {
      remedy: `Run "${login}" with an account that may delete there.`,
      cause: credentials,
    },
  );

export const registryTagsTooMany = (repository: string, most: number): Problem =>
  new Problem(
    'registry-tags-too-many',
    `The repository ${repository} has more than ${most} tags, so it is not cleaned up.`,
    {
      remedy: "Remove old ones by the registry's own rules of retention.",
    },
  );

export const registryUntrusted = (host: string, cause: string): Problem =>
  new Problem('registry-untrusted', `The certificate of the registry ${host} is not trusted.`, {
    remedy: `Put the CA that signed it into /etc/docker/certs.d/${host}/ca.crt, where Docker reads it, too.`,
    cause,
  });

export const registryCertificateExpired = (host: string, cause: string): Problem =>
  new Problem(
    'registry-certificate-expired',
    `The certificate of the registry ${host} is not valid today.`,
    {
      remedy: "Have the registry's certificate renewed, and check this machine's clock.",
      cause,
    },
  );

export const registryCertificateMismatch = (host: string, cause: string): Problem =>
  new Problem(
    'registry-certificate-mismatch',
    `The certificate of the registry ${host} is for another name.`,
    {
      remedy: 'Address the registry by the name in its certificate.',
      cause,
    },
  );

export const registryPlainHttp = (host: string, cause: string): Problem =>
  new Problem('registry-plain-http', `The registry ${host} does not answer HTTPS.`, {
    remedy:
      'Check the port. If the registry really serves plain HTTP, add it to the setting ' +
      'devcontainerPrebuild.insecureRegistries.',
    cause,
  });

export const registryHostUnknown = (host: string, cause: string): Problem =>
  new Problem(
    'registry-host-unknown',
    `The host name of the registry ${host} cannot be resolved.`,
    {
      remedy: 'Check its spelling and the network; a VPN may be needed.',
      cause,
    },
  );

export const registryRefused = (host: string, cause: string): Problem =>
  new Problem('registry-refused', `No registry listens at ${host}.`, {
    remedy: 'Start the registry, or check its port.',
    cause,
  });

/** @param proxy its host and port: what else its address holds may be a password. */
export const registryProxyFailed = (host: string, proxy: string, cause: string): Problem =>
  new Problem('registry-proxy-failed', `The proxy ${proxy} gives no way to the registry ${host}.`, {
    remedy: 'Check HTTPS_PROXY, or name the registry in NO_PROXY.',
    cause,
  });

export const registryUnreachable = (host: string, cause: string): Problem =>
  new Problem('registry-unreachable', `The registry ${host} cannot be reached.`, {
    remedy: 'Check the network, the VPN and the proxy, then try again.',
    cause,
  });

export const registrySilent = (host: string, seconds: number): Problem =>
  new Problem('registry-timeout', `The registry ${host} did not answer within ${seconds} s.`, {
    remedy: 'Check the network, the VPN and the proxy, then try again.',
  });

/** @param retryAfter what the header of that name holds: seconds or a date. */
export const registryBusy = (
  host: string,
  login: string,
  retryAfter: string | undefined,
): Problem =>
  new Problem('registry-busy', `The registry ${host} answers no more requests for now.`, {
    remedy: `Try again later; after "${login}" the limit may be higher.`,
    cause: retryAfter === undefined ? undefined : `Retry-After: ${retryAfter}`,
  });

export const registryFailing = (host: string, cause: string): Problem =>
  new Problem('registry-failing', `The registry ${host} failed to answer.`, {
    remedy: 'Try again later; the fault lies with the registry.',
    cause,
  });

export const registryAnswerInvalid = (host: string, cause: string): Problem =>
  new Problem('registry-answer-invalid', `The registry ${host} does not answer as registries do.`, {
    remedy: 'Check that a container registry is at that address.',
    cause,
  });

/** Docker asks the same program, and waits for it without end. */
export const credentialHelperSilent = (program: string, server: string, seconds: number): Problem =>
  new Problem(
    'credential-helper-silent',
    `Docker's credential helper ${program} does not answer.`,
    {
      remedy: `See why "${program} get" hangs, or take it out of Docker's config.json and log in again.`,
      cause: `asked for the login of ${server}, it said nothing within ${seconds} s`,
    },
  );

export const registryNotSet = (): Problem =>
  new Problem('registry-not-set', 'There is no registry to push the prebuild to.', {
    remedy:
      'Set "devcontainerPrebuild.registry" to a repository you can push to, such as ghcr.io/acme/devcontainers, or give --registry.',
  });

export const registryInvalid = (text: string): Problem =>
  new Problem('registry-invalid', `"${text}" is no repository of a registry.`, {
    remedy:
      'Set "devcontainerPrebuild.registry" to host/path without tag, such as ghcr.io/acme/devcontainers.',
  });

export const latestNotTagged = (tag: string, { message, remedy, reason }: Problem): Problem =>
  new Problem(
    'latest-not-tagged',
    `The prebuild is published, but the tag ${tag}, by which later misses are explained, could not be written.`,
    { remedy: `${message} ${remedy}`, cause: reason },
  );

const REPLACE_IMAGE = 'Find out who pushed it, and run "Build and Push Prebuild" to replace it.';

/** @param label the label that says the key; undefined where the image has none. */
export const imageOfAnotherKey = (image: string, label: string | undefined): Problem =>
  new Problem(
    'image-of-another-key',
    `The image ${image} is not what its tag says, so it is not used.`,
    {
      remedy: REPLACE_IMAGE,
      cause:
        label === undefined
          ? 'it has no label devcontainer-prebuild.key: this tool did not make it'
          : `its label devcontainer-prebuild.key is ${JSON.stringify(label.slice(0, 140))}`,
    },
  );

export const imageOfAnotherPlatform = (image: string, platform: string, wanted: string): Problem =>
  new Problem(
    'image-of-another-platform',
    `The image ${image} is for ${platform} and not for ${wanted}, so it is not used.`,
    { remedy: REPLACE_IMAGE },
  );

// Building

export const buildxMissing = (cause: string): Problem =>
  new Problem('buildx-missing', 'Docker has no buildx, which builds the prebuild.', {
    remedy: 'Install the package docker-buildx-plugin (or docker-buildx), or Docker Desktop.',
    cause,
  });

export const cacheExportUnsupported = (cause: string): Problem =>
  new Problem(
    'cache-export-unsupported',
    'This Docker engine cannot write a layer cache to the registry.',
    {
      remedy:
        'Turn on the containerd image store (Docker Desktop: Settings, General; Linux: "features": { "containerd-snapshotter": true } in daemon.json), or choose a builder of the docker-container driver with "docker buildx use". The prebuild itself is made all the same.',
      cause,
    },
  );

export const buildStepFailed = (instruction: string, cause: string, place?: Place): Problem =>
  new Problem('build-step-failed', `The build failed at ${instruction}.`, {
    remedy:
      place === undefined
        ? 'Read the last lines of the step in the log, and mend what it runs.'
        : `Read the last lines of the step in the log, and mend it at ${placeText(place)}.`,
    cause,
    place,
  });

export const buildNoSpace = (cause: string): Problem =>
  new Problem('build-no-space', "There is no space left on Docker's disk to build the prebuild.", {
    remedy: 'Free some, for example with "docker builder prune", or give Docker a larger disk.',
    cause,
  });

export const pushUnauthorized = (cause: string): Problem =>
  new Problem('push-unauthorized', 'The registry did not let Docker push the prebuild.', {
    remedy: 'Run "docker login" for its host with an account that may push, and try again.',
    cause,
  });

export const pushForbidden = (cause: string): Problem =>
  new Problem('push-forbidden', 'The registry does not let you push the prebuild.', {
    remedy: 'Log in with "docker login" as somebody who may push there, and check the repository.',
    cause,
  });

export const pushBusy = (cause: string): Problem =>
  new Problem('push-busy', 'The registry takes no more requests for now.', {
    remedy: 'Push again later; what it has already is not sent again.',
    cause,
  });

export const pushFailed = (cause: string): Problem =>
  new Problem('push-failed', 'The prebuild was built, but its push to the registry failed.', {
    remedy: 'Push again; what was built and what the registry has already is kept.',
    cause,
  });

export const engineLost = (cause: string): Problem =>
  new Problem('engine-lost', "Docker's engine went away while it was needed.", {
    remedy: 'Start Docker again, then try again.',
    cause,
  });

export const buildFailed = (cause: string): Problem =>
  new Problem('build-failed', 'The build of the prebuild failed.', {
    remedy: 'Read the last lines of the log.',
    cause,
  });

// Starting

export const containerStartFailed = (cause: string): Problem =>
  new Problem('container-start-failed', 'The dev container did not start.', {
    remedy: 'Read the last lines of the log; the prebuilt image is kept for the next try.',
    cause,
  });

/** The program that starts it ended, or waits for what has ended. */
export const containerStartBroken = (cause: string): Problem =>
  new Problem('container-start-broken', 'The start of the dev container broke off.', {
    remedy: 'Open the workspace again; what was left unfinished is made anew.',
    cause,
  });

export const containerOfAnotherKey = (id: string): Problem =>
  new Problem(
    'container-of-another-key',
    'The container that was started is not of this prebuild.',
    {
      remedy: `Remove it with "docker rm -f ${id.slice(0, 12)}", and open the workspace again.`,
    },
  );

export const containerOutdated = (name: string): Problem =>
  new Problem('container-outdated', `The container ${name} was made from an earlier prebuild.`, {
    remedy: 'Give --existing replace to replace it, or --existing keep to use it as it is.',
  });

// Publishing in the background

export const publishingOff = (): Problem =>
  new Problem('publishing-off', 'The setting "devcontainerPrebuild.publish" is "never".', {
    remedy:
      'Set it to "onBuild" to push from the editor; "devcontainer-prebuild build --push" pushes whatever it is.',
  });

export const publishOrderInvalid = (file: string): Problem =>
  new Problem('publish-order-invalid', `"${file}" does not say what is to be published.`, {
    remedy: 'Run "Build and Push Prebuild" to publish the prebuild.',
    place: { file },
  });

export const publishingNotStarted = (cause: string): Problem =>
  new Problem('publishing-not-started', 'The prebuild cannot be published in the background.', {
    remedy: 'Run "Build and Push Prebuild" to publish it.',
    cause,
  });

/** @param told what the process in the background met. */
export const publishingFailed = (
  image: string,
  { message, remedy, reason }: Pick<Problem, 'message' | 'remedy' | 'reason'>,
): Problem =>
  new Problem('publishing-failed', `${image} was not published. ${message}`, {
    remedy,
    cause: reason,
  });

export const publishingInterrupted = (image: string): Problem =>
  new Problem('publishing-interrupted', `Publishing ${image} ended without a word.`, {
    remedy: 'Run "Build and Push Prebuild" to publish it; what the registry has is whole.',
    cause: 'its process was ended from outside, or the machine was turned off',
  });

// This machine

export const temporaryFolderFull = (folder: string, cause: string): Problem =>
  new Problem(
    'temporary-folder-full',
    `There is no space left in "${folder}", where a build needs some.`,
    {
      remedy: 'Free some there, or name another folder in TMPDIR (on Windows TEMP).',
      cause,
      place: { file: folder },
    },
  );

export const temporaryFolderUnusable = (folder: string, cause: string): Problem =>
  new Problem(
    'temporary-folder-unusable',
    `Nothing can be written to "${folder}", where a build needs to.`,
    {
      remedy: 'Make it writable, or name another folder in TMPDIR (on Windows TEMP).',
      cause,
      place: { file: folder },
    },
  );

// Anything else

/** The last resort: a failure that nobody foresaw. Its message is kept as the cause, its stack is not. */
export const unexpected = (error: unknown): Problem =>
  new Problem('unexpected', 'Something went wrong that Dev Container Prebuild did not expect.', {
    remedy: 'Show the log, and report it with the last lines if it happens again.',
    cause: error instanceof Error ? error.message : String(error),
  });
