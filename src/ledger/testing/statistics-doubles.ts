/** Home Assistant's statistics and their store in memory, with faults that the real ones can't produce on demand. */

import {
  type ConnectionStatus,
  HomeAssistantUnavailable,
  type HomeStatisticsRow,
  type StatisticsPeriod,
  statisticsPeriodUs,
} from '../../home/home-assistant.ts';
import type { Interval } from '../../units/interval.ts';
import type { StatisticsRecord, StatisticsStore } from '../evidence/statistics-store.ts';

type Fault = 'away' | 'refused' | null;

/** Holds rows, and counts questions and answered rows. */
export class MemoryStatistics {
  readonly rows: HomeStatisticsRow[] = [];
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  isConnected = true;
  /** The fault that a question meets. */
  fault: (entityIds: readonly string[]) => Fault = () => null;
  asked = 0;
  answeredRows = 0;
  longestAnswer = 0;

  /** Rows of a rising register, `count` of them from an instant on. */
  add(
    entityId: string,
    period: StatisticsPeriod,
    startUs: number,
    count: number,
    skip = (_: number) => false,
  ): void {
    for (let n = 0; n < count; n += 1) {
      if (skip(n)) continue;
      const rowStartUs = startUs + n * statisticsPeriodUs[period];
      const none = { mean: null, min: null, max: null };
      this.rows.push({
        ...{ entityId, period, startUs: rowStartUs, endUs: rowStartUs + statisticsPeriodUs[period] },
        ...{ state: 100 + n, sum: n, ...none, unit: 'kWh' },
      });
    }
  }

  status(): ConnectionStatus {
    return this.isConnected
      ? { kind: 'connected', version: '2026.11.0', sinceUs: 1 }
      : { kind: 'connecting', attempts: 1, error: 'gone' };
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  connect(isConnected: boolean): void {
    this.isConnected = isConnected;
    for (const listener of this.#listeners) listener(this.status());
  }

  async statistics(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
    period: StatisticsPeriod,
  ): Promise<HomeStatisticsRow[]> {
    this.#meet(entityIds);
    const found = this.rows.filter(
      (row) =>
        row.period === period &&
        row.startUs >= startUs &&
        row.startUs < endUs &&
        entityIds.includes(row.entityId),
    );
    this.answeredRows += found.length;
    this.longestAnswer = Math.max(this.longestAnswer, found.length);
    return found;
  }

  async firstStatistics(entityIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    this.#meet(entityIds);
    const firsts = new Map<string, number>();
    for (const { entityId, period, startUs } of this.rows)
      if (period === 'hour' && entityIds.includes(entityId))
        firsts.set(entityId, Math.min(startUs, firsts.get(entityId) ?? Number.POSITIVE_INFINITY));
    return firsts;
  }

  #meet(entityIds: readonly string[]): void {
    this.asked += 1;
    const fault = this.isConnected ? this.fault(entityIds) : 'away';
    if (fault === 'away') throw new HomeAssistantUnavailable('not connected');
    if (fault === 'refused') throw new Error('Home Assistant refused');
  }
}

export class MemoryStatisticsStore implements StatisticsStore {
  readonly rows = new Map<string, StatisticsRecord>();
  appended = 0;
  isDown = false;

  async append(rows: readonly StatisticsRecord[]): Promise<void> {
    this.#check();
    for (const row of rows) this.rows.set(`${row.entityId} ${row.period} ${row.startUs}`, row);
    this.appended += rows.length;
  }

  async range(
    entityId: string,
    period: StatisticsPeriod,
    startUs: number,
    endUs: number,
    limit: number,
  ): Promise<StatisticsRecord[]> {
    return this.#all()
      .filter((row) => row.entityId === entityId && row.period === period)
      .filter((row) => row.startUs >= startUs && row.startUs < endUs)
      .sort((a, b) => a.startUs - b.startUs)
      .slice(0, limit);
  }

  async endingBefore(entityId: string, atUs: number): Promise<StatisticsRecord | null> {
    const before = this.#all().filter((row) => row.entityId === entityId && row.endUs < atUs);
    return before.sort((a, b) => a.endUs - b.endUs).at(-1) ?? null;
  }

  async first(entityId: string, period: StatisticsPeriod): Promise<number | null> {
    return (await this.range(entityId, period, Number.NEGATIVE_INFINITY, Infinity, 1))[0]?.startUs ?? null;
  }

  async ends(period: StatisticsPeriod): Promise<Map<string, number>> {
    const ends = new Map<string, number>();
    for (const row of this.#all())
      if (row.period === period) ends.set(row.entityId, Math.max(row.endUs, ends.get(row.entityId) ?? 0));
    return ends;
  }

  async count(startUs: number, endUs: number): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const row of this.#all())
      if (row.startUs >= startUs && row.startUs < endUs)
        counts.set(row.entityId, (counts.get(row.entityId) ?? 0) + 1);
    return counts;
  }

  async receivedSince(): Promise<Map<string, Interval>> {
    return new Map();
  }

  #check(): void {
    if (this.isDown) throw new Error('the store is down');
  }

  #all(): StatisticsRecord[] {
    this.#check();
    return [...this.rows.values()];
  }
}
