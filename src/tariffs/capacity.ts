import { nextBucketUs } from '../units/calendar.ts';
import { quarterStartUs, quarterUs } from '../units/quarter.ts';
import type { Bucket } from '../views/bucket.ts';
import { totalIds } from '../views/flow-posting.ts';
import type { LedgerViews } from '../views/ledger-views.ts';
import { type DatedPeakRule, peakRuleAt } from './peak-rules.ts';
import {
  type BilledPeak,
  billedPeak,
  type MonthPeak,
  monthPeak,
  type Peak,
  projectedPowerW,
  quarterPowerW,
  topPeaks,
} from './peaks.ts';

/** The peak of one month, from the day view: null where no quarter of it was measured. */
export interface RollingMonth {
  readonly startUs: number;
  readonly peak: Peak | null;
}

export interface RunningQuarter {
  readonly startUs: number;
  /** Mean power if nothing more were used; null before anything of the quarter is posted. */
  readonly soFarW: number | null;
  readonly projectedW: number | null;
}

/** What a month's offtake says of peaks. */
export interface CapacityOfMonth {
  /** The month's known quarters, ascending. */
  readonly quarters: readonly Bucket[];
  readonly month: MonthPeak;
  readonly top: readonly Peak[];
  /** Twelve months, the asked one last. */
  readonly rolling: readonly RollingMonth[];
  readonly billed: BilledPeak;
  readonly rule: DatedPeakRule | null;
  readonly running: RunningQuarter | null;
}

export interface CapacityQuery {
  readonly startUs: number;
  readonly endUs: number;
  readonly nowUs: number;
  /** What comes from the grid now, import positive, in W; null when not known. */
  readonly gridPowerW: number | null;
  readonly rules: readonly DatedPeakRule[];
}

const rollingMonths = 12;
const topCount = 10;

/** Reads a month of the grid's offtake. Rejects when the store is down. */
export async function capacityOf(views: LedgerViews, query: CapacityQuery): Promise<CapacityOfMonth> {
  const { startUs, endUs, nowUs, rules } = query;
  const [quarters, rolling] = await Promise.all([
    views.buckets([totalIds.gridIn], 'quarter', startUs, endUs),
    readRolling(views, startUs, endUs),
  ]);
  const expected = Math.max(0, (Math.min(endUs, quarterStartUs(nowUs)) - startUs) / quarterUs);
  const offtakes = quarters
    // The running quarter is not over: it is told by itself.
    .filter((bucket) => bucket.endUs <= nowUs)
    .map((bucket) => ({
      startUs: bucket.startUs,
      offtakeMwh: bucket.amountMicro,
      isMeasured: bucket.highestMicro !== null,
    }));
  const rule = peakRuleAt(rules, startUs);
  return {
    quarters,
    month: monthPeak(offtakes, expected),
    top: topPeaks(offtakes, topCount),
    rolling,
    billed:
      rule === null
        ? { powerW: null, monthsKnown: 0, monthsCounted: 0 }
        : billedPeak(
            rule,
            rolling.map((month) => month.peak?.powerW ?? null),
          ),
    rule,
    running: nowUs >= startUs && nowUs < endUs ? runningQuarter(quarters, nowUs, query.gridPowerW) : null,
  };
}

/** What of the running quarter is posted already, and where the present power leads it. */
export function runningQuarter(
  quarters: readonly Bucket[],
  nowUs: number,
  gridPowerW: number | null,
): RunningQuarter {
  const startUs = quarterStartUs(nowUs);
  const bucket = quarters.find((one) => one.startUs === startUs);
  const countedMwh = bucket?.amountMicro ?? null;
  // The ledger is some seconds behind: from what is posted on, the present power is taken for the rest.
  const postedUntilUs = startUs + (bucket?.coveredUs ?? 0);
  return {
    startUs,
    soFarW: countedMwh === null ? null : quarterPowerW(countedMwh),
    projectedW: projectedPowerW(countedMwh, gridPowerW, startUs, Math.min(nowUs, postedUntilUs)),
  };
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

/** A year of days tells each month's highest quarter; only the days that hold one are read by quarter. */
async function readRolling(views: LedgerViews, startUs: number, endUs: number): Promise<RollingMonth[]> {
  const zone = views.zone();
  const months = monthsUntil(startUs, rollingMonths, zone);
  const days = await views.buckets([totalIds.gridIn], 'day', months[0] ?? startUs, endUs);
  return Promise.all(
    months.map(async (monthUs) => {
      const untilUs = nextBucketUs(monthUs, 'month', zone);
      const day = highestDay(days.filter((one) => one.startUs >= monthUs && one.startUs < untilUs));
      if (day === null || day.highestMicro === null) return { startUs: monthUs, peak: null };
      const quarters = await views.buckets([totalIds.gridIn], 'quarter', day.startUs, day.endUs);
      const quarter = quarters.find((one) => one.highestMicro === day.highestMicro);
      const powerW = quarterPowerW(day.highestMicro);
      return { startUs: monthUs, peak: { startUs: quarter?.startUs ?? day.startUs, powerW } };
    }),
  );
}

/** The first of equals. */
function highestDay(days: readonly Bucket[]): Bucket | null {
  return days.reduce<Bucket | null>(
    (best, day) =>
      day.highestMicro !== null && (best?.highestMicro == null || day.highestMicro > best.highestMicro)
        ? day
        : best,
    null,
  );
}
