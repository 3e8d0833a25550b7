/** What the ledger must hold around a spike that was left out, by the readings that are left. Pure. */
import { type CounterState, stepCounter } from '../../ledger/counter.ts';
import { quarterStartUs, quarterUs } from '../../units/quarter.ts';
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
  const fromUs = quarterStartUs(before.atUs);
  const untilUs = quarterStartUs(after.atUs) + quarterUs;
  let state: CounterState | null = null;
  let [leastMicro, mostMicro, movedMicro] = [0, 0, 0];
  let lastUs = Number.NEGATIVE_INFINITY;
  for (const point of path) {
    const { atUs, registerMicro, lastResetAtUs = null } = point;
    const told = { kind: 'reading', atUs, registerMicro, lastResetAtUs, origin: 'stream' } as const;
    const { delta, state: next }: ReturnType<typeof stepCounter> = stepCounter(kind, state, told);
    state = next;
    if (delta !== null && delta.toUs > fromUs && lastUs < untilUs) {
      if (delta.fromUs < lastUs) return null;
      if (delta.fromUs >= fromUs && delta.toUs < untilUs) leastMicro += delta.amountMicro;
      mostMicro += delta.amountMicro;
      movedMicro += Math.abs(delta.amountMicro);
    }
    // Below 0 it is skipped, and the next one counts from before it.
    if (next !== null) lastUs = next.atUs;
  }
  if (lastUs < untilUs - quarterUs) return null;
  return kind === 'net'
    ? { fromUs, untilUs, leastMicro: -movedMicro - claimMicro, mostMicro: movedMicro + claimMicro }
    : { fromUs, untilUs, leastMicro: leastMicro - claimMicro, mostMicro: mostMicro + claimMicro };
}
