/** What the ledger must hold around a spike that was left out, by the readings that are left. Pure. */

import { type CounterStep, stepCounter } from '../../ledger/counter/counter.ts';
import type { CounterState } from '../../ledger/counter/counter-state.ts';
import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { PathRules, RegisterPoint } from './register-path.ts';
import type { Spike } from './spike.ts';

/** The quarter-hours that start in [startUs, endUs) add up to this much, in millionths of the unit. */
export interface LedgerClaim extends Interval {
  readonly leastMicro: number;
  readonly mostMicro: number;
}

/** Rounding and a digit: 2 Wh, 2 litres. */
export const claimMicro = 2000;

/**
 * The quarter-hours from the last good reading before to the first after: at least what was counted between readings within
 * them, at most what was counted between the readings around them.
 * @param path without the spike's readings, reaching beyond the quarter-hours where there are any
 * @returns null where the readings don't bound it: none after, or the register went on lower there
 */
export function claimOf(
  { kind }: Pick<PathRules, 'kind'>,
  path: readonly RegisterPoint[],
  { before, after }: Pick<Spike, 'before' | 'after'>,
): LedgerClaim | null {
  const startUs = quarterHourStartUs(before.atUs);
  const endUs = quarterHourStartUs(after.atUs) + quarterHourUs;
  let state: CounterState | null = null;
  let [leastMicro, mostMicro, movedMicro] = [0, 0, 0];
  // A move may be posted over all that only repeated the register before it, as the register's rhythm says.
  let movedUs = path[0]?.atUs ?? 0;
  for (const point of path) {
    const { atUs, registerMicro, lastResetAtUs = null } = point;
    const reading = { kind: 'reading', atUs, registerMicro, lastResetAtUs, origin: 'stream' } as const;
    const step: CounterStep = stepCounter(kind, state, reading);
    for (const { startUs: sinceUs, endUs: deltaEndUs, amountMicro } of step.deltas) {
      const reachesUs = Math.min(sinceUs, movedUs);
      if (amountMicro !== 0) movedUs = deltaEndUs;
      if (deltaEndUs <= startUs || reachesUs >= endUs) continue;
      if (state !== null && sinceUs < state.sinceUs) return null;
      if (reachesUs >= startUs && deltaEndUs < endUs) leastMicro += amountMicro;
      mostMicro += amountMicro;
      movedMicro += Math.abs(amountMicro);
    }
    state = step.state;
  }
  if (state === null || state.atUs < endUs - quarterHourUs) return null;
  return kind === 'net'
    ? { startUs, endUs, leastMicro: -movedMicro - claimMicro, mostMicro: movedMicro + claimMicro }
    : { startUs, endUs, leastMicro: leastMicro - claimMicro, mostMicro: mostMicro + claimMicro };
}
