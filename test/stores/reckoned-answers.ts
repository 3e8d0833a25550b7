/** What the API returns for meters, held against what their readings were reckoned to by test/reference. */

import { expect } from 'vitest';
import { capacityMonth } from '../../src/schemas/p1.ts';
import {
  dailyStatistics,
  monthlyStatistics,
  statistics,
  statisticsRow,
} from '../../src/schemas/statistics.ts';
import { quarterHourUs } from '../../src/units/durations.ts';
import {
  hourSums,
  monthPeaks,
  type ReckonedQuarterHour,
  type RegisterState,
  seeded,
  sumsBy,
  wallClock,
} from '../reference/meter-reckoner.ts';
import type { PlayedHome } from './played-home.ts';

const us = (iso: string) => Date.parse(iso) * 1000;
/**
 * Splitting a difference over quarter-hours may leave a part a millionth away from its fraction, at each of its ends.
 */
const within = 2n;

export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

export const readingOf = ({ atUs, micro }: RegisterState) =>
  [atUs, micro === null ? null : Number(micro) / 1e6] as const;

/** What the API says of one meter or flow, against the reckoning. */
export async function compare(
  home: PlayedHome,
  id: string,
  quarters: ReadonlyMap<number, ReckonedQuarterHour>,
  zone: string,
): Promise<void> {
  const starts = [...quarters.keys()].sort((a, b) => a - b);
  const range = `start_time=${new Date((starts[0] ?? 0) / 1000).toISOString()}&end_time=${new Date(((starts.at(-1) ?? 0) + quarterHourUs) / 1000).toISOString()}`;
  const near = (kwh: number | null, key: string, exact: ReckonedQuarterHour['micro'] | undefined) => {
    if (exact === undefined || kwh === null) return `${key}: ${kwh}, reckoned ${exact?.toNumber() ?? null}`;
    return exact.isNear(BigInt(Math.round(kwh * 1e6)), within)
      ? null
      : `${key}: ${kwh}, reckoned ${exact.toNumber()}`;
  };
  const hours = hourSums(quarters, zone);
  const answer = await home.get(`/api/statistics/${id}?period=hour&${range}`, statistics);
  const rows = statisticsRow
    .array()
    .parse(answer.data)
    .filter((row) => row.sum !== null);
  expect(
    rows
      .map((row) => near(row.sum, row.timestamp, hours.get(us(row.timestamp))))
      .filter((one) => one !== null),
  ).toEqual([]);
  expect(rows.length).toBe(hours.size);

  const dates = sumsBy(quarters, zone, 'date');
  const days = (await home.get(`/api/statistics/${id}/daily?${range}`, dailyStatistics)).data.filter(
    (day) => day.total !== null,
  );
  expect(
    days.map((day) => near(day.total, day.date, dates.get(day.date))).filter((one) => one !== null),
  ).toEqual([]);
  expect(days.length).toBe(dates.size);

  const ofMonths = sumsBy(quarters, zone, 'month');
  const months = (await home.get(`/api/statistics/${id}/monthly?${range}`, monthlyStatistics)).data.filter(
    (one) => one.total !== null,
  );
  expect(
    months.map((one) => near(one.total, one.month, ofMonths.get(one.month))).filter((one) => one !== null),
  ).toEqual([]);
  expect(months.length).toBe(ofMonths.size);
}

/** Peaks of every month, the first of equals, and the billed ones. */
export async function comparePeaks(
  home: PlayedHome,
  quarters: ReadonlyMap<number, ReckonedQuarterHour>,
  zone: string,
): Promise<void> {
  const peaks = monthPeaks(quarters, zone);
  const months = [...sumsBy(quarters, zone, 'month').keys()].sort();
  for (const month of months) {
    const answer = await home.get(`/v1/capacity/month/${month}`, capacityMonth);
    const own = [...quarters].filter(([startUs]) => wallClock(startUs, zone).month === month);
    expect(answer.peaks.length, month).toBe(own.length);
    const wrong = answer.peaks.filter(
      (peak) =>
        !quarters.get(us(peak.bucket))?.micro.isNear(BigInt(Math.round(peak.avg_power_w * 250)), within),
    );
    expect(wrong, month).toEqual([]);
    const peak = peaks.get(month) ?? null;
    expect([answer.monthly_peak_w, answer.monthly_peak_ts && us(answer.monthly_peak_ts)], month).toEqual([
      peak === null ? null : expect.closeTo((peak.micro * 4) / 1000, 2),
      peak?.startUs ?? null,
    ]);
    expect(answer.measured_quarters, month).toBe(own.filter(([, one]) => one.isMeasured).length);
  }
}
