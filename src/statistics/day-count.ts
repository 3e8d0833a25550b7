import { stepCounter } from '../ledger/counter/counter.ts';
import { type CounterKind, type CounterState, reachesBackUs } from '../ledger/counter/counter-state.ts';
import type { LedgerStore } from '../ledger/entries/ledger-store.ts';
import type { EvidenceSource } from '../ledger/evidence/evidence-source.ts';
import type { CounterEvidence } from '../ledger/evidence.ts';
import { splitByTime } from '../units/amount.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';

/** What a register has counted, in millionths of its canonical unit. */
export interface DayCount {
  readonly kind: CounterKind;
  /** From here on evidence adds to it; what came before is in it. */
  readonly sinceUs: number;
  /** The counter after its newest evidence; null before the first register ever. */
  readonly state: CounterState | null;
  readonly countedMicro: number;
}

/** A quarter-hour of readings ten times a second. */
const pageSize = 10_000;

/**
 * One more piece of evidence, later than what is in the count: what the ledger will say of it when it is posted. Of a
 * difference that begins before `sinceUs` only the part after it counts.
 */
export function stepDay(count: DayCount, evidence: CounterEvidence): DayCount {
  const { state, deltas } = stepCounter(count.kind, count.state, evidence);
  let { countedMicro } = count;
  for (const { startUs, endUs, amountMicro } of deltas) {
    if (startUs >= count.sinceUs) countedMicro += amountMicro;
    else if (endUs > count.sinceUs)
      countedMicro += splitByTime(amountMicro, startUs, endUs, [count.sinceUs])[1] ?? 0;
  }
  return { ...count, state, countedMicro };
}

/**
 * What a register counted from `sinceUs` up to its last reading before `endUs`: the ledger's entries up to the newest
 * opening, and from there on the evidence, posted or not. So it equals what the ledger says once all is posted.
 * Null when nothing of the register was posted yet. Rejects when a store is down.
 */
export async function readDay(
  ledger: Pick<LedgerStore, 'openingBefore' | 'current'>,
  evidence: Pick<EvidenceSource, 'registers'>,
  register: { readonly entityId: string; readonly kind: CounterKind },
  sinceUs: number,
  endUs: number,
): Promise<DayCount | null> {
  const { entityId, kind } = register;
  const newest = await ledger.openingBefore(entityId, endUs);
  if (newest === null) return null;
  // The quarter-hour of the last register that is surely posted: after it there may be a posted absence,
  // followed by a register that is not posted and reaches back over it.
  const registerUs = newest.state === null ? newest.quarterHourStartUs : reachesBackUs(newest.state);
  const opening = (await ledger.openingBefore(entityId, quarterHourStartUs(registerUs))) ?? newest;
  const openedUs = opening.quarterHourStartUs;
  // A difference that reaches back before the opening is in the entries up to there.
  const restUs = Math.max(sinceUs, openedUs);
  let countedMicro = 0;
  for (const entry of await ledger.current(entityId, sinceUs, restUs))
    if (entry.kind === 'quantity') countedMicro += entry.amountMicro;
  let count: DayCount = { kind, sinceUs: restUs, state: opening.state, countedMicro };
  for (let startUs = openedUs; ; ) {
    const { items, isLast } = await evidence.registers(entityId, startUs, pageSize);
    for (const item of items) if (item.atUs < endUs) count = stepDay(count, item);
    const lastUs = items.at(-1)?.atUs;
    if (isLast || lastUs === undefined || lastUs >= endUs) return count;
    startUs = lastUs + 1;
  }
}
