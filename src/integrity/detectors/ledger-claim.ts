/** What the ledger must hold around a spike that was left out, by the readings that are left. Pure. */

import { type CounterStep, stepCounter } from '../../ledger/counter/counter.ts';
import type { CounterState } from '../../ledger/counter/counter-state.ts';
import { quarterHourStartUs, quarterHourUs } from '../../units/quarter-hour.ts';
import type { PathRules, RegisterPoint } from './register-path.ts';
import type { Spike } from './spike.ts';

/** The quarters that start in [fromUs, untilUs) add up to this much. */
export interface LedgerClaim {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly leastMicro: number;
  readonly mostMicro: number;
}

/** Rounding and a digit: 2 Wh, 2 litres. */
export const claimMicro = 2000;

/**
 * The quarters from the last good reading before to the first after, which hold what lies between readings within them at
 * least, and what lies between the readings around them at most.
 * @param path without what was away, from before the quarters to after them where there is any
 * @returns null where the readings don't bound it: none after, or the register went on lower there
 */
export function claimOf(
  { kind }: Pick<PathRules, 'kind'>,
  path: readonly RegisterPoint[],
  { before, after }: Pick<Spike, 'before' | 'after'>,
): LedgerClaim | null {
  const fromUs = quarterHourStartUs(before.atUs);
  const untilUs = quarterHourStartUs(after.atUs) + quarterHourUs;
  let state: CounterState | null = null;
  let [leastMicro, mostMicro, movedMicro] = [0, 0, 0];
  for (const point of path) {
    const { atUs, registerMicro, lastResetAtUs = null } = point;
    const told = { kind: 'reading', atUs, registerMicro, lastResetAtUs, origin: 'stream' } as const;
    const step: CounterStep = stepCounter(kind, state, told);
    for (const { fromUs: sinceUs, toUs, amountMicro } of step.deltas) {
      if (toUs <= fromUs || sinceUs >= untilUs) continue;
      if (state !== null && sinceUs < state.sinceUs) return null;
      if (sinceUs >= fromUs && toUs < untilUs) leastMicro += amountMicro;
      mostMicro += amountMicro;
      movedMicro += Math.abs(amountMicro);
    }
    state = step.state;
  }
  if (state === null || state.atUs < untilUs - quarterHourUs) return null;
  return kind === 'net'
    ? { fromUs, untilUs, leastMicro: -movedMicro - claimMicro, mostMicro: movedMicro + claimMicro }
    : { fromUs, untilUs, leastMicro: leastMicro - claimMicro, mostMicro: mostMicro + claimMicro };
}
