import type { Entry } from '../ledger/entries/entry.ts';
import { everyFlow, flowIdsOf, postFlows, postTotal, type SourceEntries } from './flow-posting.ts';
import type { BalanceSources } from './sources.ts';

/** Which series are posted from the entries of meters, and how. */
export interface FlowPlan {
  /** All flows that any sources can have; those that these sources do not have are withdrawn. */
  readonly every: readonly string[];
  of(sources: BalanceSources): readonly string[];
  post(sources: BalanceSources, entries: SourceEntries): ReadonlyMap<string, readonly Entry[]>;
}

/** The home's totals and its balance. */
export const homePlan: FlowPlan = { every: everyFlow, of: flowIdsOf, post: postFlows };

/**
 * What a named connection's registers count together; the home's own has the same, `home:grid_in` and
 * `home:grid_out`.
 */
export function connectionTotals(connectionId: string) {
  return { gridIn: `${connectionId}:grid_in`, gridOut: `${connectionId}:grid_out` };
}

/**
 * What a named grid connection has posted: its offtake and its injection, in mWh. `connectionId` is the connection's
 * own id.
 */
export function connectionPlan(connectionId: string): FlowPlan {
  const { gridIn, gridOut } = connectionTotals(connectionId);
  return {
    every: [gridIn, gridOut],
    of: (sources) => (sources.gridOut.length === 0 ? [gridIn] : [gridIn, gridOut]),
    post: (sources, entries) =>
      new Map([
        [gridIn, postTotal(sources.gridIn, entries)],
        [gridOut, postTotal(sources.gridOut, entries)],
      ]),
  };
}

/** A connection's registers as the sources of its totals. */
export function connectionSources(offtake: readonly string[], injection: readonly string[]): BalanceSources {
  return { gridIn: offtake, gridOut: injection, solar: [], batteryIn: [], batteryOut: [] };
}
