/** Labels of bars: round times of the home's clock, as many as there is room for. */
import { formatInstant, type Locale } from '../format/instants.ts';
import type { BucketPeriod } from '../period/buckets.ts';
import { localAt } from '../period/period.ts';

interface BarLabel {
  readonly index: number;
  readonly text: string;
  /** Hours are labelled at their start, days and longer in their middle. */
  readonly isAtStart: boolean;
}

const strides: Readonly<Record<BucketPeriod, readonly number[]>> = {
  hour: [1, 2, 3, 4, 6, 12, 24, 48, 96],
  day: [1, 2, 5, 7, 14, 28],
  month: [1, 2, 3, 6, 12, 24],
  year: [1, 2, 5, 10],
};

function textOf(startMs: number, period: BucketPeriod, count: number, locale: Locale): string {
  const local = localAt(startMs, locale.zone);
  switch (period) {
    case 'hour':
      return formatInstant(startMs, local.hour === 0 && count > 30 ? 'day' : 'time', locale);
    case 'day':
      return formatInstant(startMs, count <= 7 ? 'weekday' : 'day', locale);
    case 'month':
      return formatInstant(startMs, local.month === 1 && count > 12 ? 'year' : 'month', locale);
    case 'year':
      return formatInstant(startMs, 'year', locale);
  }
}

/** What a stride counts: the hour of the day, the month of the year or the year; else the index of the bar. */
function positionOf(
  local: Temporal.ZonedDateTime,
  index: number,
  period: BucketPeriod,
  stride: number,
): number {
  if (period === 'hour' && stride < 24) return local.hour;
  if (period === 'month') return local.month - 1;
  return period === 'year' ? local.year : index;
}

/** `starts`: of all bars, ascending, epoch milliseconds. At most `most` labels, at least one. */
export function barLabels(
  starts: readonly number[],
  period: BucketPeriod,
  most: number,
  locale: Locale,
): BarLabel[] {
  const room = Math.max(1, most);
  const list = strides[period];
  const stride = list.find((one) => starts.length / one <= room) ?? Math.ceil(starts.length / room);
  const labels: BarLabel[] = [];
  for (const [index, startMs] of starts.entries()) {
    const local = localAt(startMs, locale.zone);
    const position = positionOf(local, index, period, stride);
    // When clocks go back, an hour appears twice; the first is labelled.
    const last = labels.at(-1);
    const text = textOf(startMs, period, starts.length, locale);
    if (position % stride !== 0 || (period === 'hour' && last?.index === index - 1 && last.text === text))
      continue;
    labels.push({ index, text, isAtStart: period === 'hour' });
  }
  return labels;
}

/** The full name of a bucket: "14:00 – 15:00", "Sat, 21 Nov 2026", "November 2026". */
export function bucketName(startMs: number, endMs: number, period: BucketPeriod, locale: Locale): string {
  switch (period) {
    case 'hour':
      return `${formatInstant(startMs, 'time', locale)} – ${formatInstant(endMs, 'time', locale)}`;
    case 'day':
      return formatInstant(startMs, 'dayOfYear', locale);
    case 'month':
      return formatInstant(startMs, 'monthOfYear', locale);
    case 'year':
      return formatInstant(startMs, 'year', locale);
  }
}
