/** Sums of a ledger in lists, made anew at each question, for tests of what stands before the database's. */

import type { MemoryLedger } from '../../ledger/testing/memory-ledger.ts';
import { bucketEdges, bucketStartUs, type Period } from '../../units/calendar.ts';
import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { type Bucket, regroup } from '../bucket.ts';
import type { QualityCount } from '../coverage.ts';
import type { LedgerViews, RegisterBefore } from '../ledger-views.ts';
import { type SideBySide, sideBySide } from '../side-by-side.ts';

export class MemoryViews implements LedgerViews {
  readonly #ledger: MemoryLedger;
  readonly #zone: string;

  constructor(ledger: MemoryLedger, zone: string) {
    this.#ledger = ledger;
    this.#zone = zone;
  }

  zone(): string {
    return this.#zone;
  }
  async buckets(ids: readonly string[], period: Period, startUs: number, endUs: number): Promise<Bucket[]> {
    const [wholeStartUs, wholeEndUs] = this.#reach(period, startUs, endUs);
    const quarters = this.#quarters(ids, wholeStartUs, wholeEndUs);
    return period === 'quarter' ? quarters : regroup(quarters, period, this.#zone);
  }
  async quarterHoursWithin(entityId: string, spans: readonly Interval[]): Promise<Bucket[][]> {
    return spans.map(({ startUs, endUs }) =>
      this.#quarters([entityId], ...this.#reach('quarter', startUs, endUs)),
    );
  }
  async sideBySide(
    groups: readonly (readonly string[])[],
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<SideBySide[]> {
    return sideBySide(groups, await this.buckets(groups.flat(), period, startUs, endUs));
  }
  async sums(ids: readonly string[], period: Period, startUs: number, endUs: number) {
    const sums = new Map<number, number>();
    for (const bucket of await this.buckets(ids, period, startUs, endUs))
      sums.set(bucket.startUs, (sums.get(bucket.startUs) ?? 0) + (bucket.amountMicro ?? 0));
    return sums;
  }
  async registers(
    entityId: string,
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<RegisterBefore[]> {
    const [wholeStartUs, wholeEndUs] = this.#reach(period, startUs, endUs);
    const isShort = period === 'quarter' || period === 'hour';
    const place = (atUs: number) => bucketStartUs(atUs, isShort ? period : 'day', this.#zone);
    const found = new Map<number, RegisterBefore>();
    for (const { quarterHourStartUs, state } of await this.#ledger.openings(entityId, wholeStartUs, 1e17)) {
      const isPast = quarterHourStartUs >= wholeEndUs;
      const key = isPast ? Number.POSITIVE_INFINITY : place(quarterHourStartUs);
      const atUs = isShort ? quarterHourStartUs : bucketStartUs(quarterHourStartUs, 'day', this.#zone);
      if (!found.has(key)) found.set(key, { atUs, registerMicro: state?.registerMicro ?? null });
    }
    return [...found.values()];
  }
  async registersExactly(): Promise<Map<number, number>> {
    return new Map();
  }
  async qualityCounts(ids: readonly string[], period: 'quarter' | 'day', startUs: number, endUs: number) {
    const [wholeStartUs, wholeEndUs] = this.#reach(period, startUs, endUs);
    return this.#quarters(ids, wholeStartUs, wholeEndUs).map(
      ({ entityId, startUs: atUs, quality, coveredUs }): QualityCount => ({
        entityId,
        startUs: bucketStartUs(atUs, period, this.#zone),
        quality,
        reason: 'counted',
        quarters: 1,
        coveredUs,
      }),
    );
  }
  async firsts(ids: readonly string[]): Promise<Map<string, number>> {
    const firsts = new Map<string, number>();
    for (const { entityId, startUs } of this.#quarters(ids, -1e17, 1e17))
      if (!firsts.has(entityId)) firsts.set(entityId, startUs);
    return firsts;
  }
  async extent(ids: readonly string[]): Promise<{ firstUs: number; lastUs: number } | null> {
    const quarters = this.#ledger
      .all()
      .filter(({ entityId }) => ids.includes(entityId))
      .map(({ quarterHourStartUs }) => quarterHourStartUs);
    return quarters.length === 0 ? null : { firstUs: Math.min(...quarters), lastUs: Math.max(...quarters) };
  }

  #reach(period: Period, startUs: number, endUs: number): [number, number] {
    if (startUs >= endUs) return [startUs, startUs];
    const edges = bucketEdges(startUs, endUs, period, this.#zone);
    return [edges[0] ?? startUs, edges.at(-1) ?? endUs];
  }

  #quarters(ids: readonly string[], startUs: number, endUs: number): Bucket[] {
    return this.#ledger
      .all()
      .filter(({ entityId, kind }) => ids.includes(entityId) && kind === 'quantity')
      .filter(({ quarterHourStartUs: atUs }) => atUs >= startUs && atUs < endUs)
      .map((entry) => {
        const isWhole = entry.quality !== 'estimated' && entry.coveredUs === quarterHourUs;
        const extreme = isWhole ? entry.amountMicro : null;
        return {
          entityId: entry.entityId,
          startUs: entry.quarterHourStartUs,
          endUs: entry.quarterHourStartUs + quarterHourUs,
          amountMicro: entry.amountMicro,
          highestMicro: extreme,
          lowestMicro: extreme,
          coveredUs: entry.coveredUs,
          quality: entry.quality,
          quarters: 1,
          isProvisional: entry.isProvisional,
          onTimeUs: entry.onTimeUs,
          ...(!isWhole && { restsOn: { startUs: entry.firstEvidenceUs, endUs: entry.lastEvidenceUs } }),
        };
      });
  }
}
