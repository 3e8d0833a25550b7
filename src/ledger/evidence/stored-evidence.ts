import type { Reading } from '../../recording/reading.ts';
import type { ReadingStore } from '../../recording/reading-store.ts';
import { microFromValue } from '../../units/amount.ts';
import { hourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { CounterKind } from '../counter/counter-state.ts';
import type { CounterEvidence, PowerReading, RegisterReading, SwitchReading } from '../evidence.ts';
import {
  correctedEvidence,
  isRepeated,
  spanAt,
  standingCorrections,
  withRepeats,
} from './corrected-evidence.ts';
import type { Correction } from './correction.ts';
import type { DeclaredAmount, EvidencePage, EvidenceSource } from './evidence-source.ts';
import { evidenceFromStatistics, mergeEvidence, withoutRepeatedRows } from './statistics-evidence.ts';
import type { StatisticsStore } from './statistics-store.ts';

interface StoredEvidenceDeps {
  readonly readings: ReadingStore;
  readonly statistics: StatisticsStore;
  readonly corrections: (entityId: string) => Promise<readonly Correction[]>;
  readonly kindOf: (entityId: string) => CounterKind;
}

const endOfTimeUs = Number.MAX_SAFE_INTEGER;

/** Evidence from the stores: readings, Home Assistant's rows in their gaps, and corrections. */
export class StoredEvidence implements EvidenceSource {
  readonly #deps: StoredEvidenceDeps;

  constructor(deps: StoredEvidenceDeps) {
    this.#deps = deps;
  }

  async registers(entityId: string, startUs: number, limit: number): Promise<EvidencePage> {
    let items: CounterEvidence[] = [];
    let most = limit;
    for (let cursorUs = startUs; ; ) {
      const page = await this.#page(entityId, cursorUs, most);
      // The lists begin before the page, so that of a very fast meter may be cut before it as well.
      if (page.horizonUs < cursorUs) {
        most *= 2;
        continue;
      }
      items = withoutRepeatedRows([...items, ...page.items]);
      if (page.horizonUs === endOfTimeUs) return { items, isLast: true };
      // A register that did not move for months is a page of rows that repeat it: only what follows decides what they
      // mean.
      if (items.length >= limit / 2) return { items, isLast: false };
      cursorUs = page.horizonUs + 1;
    }
  }

  /** Evidence from `startUs` on, up to where one of the lists was cut. */
  async #page(
    entityId: string,
    startUs: number,
    limit: number,
  ): Promise<{ items: CounterEvidence[]; horizonUs: number }> {
    const { readings, statistics, corrections, kindOf } = this.#deps;
    // Whether a reading lies in a row's interval shows only from its start on, and its change only from the row before.
    const backUs = startUs - 2 * hourUs;
    const [read, fiveMinutes, hours, declared] = await Promise.all([
      readings.range(entityId, backUs, endOfTimeUs, limit),
      statistics.range(entityId, '5minute', backUs, endOfTimeUs, limit),
      statistics.range(entityId, 'hour', backUs, endOfTimeUs, limit),
      corrections(entityId),
    ]);
    // Past the end of a list that was cut, nothing is known yet.
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
    const standing = standingCorrections(declared);
    const isRowFirst = merged.find(({ registerMicro }) => registerMicro !== null)?.kind === 'row';
    const readingBefore =
      isRowFirst && standing.exclusions.length > 0 ? await readings.before(entityId, backUs, true) : null;
    const repeated = withRepeats(standing, merged, readingBefore && registerReading(readingBefore));
    const items = correctedEvidence(merged, repeated).filter(
      (item) => item.atUs >= startUs && item.atUs <= horizonUs,
    );
    return { items, horizonUs };
  }

  async registerBefore(entityId: string, atUs: number): Promise<number | null> {
    const { outside, exclusions, exchanges } = await this.#standing(entityId);
    const reportedUs = await skipping(outside, atUs, (beforeUs) =>
      this.#anyRegisterBefore(entityId, beforeUs, exclusions),
    );
    const exchangedUs = exchanges.findLast((exchange) => exchange.atUs < atUs)?.atUs ?? null;
    if (reportedUs === null || exchangedUs === null) return reportedUs ?? exchangedUs;
    return Math.max(reportedUs, exchangedUs);
  }

  async #anyRegisterBefore(
    entityId: string,
    atUs: number,
    exclusions: readonly Interval[],
  ): Promise<number | null> {
    const [reading, row] = await Promise.all([
      this.#deps.readings.before(entityId, atUs, true),
      this.#deps.statistics.endingBefore(entityId, atUs),
    ]);
    if (reading === null || row === null) return reading?.atUs ?? row?.endUs ?? null;
    // A row with a reading in its interval is no evidence, nor is one that repeats an excluded register.
    if (row.startUs < reading.atUs) return reading.atUs;
    if (spanAt(exclusions, reading.atUs) === undefined) return row.endUs;
    const [rowMicro, readingMicro] = [
      microFromValue(row.state ?? Number.NaN),
      microFromValue(reading.value ?? 0),
    ];
    const isRepeat = rowMicro !== null && readingMicro !== null && isRepeated(rowMicro, readingMicro);
    return isRepeat ? reading.atUs : row.endUs;
  }

  async powers(entityId: string, startUs: number, endUs: number, limit: number): Promise<PowerReading[]> {
    const { exclusions } = await this.#standing(entityId);
    const found = await this.#deps.readings.range(entityId, startUs, endUs, limit);
    return found.map((reading) =>
      spanAt(exclusions, reading.atUs) === undefined
        ? powerReading(reading)
        : { ...powerReading(reading), isExcluded: true },
    );
  }

  async amounts(entityId: string): Promise<readonly DeclaredAmount[]> {
    return (await this.#standing(entityId)).amounts;
  }

  async switches(entityId: string, startUs: number, endUs: number, limit: number): Promise<SwitchReading[]> {
    const [before, read] = await Promise.all([
      this.#deps.readings.before(entityId, startUs),
      this.#deps.readings.range(entityId, startUs, endUs, limit),
    ]);
    return [...(before ? [before] : []), ...read].map(({ atUs, value, origin }) => ({
      atUs,
      isOn: value === null ? null : value > 0,
      origin,
    }));
  }

  async around(entityId: string, startUs: number, endUs: number) {
    const { readings } = this.#deps;
    const { exclusions } = await this.#standing(entityId);
    const before = skipping(
      exclusions,
      startUs,
      async (us) => (await readings.before(entityId, us))?.atUs ?? null,
    );
    const after = async () => {
      for (let us = endUs; ; ) {
        const [next] = await readings.range(entityId, us, endOfTimeUs, 1);
        const span = next && spanAt(exclusions, next.atUs);
        if (span === undefined) return next?.atUs ?? null;
        us = span.endUs;
      }
    };
    const [found, next] = await Promise.all([before, after()]);
    return { beforeUs: found, afterUs: next };
  }

  async #standing(entityId: string) {
    return standingCorrections(await this.#deps.corrections(entityId));
  }
}

/** The newest instant before `atUs` that lies in none of the intervals. */
async function skipping(
  spans: readonly Interval[],
  atUs: number,
  before: (atUs: number) => Promise<number | null>,
): Promise<number | null> {
  for (let us = atUs; ; ) {
    const found = await before(us);
    const span = found === null ? undefined : spanAt(spans, found);
    if (span === undefined) return found;
    us = span.startUs;
  }
}

function cutAt(length: number, limit: number, lastUs: number | undefined): number {
  return length < limit || lastUs === undefined ? endOfTimeUs : lastUs;
}

/** A stored reading as evidence of a counter: its register in millionths of the unit, null where it is absent. */
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
