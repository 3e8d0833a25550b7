/** Statistics of one entity by period: from the ledger where it has one, else from its readings. */

import type { z } from 'zod';
import type { statisticsChart, statisticsRow } from '../../schemas/statistics.ts';
import { aligned, type Bucket } from '../../statistics/bucket.ts';
import { figureColumnsOf, figuresOf } from '../../statistics/figures/figures.ts';
import type { Facts } from '../../statistics/figures/statistic.ts';
import { meterFigures, type PeriodFigures, registersAt } from '../../statistics/meter-statistics.ts';
import { type ValueHour, valueFigures, valueHours } from '../../statistics/value-statistics.ts';
import { microFromValue } from '../../units/amount.ts';
import { localIso, type Period } from '../../units/calendar.ts';
import { hourUs } from '../../units/durations.ts';
import type { ApiDeps } from '../http/deps.ts';
import { fromStore } from '../http/problems.ts';
import { rounded } from './amounts.ts';
import { costsOf, type PricingDeps, pricesOrNone } from './pricing.ts';
import type { Subject } from './subjects.ts';

export type StatisticsDeps = Pick<ApiDeps, 'ledger' | 'readingStore' | 'stores' | 'clock'> & {
  readonly pricing: PricingDeps;
};

export type PricedFigures = PeriodFigures & Facts;

/** A value such as power has no ledger, and no cost. */
export function ofValue(figures: PeriodFigures): PricedFigures {
  return { ...figures, isMeter: false, cost: null };
}

const hourRowsLimit = 100_000;

/** One row for each bucket of the home's clock that touches the range; empty ones too. */
export async function figuresBy(
  deps: StatisticsDeps,
  subject: Subject,
  period: Period,
  startUs: number,
  endUs: number,
): Promise<PricedFigures[]> {
  const { counts } = subject;
  if (counts === null) {
    const zone = deps.ledger.views.zone();
    const hours = await hoursOfValue(deps, subject.id, startUs, endUs);
    return valueFigures(hours, period, zone, startUs, endUs, deps.clock.nowUs()).map(ofValue);
  }
  const { views } = deps.ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(deps.stores, 'questdb', work);
  const nowUs = deps.clock.nowUs();
  const buckets = await ask(async () =>
    aligned(
      await views.buckets([subject.id], period, startUs, endUs),
      subject.id,
      startUs,
      endUs,
      period,
      views.zone(),
    ),
  );
  const [registers, costs] = await Promise.all([
    subject.hasRegister ? ask(() => registersOf(deps, subject.id, period, buckets)) : [],
    costsOfSubject(deps, subject, buckets),
  ]);
  return buckets.map((bucket, index) => ({
    ...meterFigures(bucket, counts, registers[index] ?? null, nowUs),
    isMeter: true,
    cost: costs.get(bucket.startUs) ?? null,
  }));
}

/** Hours of an entity that reports a value, from its readings and from Home Assistant's statistics. */
export function hoursOfValue(
  deps: StatisticsDeps,
  id: string,
  startUs: number,
  endUs: number,
): Promise<ValueHour[]> {
  const zone = deps.ledger.views.zone();
  // A value holds to the end of the range, but not beyond the present.
  const knownUntilUs = Math.min(endUs, deps.clock.nowUs());
  if (startUs >= knownUntilUs) return Promise.resolve([]);
  return fromStore(deps.stores, 'questdb', async () => {
    const [hours, rows] = await Promise.all([
      deps.readingStore.hourly(id, startUs, knownUntilUs, zone),
      deps.ledger.statistics.range(id, 'hour', startUs - hourUs, knownUntilUs, hourRowsLimit),
    ]);
    return valueHours(hours, rows);
  });
}

export async function costsOfSubject(
  deps: StatisticsDeps,
  subject: Subject,
  buckets: readonly Bucket[],
): Promise<ReadonlyMap<number, number | null>> {
  if (!subject.hasPrice) return new Map();
  const prices = await pricesOrNone(deps.pricing);
  const known = buckets.filter((bucket) => bucket.amountMicro !== null);
  return fromStore(deps.stores, 'questdb', () => costsOf(deps.ledger.views, prices, subject.entity, known));
}

/** The register at each bucket's end. Without a later reading, and for ends in the future, the newest register. */
async function registersOf(
  deps: StatisticsDeps,
  id: string,
  period: Period,
  buckets: readonly Bucket[],
): Promise<(number | null)[]> {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return [];
  const nowUs = deps.clock.nowUs();
  const { views } = deps.ledger;
  const endsUs = buckets.filter((bucket) => bucket.startUs < nowUs).map((bucket) => bucket.endUs);
  const [known, exactly] = await Promise.all([
    views.registers(id, period, first.startUs, last.endUs),
    views.registersExactly(id, endsUs),
  ]);
  const isKnownToTheEnd = (known.at(-1)?.atUs ?? 0) >= last.endUs;
  const newestMicro = isKnownToTheEnd ? null : await newestRegister(deps, id, Math.min(last.endUs, nowUs));
  return registersAt(endsUs, known, exactly, newestMicro);
}

async function newestRegister(deps: StatisticsDeps, id: string, atUs: number): Promise<number | null> {
  const [reading, row] = await Promise.all([
    deps.readingStore.before(id, atUs, true),
    deps.ledger.statistics.endingBefore(id, atUs + 1),
  ]);
  const value = (row?.endUs ?? 0) > (reading?.atUs ?? -1) ? (row?.state ?? null) : (reading?.value ?? null);
  return value === null ? null : microFromValue(value);
}

/** What figures rest on, as columns. */
export function groundsColumnsOf(figures: readonly PeriodFigures[]) {
  return {
    coverage: figures.map((one) => rounded(one.coverage)),
    quality: figures.map((one) => one.quality),
    provisional: figures.map((one) => one.isProvisional),
  };
}

export function statisticsRowOf(figures: PricedFigures, zone: string): z.infer<typeof statisticsRow> {
  return {
    timestamp: localIso(figures.startUs, zone),
    ...figuresOf(figures),
    coverage: rounded(figures.coverage),
    quality: figures.quality,
    provisional: figures.isProvisional,
  };
}

export function statisticsChartOf(figures: readonly PricedFigures[]): z.infer<typeof statisticsChart> {
  return {
    x: figures.map((one) => one.startUs / 1_000_000),
    ...figureColumnsOf(figures),
    ...groundsColumnsOf(figures),
  };
}
