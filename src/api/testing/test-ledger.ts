/** The ledger in memory, with sums of its entries; it can be made to fail. */
import { CorrectionService } from '../../ledger/corrections/correction-service.ts';
import type { LedgerPage, LedgerStore, Opening } from '../../ledger/entries/ledger-store.ts';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import type { StatisticsRecord, StatisticsStore } from '../../ledger/evidence/statistics-store.ts';
import { MemoryCorrections, noEvidence } from '../../ledger/testing/memory-corrections.ts';
import { postedEntry as measuredEntry } from '../../ledger/testing/posted-entry.ts';
import { quietLog } from '../../recording/testing/doubles.ts';
import { type Bucket, quarterHourBucket, regroup } from '../../statistics/bucket.ts';
import type { QualityCount } from '../../statistics/coverage.ts';
import type { LedgerViews, RegisterBefore } from '../../statistics/ledger-views.ts';
import { sideBySide } from '../../statistics/side-by-side.ts';
import type { CostVersionStore } from '../../tariffs/cost-version-store.ts';
import type { CostVersion } from '../../tariffs/cost-versions.ts';
import { bucketEdges, bucketStartUs, type Period } from '../../units/calendar.ts';
import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { LedgerParts } from '../http/ports.ts';

/** A quarter-hour of 0 that was measured completely and posted at its end; `extra` replaces fields. */
export function postedEntry(quarterHourStartUs: number, extra: Partial<PostedEntry> = {}): PostedEntry {
  return measuredEntry(quarterHourStartUs, 0, { postedAtUs: quarterHourStartUs + quarterHourUs, ...extra });
}

export class TestLedger implements LedgerViews, LedgerStore {
  entries = new Map<string, PostedEntry[]>();
  kept: Opening[] = [];
  known: RegisterBefore[] = [];
  timeZone = 'Europe/Brussels';
  isDown = false;

  #of(entityId: string): PostedEntry[] {
    if (this.isDown) throw new Error('postgres://admin:secret@127.0.0.1 is down');
    return [...(this.entries.get(entityId) ?? [])].sort(
      (a, b) => a.quarterHourStartUs - b.quarterHourStartUs,
    );
  }
  #newest(entityId: string): PostedEntry[] {
    const newest = new Map<string, PostedEntry>();
    for (const entry of this.#of(entityId)) {
      const key = `${entry.kind} ${entry.quarterHourStartUs}`;
      if ((newest.get(key)?.revision ?? -1) <= entry.revision) newest.set(key, entry);
    }
    return [...newest.values()];
  }
  zone(): string {
    return this.timeZone;
  }
  async buckets(ids: readonly string[], period: Period, startUs: number, endUs: number): Promise<Bucket[]> {
    const edges = bucketEdges(startUs, endUs, period, this.timeZone);
    const bucketsStartUs = edges[0] ?? startUs;
    const bucketsEndUs = edges.at(-1) ?? endUs;
    const quarters = ids.flatMap((entityId) =>
      this.#newest(entityId)
        .filter((one) => one.kind === 'quantity' && one.reason !== 'withdrawn')
        .filter((one) => one.quarterHourStartUs >= bucketsStartUs && one.quarterHourStartUs < bucketsEndUs)
        .map((one) => quarterHourBucket(entityId, one)),
    );
    return period === 'quarter' ? quarters : regroup(quarters, period, this.timeZone);
  }
  quarterHoursWithin(entityId: string, spans: readonly Interval[]): Promise<Bucket[][]> {
    return Promise.all(
      spans.map(({ startUs, endUs }) => this.buckets([entityId], 'quarter', startUs, endUs)),
    );
  }
  async sideBySide(groups: readonly (readonly string[])[], period: Period, startUs: number, endUs: number) {
    return sideBySide(groups, await this.buckets([...new Set(groups.flat())], period, startUs, endUs));
  }
  async sums(ids: readonly string[], period: Period, startUs: number, endUs: number) {
    const sums = new Map<number, number>();
    for (const bucket of await this.buckets(ids, period, startUs, endUs))
      sums.set(bucket.startUs, (sums.get(bucket.startUs) ?? 0) + (bucket.amountMicro ?? 0));
    return sums;
  }
  async registers(
    entityId: string,
    _period: Period,
    startUs: number,
    endUs: number,
  ): Promise<RegisterBefore[]> {
    this.#of(entityId);
    return this.known.filter((one) => one.atUs >= startUs && one.atUs <= endUs);
  }
  async registersExactly(): Promise<Map<number, number>> {
    return new Map();
  }
  async qualityCounts(
    ids: readonly string[],
    period: 'quarter' | 'day',
    startUs: number,
    endUs: number,
  ): Promise<QualityCount[]> {
    const edges = bucketEdges(startUs, endUs, period, this.timeZone);
    const isInside = (us: number) => us >= (edges[0] ?? startUs) && us < (edges.at(-1) ?? endUs);
    return ids.flatMap((entityId) =>
      this.#newest(entityId)
        .filter(
          (one) => one.kind === 'quantity' && one.reason !== 'withdrawn' && isInside(one.quarterHourStartUs),
        )
        .map(({ quarterHourStartUs, quality, reason, coveredUs }) => ({
          ...{ entityId, quality, reason, coveredUs, quarters: 1 },
          startUs: bucketStartUs(quarterHourStartUs, period, this.timeZone),
        })),
    );
  }
  async firsts(ids: readonly string[]): Promise<Map<string, number>> {
    return new Map(
      ids.flatMap((id) => {
        const first = this.#of(id)[0];
        return first === undefined ? [] : [[id, first.quarterHourStartUs] as const];
      }),
    );
  }
  async extent(ids: readonly string[]): Promise<{ firstUs: number; lastUs: number } | null> {
    const all = ids.flatMap((id) => this.#of(id)).map((entry) => entry.quarterHourStartUs);
    return all.length === 0 ? null : { firstUs: Math.min(...all), lastUs: Math.max(...all) };
  }
  async current(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    return this.#newest(entityId).filter(
      (entry) => entry.quarterHourStartUs >= startUs && entry.quarterHourStartUs < endUs,
    );
  }
  async journal(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    return this.#of(entityId)
      .filter((entry) => entry.quarterHourStartUs >= startUs && entry.quarterHourStartUs < endUs)
      .filter((entry) => entry.revision > 0);
  }
  async write(pages: readonly LedgerPage[]): Promise<void> {
    for (const { entityId, entries } of pages)
      this.entries.set(entityId, [...(this.entries.get(entityId) ?? []), ...entries]);
  }
  async openingBefore(): Promise<Opening | null> {
    return this.kept.at(-1) ?? null;
  }
  async openings(): Promise<Opening[]> {
    return this.kept;
  }
}

