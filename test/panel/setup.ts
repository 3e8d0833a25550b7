/** Starts stores, demo home, process and an ingress in front of it, once for all tests of the panel. */
import type { TestProject } from 'vitest/node';
import { startWorld } from './world/world.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the ingress; at its root is the page around the panel. */
    panelUrl: string;
    /** Address of the world's control; see world/control.ts. */
    controlUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const world = await startWorld((line) => process.stdout.write(`${line}\n`));
  project.provide('panelUrl', world.panelUrl);
  project.provide('controlUrl', world.controlUrl);
  return world.stop;
}
