import { type Quality, worse } from '../ledger/entries/entry.ts';
import type { StatisticsRecord } from '../ledger/evidence/statistics-store.ts';
import type { HourlyReadings } from '../recording/reading-store.ts';
import { bucketEdges, bucketStartUs, type Period } from '../units/calendar.ts';
import { hourUs } from '../units/durations.ts';
import type { PeriodFigures } from './meter-statistics.ts';

/** An hour of an entity that reports a value and not a count: a power, a flow, a level. */
export interface ValueHour {
  readonly startUs: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly last: number | null;
  readonly heldUs: number;
  readonly count: number;
  readonly quality: Quality;
}

/**
 * Hours from readings, and from Home Assistant's statistics where no reading arrived in the hour: Home Assistant
 * knows more of an outage than the value carried through it.
 * @param hours every hour of the span
 */
export function valueHours(
  hours: readonly HourlyReadings[],
  statistics: readonly StatisticsRecord[],
): ValueHour[] {
  const rows = new Map(statistics.map((row) => [Math.floor(row.startUs / hourUs), row]));
  return hours.map((hour) => {
    const row = hour.count > 0 ? undefined : rows.get(Math.floor(hour.startUs / hourUs));
    if (row === undefined || row.mean === null)
      return { ...hour, quality: hour.mean === null ? 'none' : 'measured' };
    const { mean, min, max } = row;
    return { startUs: hour.startUs, min, max, mean, last: null, heldUs: hourUs, count: 1, quality: 'hourly' };
  });
}

interface Gathered {
  area: number;
  heldUs: number;
  measuredUs: number;
  min: number | null;
  max: number | null;
  last: number | null;
  count: number;
  quality: Quality;
}

/** Gathers hours into the buckets of a period over [startUs, endUs): mean by time, the last value at the end. */
export function valueFigures(
  hours: readonly ValueHour[],
  period: Period,
  zone: string,
  startUs: number,
  endUs: number,
  nowUs: number,
): PeriodFigures[] {
  const byBucket = Map.groupBy(hours, (hour) => bucketStartUs(hour.startUs, period, zone));
  const edges = bucketEdges(startUs, endUs, period, zone);
  return edges.slice(0, -1).map((bucketUs, index) => {
    const stopUs = edges[index + 1] ?? endUs;
    return figuresOf(bucketUs, stopUs, gather(byBucket.get(bucketUs) ?? []), nowUs);
  });
}

/** All hours together, over the span that was asked for. */
export function valueTotal(
  hours: readonly ValueHour[],
  startUs: number,
  endUs: number,
  nowUs: number,
): PeriodFigures {
  return figuresOf(startUs, endUs, gather(hours), nowUs);
}

function gather(hours: readonly ValueHour[]): Gathered {
  const all: Gathered = {
    area: 0,
    heldUs: 0,
    measuredUs: 0,
    min: null,
    max: null,
    last: null,
    count: 0,
    quality: 'none',
  };
  for (const hour of hours) {
    all.count += hour.count;
    if (hour.mean === null || hour.heldUs === 0) continue;
    all.area += hour.mean * hour.heldUs;
    all.heldUs += hour.heldUs;
    if (hour.quality !== 'hourly') all.measuredUs += hour.heldUs;
    if (hour.min !== null) all.min = Math.min(all.min ?? hour.min, hour.min);
    if (hour.max !== null) all.max = Math.max(all.max ?? hour.max, hour.max);
    all.quality = all.quality === 'none' ? hour.quality : worse(all.quality, hour.quality);
    all.last = hour.last;
  }
  return all;
}

function figuresOf(startUs: number, endUs: number, all: Gathered, nowUs: number): PeriodFigures {
  const passedUs = Math.min(endUs, nowUs) - startUs;
  return {
    startUs,
    endUs,
    state: all.last,
    sum: null,
    mean: all.heldUs === 0 ? null : Math.round((all.area / all.heldUs) * 1e6) / 1e6,
    min: all.min,
    max: all.max,
    count: all.count,
    coverage: passedUs <= 0 ? 0 : Math.min(1, all.measuredUs / passedUs),
    quality: all.quality,
    isProvisional: endUs > nowUs && all.heldUs !== 0,
  };
}
