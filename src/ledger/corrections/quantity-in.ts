import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { LedgerStore } from '../entries/ledger-store.ts';

/** A week at a time, so that memory stays bounded. */
const stepUs = 7 * 96 * quarterHourUs;

/**
 * What a meter's quarter-hours that start in [startUs, endUs) add up to, in millionths; null where none has an entry.
 */
export async function quantityIn(
  ledger: Pick<LedgerStore, 'current'>,
  entityId: string,
  span: Interval,
): Promise<number | null> {
  let sum: number | null = null;
  for (let startUs = span.startUs; startUs < span.endUs; startUs += stepUs) {
    const entries = await ledger.current(entityId, startUs, Math.min(span.endUs, startUs + stepUs));
    for (const entry of entries)
      if (entry.kind === 'quantity' && entry.reason !== 'withdrawn') sum = (sum ?? 0) + entry.amountMicro;
  }
  return sum;
}
