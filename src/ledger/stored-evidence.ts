import type { Reading } from '../recording/reading.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import { microFromValue } from '../units/amount.ts';
import type { CounterKind } from './counter.ts';
import type { CounterEvidence, MeterExchange, PowerReading, RegisterReading } from './evidence.ts';
import type { EvidencePage, EvidenceSource } from './evidence-source.ts';
import { evidenceFromStatistics, mergeEvidence } from './statistics-evidence.ts';
import type { StatisticsStore } from './statistics-store.ts';

export interface StoredEvidenceDeps {
  readonly readings: ReadingStore;
  readonly statistics: StatisticsStore;
  /** Exchanges that the user declared, ascending. */
  readonly exchanges: (entityId: string) => Promise<readonly MeterExchange[]>;
  readonly kindOf: (entityId: string) => CounterKind;
}

const hourUs = 3_600_000_000;
const endOfTimeUs = Number.MAX_SAFE_INTEGER;

/** Evidence put together from what is stored: readings, Home Assistant's rows in their holes, declared exchanges. */
export class StoredEvidence implements EvidenceSource {
  readonly #deps: StoredEvidenceDeps;

  constructor(deps: StoredEvidenceDeps) {
    this.#deps = deps;
  }

  async registers(entityId: string, fromUs: number, limit: number): Promise<EvidencePage> {
    const { readings, statistics, exchanges, kindOf } = this.#deps;
    // Whether a row's span was read is only seen from its start on, and what it counted from the row before.
    const lookUs = fromUs - 2 * hourUs;
    const [read, fiveMinutes, hours, exchanged] = await Promise.all([
      readings.range(entityId, lookUs, endOfTimeUs, limit),
      statistics.range(entityId, '5minute', lookUs, endOfTimeUs, limit),
      statistics.range(entityId, 'hour', lookUs, endOfTimeUs, limit),
      exchanges(entityId),
    ]);
    // Past the end of a list that was cut, nothing can be said yet.
    const horizonUs = Math.min(
      cutAt(read.length, limit, read.at(-1)?.atUs),
      cutAt(fiveMinutes.length, limit, fiveMinutes.at(-1)?.endUs),
      cutAt(hours.length, limit, hours.at(-1)?.endUs),
    );
    const kind = kindOf(entityId);
    const merged = mergeEvidence(
      read.map(registerReading),
      evidenceFromStatistics(kind, fiveMinutes),
      evidenceFromStatistics(kind, hours),
    );
    const items = withExchanges(merged, exchanged).filter(
      (item) => item.atUs >= fromUs && item.atUs <= horizonUs,
    );
    return { items, isLast: horizonUs === endOfTimeUs };
  }

  async registerBefore(entityId: string, atUs: number): Promise<number | null> {
    const [reading, row] = await Promise.all([
      this.#deps.readings.before(entityId, atUs, true),
      this.#deps.statistics.endingBefore(entityId, atUs),
    ]);
    if (reading === null || row === null) return reading?.atUs ?? row?.endUs ?? null;
    // A row in whose span something was read is no evidence.
    return row.startUs >= reading.atUs ? row.endUs : reading.atUs;
  }

  async powers(entityId: string, fromUs: number, untilUs: number, limit: number): Promise<PowerReading[]> {
    return (await this.#deps.readings.range(entityId, fromUs, untilUs, limit)).map(powerReading);
  }

  async powersAround(entityId: string, beforeUs: number, afterUs: number) {
    const [before, after] = await Promise.all([
      this.#deps.readings.before(entityId, beforeUs),
      this.#deps.readings.range(entityId, afterUs + 1, endOfTimeUs, 1),
    ]);
    return { beforeUs: before?.atUs ?? null, afterUs: after[0]?.atUs ?? null };
  }
}

function cutAt(length: number, limit: number, lastUs: number | undefined): number {
  return length < limit || lastUs === undefined ? endOfTimeUs : lastUs;
}

export function registerReading(
  reading: Pick<Reading, 'atUs' | 'value' | 'lastResetAtUs' | 'origin'>,
): RegisterReading {
  return {
    kind: 'reading',
    atUs: reading.atUs,
    registerMicro: reading.value === null ? null : microFromValue(reading.value),
    lastResetAtUs: reading.lastResetAtUs,
    origin: reading.origin,
  };
}

function powerReading(reading: Reading): PowerReading {
  const powerMw = reading.value === null ? null : Math.round(reading.value * 1000);
  return { atUs: reading.atUs, powerMw, origin: reading.origin };
}

/** An exchange at the very instant of a reading comes before it: the reading is the new meter's. */
function withExchanges(
  pieces: readonly CounterEvidence[],
  exchanges: readonly MeterExchange[],
): CounterEvidence[] {
  if (exchanges.length === 0) return [...pieces];
  return [...exchanges, ...pieces].sort((a, b) => a.atUs - b.atUs);
}
