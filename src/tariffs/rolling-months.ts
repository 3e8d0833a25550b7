import type { Bucket } from '../statistics/bucket.ts';
import type { LedgerViews } from '../statistics/ledger-views.ts';
import { bucketEdges, nextBucketUs } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import { type Interval, subtract, union } from '../units/interval.ts';
import type { PeakRule } from './peak-rules.ts';
import { besideUs, offtakeOf, peakWindows, windowAt } from './peak-windows.ts';
import { type MonthPeak, monthPeak, type Peak } from './peaks.ts';

/** A month of those that are billed together. */
export interface RollingMonth extends MonthPeak, Interval {
  readonly floorW: number;
  /** The highest window that was measured; null when the month's peak was not. */
  readonly peak: Peak | null;
}

/** The starts of the months before, and of this one. */
export function monthsUntil(startUs: number, count: number, zone: string): number[] {
  const first = Temporal.Instant.fromEpochMilliseconds(startUs / 1000)
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .with({ day: 1 });
  return Array.from(
    { length: count },
    (_, index) =>
      first.subtract({ months: count - 1 - index }).toZonedDateTime(zone).epochMilliseconds * 1000,
  );
}

interface MonthPlan {
  /** The interval of quarter-hours to read; null when there is none. */
  readonly span: Interval | null;
  readonly finish: (quarters: readonly Bucket[]) => RollingMonth;
}

/**
 * The peaks of months, with as few quarter-hours read as possible, for all months in one query.
 * @param days the day view over at least these months; it may hold others
 */
export async function readMonths(
  views: LedgerViews,
  offtakeId: string,
  ruleAt: (startUs: number) => PeakRule,
  starts: readonly number[],
  nowUs: number,
  days: readonly Bucket[],
): Promise<RollingMonth[]> {
  const zone = views.zone();
  const plans = starts.map((startUs) => planMonth(ruleAt(startUs), startUs, nowUs, days, zone));
  const read = await views.quarterHoursWithin(
    offtakeId,
    plans.flatMap(({ span }) => span ?? []),
  );
  return plans.map(({ span, finish }) => finish(span === null ? [] : (read.shift() ?? [])));
}

/**
 * A day that was measured whole holds its highest quarter-hour itself, so only the highest such day is read, for the
 * instant, and the days that affect the bounds.
 */
function planMonth(
  rule: PeakRule,
  startUs: number,
  nowUs: number,
  days: readonly Bucket[],
  zone: string,
): MonthPlan {
  const endUs = nextBucketUs(startUs, 'month', zone);
  const passedEndUs = Math.max(startUs, Math.min(endUs, windowAt(rule, nowUs, zone).startUs));
  const own = days.filter((day) => day.startUs >= startUs && day.startUs < endUs);
  const base = { startUs, endUs, floorW: rule.floorW };
  // Without entries there are no bounds.
  if (own.length === 0) {
    const expectedWindows = peakWindows(rule, [], startUs, passedEndUs, zone).length;
    const none = { powerW: null, counted: [], atLeastW: null, atMostW: null, measuredWindows: 0, peak: null };
    return { span: null, finish: () => ({ ...base, ...none, expectedWindows }) };
  }
  const isByQuarterHour = rule.window === 'quarter' && rule.peaks === 1 && rule.counting === null;
  const whole = isByQuarterHour ? own.filter((day) => day.endUs <= passedEndUs && isWhole(day)) : [];
  const highest = whole.reduce<Bucket | null>(
    // The first of equals.
    (best, day) => ((day.highestMicro ?? 0) > (best?.highestMicro ?? Number.NEGATIVE_INFINITY) ? day : best),
    null,
  );
  const skipped = new Set(whole.filter((day) => day !== highest).map((day) => day.startUs));
  const spans = spansWithout(skipped, startUs, passedEndUs, zone);
  const [spansStartUs, spansEndUs] = [spans[0]?.startUs ?? startUs, spans.at(-1)?.endUs ?? startUs];
  const skippedUs = whole
    .filter((day) => skipped.has(day.startUs))
    .reduce((sum, day) => sum + day.endUs - day.startUs, 0);
  return {
    span: { startUs: spansStartUs - besideUs, endUs: spansEndUs + besideUs },
    finish: (quarters) => {
      const offtakes = quarters.flatMap(offtakeOf);
      const windows = spans.map((span) => peakWindows(rule, offtakes, span.startUs, span.endUs, zone));
      const found = monthPeak(rule, windows.flat(), zone, skippedUs / quarterHourUs);
      return { ...base, ...found, peak: found.counted[0] ?? null };
    },
  };
}

/** Every quarter-hour was measured as one. */
function isWhole(day: Bucket): boolean {
  const isMeasured = day.quality === 'measured' || day.quality === 'imported' || day.quality === 'recovered';
  return isMeasured && day.highestMicro !== null && day.coveredUs === day.endUs - day.startUs;
}

/** [startUs, endUs) less the days that need no reading, neighbours joined. */
function spansWithout(
  skipped: ReadonlySet<number>,
  startUs: number,
  endUs: number,
  zone: string,
): Interval[] {
  const edges = bucketEdges(startUs, endUs, 'day', zone);
  const days = edges.slice(1).map((edgeUs, index) => ({ startUs: edges[index] ?? startUs, endUs: edgeUs }));
  return subtract({ startUs, endUs }, union(days.filter((day) => skipped.has(day.startUs))));
}
