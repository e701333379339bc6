import path from 'node:path';
import { ensureBaseImages } from '../support/machine/baseImage';
import { run } from '../support/machine/command';
import { findOrStartEngine } from '../support/machine/engine';
import type { TestEngine } from '../support/machine/engine';
import { startRegistry } from '../support/machine/registry';
import { packageExtension } from '../support/packageExtension';
import type { Endings } from './endings';
import type { Steps } from './steps';
import { createWorkspace } from './workspace';
import type { DemoWorkspace } from './workspace';

/** All that the demo is shown on. */
export interface Stage {
  readonly vsix: string;
  readonly engine: TestEngine;
  /** For VS Code and the command line: the engine's, and the base of the example's images. */
  readonly environment: NodeJS.ProcessEnv;
  /** The repository of the prebuilds, as the setting has it. */
  readonly prebuilds: string;
  /** The feature of the second step, as devcontainer.json names it. */
  readonly feature: string;
  readonly workspace: DemoWorkspace;
}

/** Builds and packages the extension, and starts what it works with. */
export async function prepare(steps: Steps, endings: Endings): Promise<Stage> {
  const log = (line: string) => {
    console.log(`          ${line}`);
  };
  const vsix = await steps.run('Building and packaging the extension', packageExtension);
  const engine = await steps.run('Finding or unpacking a Docker engine', async () =>
    findOrStartEngine(log),
  );
  endings.add(async () => engine.stop());
  const registry = await steps.run('Starting a registry', async () => startRegistry());
  endings.add(async () => registry.stop());
  const { base } = await steps.run('Getting a Debian base image', async () =>
    ensureBaseImages(engine, registry, log),
  );
  const feature = await steps.run('Publishing a feature of our own', async () =>
    publishFeatures(registry.address),
  );
  const prebuilds = `${registry.address}/acme/devcontainers`;
  return {
    vsix,
    engine,
    environment: { ...engine.environment, DEVCONTAINER_BASE: base },
    prebuilds,
    feature,
    workspace: await createWorkspace(prebuilds),
  };
}

async function publishFeatures(address: string): Promise<string> {
  const cli = require.resolve('@devcontainers/cli/devcontainer.js');
  const where = ['--registry', address, '--namespace', 'acme/features'];
  const source = path.join(__dirname, 'features/src');
  await run(process.execPath, [cli, 'features', 'publish', ...where, source]);
  return `${address}/acme/features/todo:1`;
}
