/**
 * Starts the two stores once for all tests of this project, with the container's own settings, and provides their
 * addresses.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installSidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    questdbUrl: string;
    questdbPgUrl: string;
    mongodbUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => process.stdout.write(`${line}\n`);
  const programs = await installSidecars(log);
  const dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-stores-'));
  const sidecars = await startSidecars({ programs, dataDir, log });
  project.provide('questdbUrl', sidecars.questdbUrl);
  project.provide('questdbPgUrl', sidecars.questdbPgUrl);
  project.provide('mongodbUrl', sidecars.mongodbUrl);
  return async () => {
    await sidecars.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
