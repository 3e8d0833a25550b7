/** Starts the real thing once for all tests of the panel: stores, demo home, process, and an ingress in front of it. */
import type { TestProject } from 'vitest/node';
import { startWorld } from './world/world.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the ingress listens, the page around the panel at its root. */
    panelUrl: string;
    /** Where the tests' hold on the world listens. */
    controlUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const world = await startWorld((line) => process.stdout.write(`${line}\n`));
  project.provide('panelUrl', world.panelUrl);
  project.provide('controlUrl', world.controlUrl);
  return world.stop;
}
