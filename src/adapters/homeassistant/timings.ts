/** Every wait of the adapter, in milliseconds. Tests shorten them. */
import { minuteMs } from '../../units/durations.ts';

export interface Timings {
  /** Until the websocket is open. */
  readonly connectMs: number;
  /** From open to signed in. */
  readonly authMs: number;
  readonly commandMs: number;
  /** History reads from disk, on some boxes from a slow card. */
  readonly historyMs: number;
  readonly pingEveryMs: number;
  readonly pingWithinMs: number;
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
  /** After a refused token, doubled up to the limit: each try is counted by Core and shown to the user. */
  readonly refusedFirstMs: number;
  readonly refusedLimitMs: number;
  /** A connection that lasted this long resets the backoff. */
  readonly stableMs: number;
  /** How long a command that Core does not know yet is retried while Core starts. */
  readonly warmUpMs: number;
  readonly warmUpFirstMs: number;
  readonly registryThrottleMs: number;
}

export const defaultTimings: Timings = {
  connectMs: 10_000,
  authMs: 10_000,
  commandMs: 20_000,
  historyMs: minuteMs,
  pingEveryMs: 30_000,
  pingWithinMs: 10_000,
  retryFirstMs: 500,
  retryLimitMs: 30_000,
  refusedFirstMs: 30_000,
  refusedLimitMs: 600_000,
  stableMs: 15_000,
  warmUpMs: minuteMs,
  warmUpFirstMs: 500,
  registryThrottleMs: 1000,
};
