import type { RunningEntry, RunningLedger } from '../ledger/posting/running-ledger.ts';
import { bucketEdges, bucketStartUs, nextBucketUs, type Period } from '../units/calendar.ts';
import type { Interval } from '../units/interval.ts';
import { type Bucket, joinBuckets, quarterHourBucket } from './bucket.ts';
import type { QualityCount } from './coverage.ts';
import type { LedgerViews, RegisterBefore } from './ledger-views.ts';
import { addSums, emptySum, joinSides, type SideBySide } from './side-by-side.ts';

type Running = Pick<RunningLedger, 'running' | 'runningOpenings' | 'steady'>;

/** Sums of the store plus the running quarter-hour in memory; no entry is in both. */
export class RunningViews implements LedgerViews {
  readonly #stored: LedgerViews;
  readonly #running: Running;

  constructor(stored: LedgerViews, running: Running) {
    this.#stored = stored;
    this.#running = running;
  }

  zone(): string {
    return this.#stored.zone();
  }

  buckets(ids: readonly string[], period: Period, startUs: number, endUs: number): Promise<Bucket[]> {
    return this.#running.steady(async () => {
      const stored = await this.#stored.buckets(ids, period, startUs, endUs);
      const running = this.#quarters(ids, period, startUs, endUs);
      if (running.length === 0) return stored;
      const zone = this.zone();
      const found = new Map(stored.map((bucket) => [`${bucket.entityId} ${bucket.startUs}`, bucket]));
      for (const quarter of running) {
        const bucketUs = bucketStartUs(quarter.startUs, period, zone);
        const key = `${quarter.entityId} ${bucketUs}`;
        const known = found.get(key);
        const whole =
          period === 'quarter'
            ? quarter
            : {
                ...withoutEvidenceSpan(quarter),
                startUs: bucketUs,
                endUs: nextBucketUs(bucketUs, period, zone),
              };
        found.set(key, known === undefined ? whole : joinBuckets(known, whole));
      }
      return [...found.values()].sort((a, b) => a.startUs - b.startUs);
    });
  }

  quarterHoursWithin(entityId: string, spans: readonly Interval[]): Promise<Bucket[][]> {
    return this.#running.steady(async () => {
      const stored = await this.#stored.quarterHoursWithin(entityId, spans);
      return spans.map(({ startUs, endUs }, index) => [
        ...(stored[index] ?? []),
        ...this.#quarters([entityId], 'quarter', startUs, endUs),
      ]);
    });
  }

  sideBySide(
    groups: readonly (readonly string[])[],
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<SideBySide[]> {
    return this.#running.steady(async () => {
      const stored = await this.#stored.sideBySide(groups, period, startUs, endUs);
      const running = this.#quarters([...new Set(groups.flat())], period, startUs, endUs);
      if (running.length === 0) return stored;
      const found = new Map(stored.map((side) => [side.startUs, side]));
      for (const quarter of running) {
        const side = this.#side(groups, period, quarter);
        const known = found.get(side.startUs);
        found.set(side.startUs, known === undefined ? side : joinSides(known, side));
      }
      return [...found.values()].sort((a, b) => a.startUs - b.startUs);
    });
  }

  sums(
    ids: readonly string[],
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<ReadonlyMap<number, number>> {
    return this.#running.steady(async () => {
      const sums = new Map(await this.#stored.sums(ids, period, startUs, endUs));
      const reach = this.#reach(period, startUs, endUs);
      for (const { entry } of this.#counted(ids, reach.startUs, reach.endUs)) {
        const bucketUs = bucketStartUs(entry.quarterHourStartUs, period, this.zone());
        sums.set(bucketUs, (sums.get(bucketUs) ?? 0) + entry.amountMicro);
      }
      return sums;
    });
  }

  async registers(
    entityId: string,
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<RegisterBefore[]> {
    const stored = await this.#stored.registers(entityId, period, startUs, endUs);
    const { startUs: wholeStartUs, endUs: wholeEndUs } = this.#reach(period, startUs, endUs);
    const isShort = period === 'quarter' || period === 'hour';
    const zone = this.zone();
    const found = [...stored];
    for (const { quarterHourStartUs, state } of this.#running.runningOpenings(entityId, wholeStartUs)) {
      const last = found.at(-1);
      // One past the range is enough: it holds the register before all later evidence.
      if (last !== undefined && last.atUs >= wholeEndUs) break;
      const atUs = isShort ? quarterHourStartUs : bucketStartUs(quarterHourStartUs, 'day', zone);
      const step: Period = isShort ? period : 'day';
      const isKnown =
        last !== undefined && bucketStartUs(last.atUs, step, zone) >= bucketStartUs(atUs, step, zone);
      if (!isKnown) found.push({ atUs, registerMicro: state?.registerMicro ?? null });
    }
    return found;
  }

  registersExactly(entityId: string, atUs: readonly number[]): Promise<Map<number, number>> {
    return this.#stored.registersExactly(entityId, atUs);
  }

  qualityCounts(
    ids: readonly string[],
    period: 'quarter' | 'day',
    startUs: number,
    endUs: number,
  ): Promise<QualityCount[]> {
    return this.#running.steady(async () => {
      const stored = await this.#stored.qualityCounts(ids, period, startUs, endUs);
      const { startUs: wholeStartUs, endUs: wholeEndUs } = this.#reach(period, startUs, endUs);
      const running = this.#counted(ids, wholeStartUs, wholeEndUs).map(({ entityId, entry }) => ({
        entityId,
        startUs: bucketStartUs(entry.quarterHourStartUs, period, this.zone()),
        quality: entry.quality,
        reason: entry.reason,
        quarters: 1,
        coveredUs: entry.coveredUs,
      }));
      return [...stored, ...running];
    });
  }

  firsts(ids: readonly string[]): Promise<Map<string, number>> {
    return this.#running.steady(async () => {
      const firsts = await this.#stored.firsts(ids);
      for (const { entityId, entry } of this.#counted(ids, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))
        if (!firsts.has(entityId)) firsts.set(entityId, entry.quarterHourStartUs);
      return firsts;
    });
  }

  extent(ids: readonly string[]): Promise<{ firstUs: number; lastUs: number } | null> {
    return this.#running.steady(async () => {
      const stored = await this.#stored.extent(ids);
      const quarters = this.#running
        .running(ids, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
        .map(({ entry }) => entry.quarterHourStartUs);
      if (quarters.length === 0) return stored;
      return {
        firstUs: Math.min(...quarters, ...(stored === null ? [] : [stored.firstUs])),
        lastUs: Math.max(...quarters, ...(stored === null ? [] : [stored.lastUs])),
      };
    });
  }

  /** Whole buckets are asked for. */
  #reach(period: Period, startUs: number, endUs: number): Interval {
    if (startUs >= endUs) return { startUs, endUs: startUs };
    const edges = bucketEdges(startUs, endUs, period, this.zone());
    return { startUs: edges[0] ?? startUs, endUs: edges.at(-1) ?? endUs };
  }

  #quarters(ids: readonly string[], period: Period, startUs: number, endUs: number): Bucket[] {
    const { startUs: wholeStartUs, endUs: wholeEndUs } = this.#reach(period, startUs, endUs);
    return this.#counted(ids, wholeStartUs, wholeEndUs).map(({ entityId, entry }) =>
      quarterHourBucket(entityId, entry),
    );
  }

  #counted(ids: readonly string[], startUs: number, endUs: number): RunningEntry[] {
    return this.#running
      .running(ids, startUs, endUs)
      .filter(({ entry }) => entry.kind === 'quantity' && entry.reason !== 'withdrawn');
  }

  #side(groups: readonly (readonly string[])[], period: Period, quarter: Bucket): SideBySide {
    const { entityId, amountMicro, coveredUs, onTimeUs, quality, isProvisional } = quarter;
    const startUs = bucketStartUs(quarter.startUs, period, this.zone());
    const own = groups.map((ids) =>
      ids.includes(entityId) ? addSums(emptySum, { amountMicro, coveredUs, onTimeUs }) : emptySum,
    );
    return {
      startUs,
      endUs: nextBucketUs(startUs, period, this.zone()),
      groups: own,
      quality,
      isProvisional,
    };
  }
}

function withoutEvidenceSpan({ restsOn: _restsOn, ...bucket }: Bucket): Bucket {
  return bucket;
}
