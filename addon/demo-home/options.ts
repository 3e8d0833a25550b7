/** How a demo home is set up. */
import { dayMs } from '../../src/units/durations.ts';
import type { PreferencesForm } from './protocol/preferences.ts';

export interface DemoHomeOptions {
  readonly host?: string;
  /** 0: a free one. */
  readonly port?: number;
  readonly token: string;
  /** The token of a user who is no administrator. */
  readonly viewerToken?: string;
  readonly seed?: number;
  readonly clock?: { nowUs(): number };
  /** How often time passes by itself, in milliseconds; 0: only when advance() is called or something is asked. */
  readonly paceMs?: number;
  readonly preferences?: PreferencesForm;
  readonly timeZone?: string;
  /** Seconds between telegrams of the P1 meter, 1-10. */
  readonly p1Seconds?: number;
  /** ISO date on which the registers began to count. */
  readonly installedOn?: string;
  /** Messages that a client may leave unread before it is cut off. */
  readonly maxPending?: number;
}

export interface FloodOptions {
  readonly sensors: number;
  readonly eventsPerSecond: number;
  readonly events: number;
}

export interface FloodResult {
  readonly events: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

const defaultInstalledOn = '2026-01-01';

/** The house is older than its history; with a clock before its usual first day it was built earlier. */
export function installedBefore(nowUs: number): string {
  const usual = Date.parse(defaultInstalledOn);
  const nowMs = nowUs / 1000;
  if (nowMs > usual + 60 * dayMs) return defaultInstalledOn;
  return `${new Date(nowMs).getUTCFullYear() - 1}-01-01`;
}