export class TestStatistics implements StatisticsStore {
  rows: StatisticsRecord[] = [];
  async append(rows: readonly StatisticsRecord[]): Promise<void> {
    this.rows.push(...rows);
  }
  async range(
    entityId: string,
    period: '5minute' | 'hour',
    startUs: number,
    endUs: number,
    limit: number,
  ): Promise<StatisticsRecord[]> {
    return this.rows
      .filter((row) => row.entityId === entityId && row.period === period)
      .filter((row) => row.startUs >= startUs && row.startUs < endUs)
      .slice(0, limit);
  }
  async endingBefore(entityId: string, atUs: number): Promise<StatisticsRecord | null> {
    return this.rows.findLast((row) => row.entityId === entityId && row.endUs < atUs) ?? null;
  }
  async first(entityId: string): Promise<number | null> {
    return this.rows.find((row) => row.entityId === entityId)?.startUs ?? null;
  }
  async ends(): Promise<Map<string, number>> {
    return new Map(this.rows.map((row) => [row.entityId, row.endUs]));
  }
  async count(): Promise<Map<string, number>> {
    return new Map();
  }
  async receivedSince(): Promise<Map<string, Interval>> {
    return new Map();
  }
}

export class TestCostVersions implements CostVersionStore {
  versions: CostVersion[] = [];
  isDown = false;
  async all(): Promise<CostVersion[]> {
    if (this.isDown) throw new Error('mongodb://admin:secret@127.0.0.1 is down');
    return [...this.versions].sort((a, b) => a.effectiveFromUs - b.effectiveFromUs);
  }
  async add(version: CostVersion): Promise<void> {
    if (this.isDown) throw new Error('down');
    this.versions = [...this.versions.filter((one) => one.costVersionId !== version.costVersionId), version];
  }
  async remove(costVersionId: string): Promise<boolean> {
    if (this.isDown) throw new Error('down');
    const before = this.versions.length;
    this.versions = this.versions.filter((one) => one.costVersionId !== costVersionId);
    return this.versions.length < before;
  }
}

/** The parts of the ledger as the API is given them, and what it touched. */
export class TestLedgerParts {
  readonly ledger = new TestLedger();
  readonly statistics = new TestStatistics();
  readonly corrections = new MemoryCorrections();
  readonly costVersions = new TestCostVersions();
  readonly touched: { readonly entityId: string; readonly span: Interval }[] = [];

  readonly imports: Parameters<LedgerParts['history']['request']>[] = [];

  parts(): LedgerParts {
    const postingWorker: LedgerParts['postingWorker'] = {
      markDirty: (entityId, span) => this.touched.push({ entityId, span }),
      status: () => ({
        waiting: 0,
        isPostingPast: false,
        entriesWritten: 0,
        lastPostedAtUs: null,
        error: null,
        upToMs: 0,
      }),
    };
    return {
      views: this.ledger,
      store: this.ledger,
      statistics: this.statistics,
      corrections: new CorrectionService({
        corrections: this.corrections,
        evidenceWith: () => noEvidence,
        ledger: this.ledger,
        postingWorker: { ...postingWorker, settle: async () => undefined },
        meterOf: (entityId) => ({ entityId, posts: 'register', kind: 'rising' }),
        unposted: { load: async () => [], save: async () => undefined },
        heldUntil: () => null,
        clock: { nowUs: () => Date.now() * 1000, monotonicMs: () => performance.now() },
        log: quietLog,
      }),
      costVersions: this.costVersions,
      postingWorker,
      posting: () => ({ metersWaiting: 0, isPostingPast: false, lastPostedAtUs: null, error: null }),
      history: {
        request: (...asked) => {
          this.imports.push(asked);
          return 'import-1';
        },
        running: () => null,
        status: () => ({ isOk: true, detail: null, run: null, lastFinishedAtUs: null }),
        entitySyncs: async () => {
          const syncs = [{ period: 'hour', atUs: 1_000_000, rows: 24, status: 'success' }] as const;
          return [{ entityId: 'sensor.one', lastSyncUs: 1_000_000, rowsInLastDay: 24, syncs }];
        },
      },
    };
  }
}
