/**
 * Where the stores of a running `npm start` listen, for programs beside it: a file in the data folder, written when they
 * answer and removed when they are stopped. It has ports only, no credentials.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holderOf } from './lock.ts';
import type { SidecarPorts } from './sidecars/sidecars.ts';

const fileIn = (dataDir: string): string => join(dataDir, 'stores.json');

/** The lock that a running `npm start` holds on its data folder. */
export const lockIn = (dataDir: string): string => join(dataDir, 'in-use');

/** Writes where the stores are. */
export function noteStores(dataDir: string, ports: SidecarPorts): void {
  writeFileSync(fileIn(dataDir), `${JSON.stringify(ports)}\n`);
}

/** Removes it: also the ports left by one that was killed. */
export function forgetStores(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

type RunningStores =
  | { readonly kind: 'running'; readonly ports: SidecarPorts }
  /** `npm start` holds the folder, but its stores don't answer yet. */
  | { readonly kind: 'starting' }
  /** The file is of an `npm start` that was killed: its stores ended with it. */
  | { readonly kind: 'left behind' }
  | { readonly kind: 'none' };

/** Where the data folder says the stores are. */
export function storesOf(dataDir: string): RunningStores {
  const isHeld = holderOf(lockIn(dataDir)) !== undefined;
  const ports = portsIn(fileIn(dataDir));
  if (ports === undefined) return { kind: isHeld ? 'starting' : 'none' };
  return isHeld ? { kind: 'running', ports } : { kind: 'left behind' };
}

function portsIn(file: string): SidecarPorts | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // None, or one that is being written.
    return undefined;
  }
  const about: Partial<Record<keyof SidecarPorts, unknown>> =
    typeof stored === 'object' && stored !== null ? stored : {};
  const { questdbHttp, questdbPg, documents } = about;
  const isPort = (value: unknown): value is number => Number.isInteger(value);
  return isPort(questdbHttp) && isPort(questdbPg) && isPort(documents)
    ? { questdbHttp, questdbPg, documents }
    : undefined;
}
