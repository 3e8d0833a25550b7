import { totalIds } from '../balance/flow-posting.ts';
import type { Bucket } from '../statistics/bucket.ts';
import type { LedgerViews } from '../statistics/ledger-views.ts';
import { hourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import { type DatedPeakRule, type PeakRule, peakRuleAt } from './peak-rules.ts';
import { besideUs, isCounted, meanPowerW, offtakeOf, peakWindows, windowAt } from './peak-windows.ts';
import {
  type BilledPeak,
  billedPeak,
  type MonthPeak,
  measuredPeaks,
  monthPeak,
  type Peak,
  topPeaks,
} from './peaks.ts';
import { monthsUntil, type RollingMonth, readMonths } from './rolling-months.ts';

export interface RunningWindow extends Interval {
  /** Mean power if nothing more were used; null before anything of the window is posted. */
  readonly soFarW: number | null;
  readonly projectedW: number | null;
  /** A window up to this power does not raise the bill: the month's known peak so far, or the floor. */
  readonly limitW: number;
  /** Energy left until that limit; null before anything is posted. */
  readonly leftMwh: number | null;
  /** The same as the mean power of the time that is left. */
  readonly leftW: number | null;
}

/** The peaks of a month's offtake. */
export interface CapacityOfMonth {
  /** The month's known quarter-hours, ascending. */
  readonly quarters: readonly Bucket[];
  readonly month: MonthPeak;
  readonly top: readonly Peak[];
  /** Twelve months, the asked one last. */
  readonly rolling: readonly RollingMonth[];
  readonly billed: BilledPeak;
  readonly rule: DatedPeakRule;
  readonly running: RunningWindow | null;
}

export interface CapacityQuery extends Interval {
  /** What is taken from the grid: a total of the home, or the one register of a connection. */
  readonly offtakeId?: string;
  readonly nowUs: number;
  /** What comes from the grid now, import positive, in W; null when not known. */
  readonly gridPowerW: number | null;
  /** At least one. */
  readonly rules: readonly DatedPeakRule[];
}

const rollingMonths = 12;
const topCount = 10;

/** Reads a month of the grid's offtake and those before it. Rejects when the store is down. */
export async function capacityOf(views: LedgerViews, query: CapacityQuery): Promise<CapacityOfMonth> {
  const { startUs, endUs, nowUs, rules, offtakeId = totalIds.gridIn } = query;
  const zone = views.zone();
  const rule = peakRuleAt(rules, startUs);
  if (rule === null) throw new RangeError('there is no rule for peaks');
  const starts = monthsUntil(startUs, Math.max(rollingMonths, rule.months), zone);
  const ruleAt = (us: number) => peakRuleAt(rules, us) ?? rule;
  const [read, days] = await Promise.all([
    views.buckets([offtakeId], 'quarter', startUs - besideUs, endUs + besideUs),
    views.buckets([offtakeId], 'day', starts[0] ?? startUs, startUs),
  ]);
  const before = await readMonths(views, offtakeId, ruleAt, starts.slice(0, -1), nowUs, days);
  // The running window is not over: it is reported separately.
  const passedEndUs = Math.max(startUs, Math.min(endUs, windowAt(rule, nowUs, zone).startUs));
  const windows = peakWindows(rule, read.flatMap(offtakeOf), startUs, passedEndUs, zone);
  const month = monthPeak(rule, windows, zone);
  const all: RollingMonth[] = [
    ...before,
    { startUs, endUs, floorW: rule.floorW, ...month, peak: month.counted[0] ?? null },
  ];
  const quarters = read.filter((bucket) => bucket.startUs >= startUs && bucket.startUs < endUs);
  const isRunning =
    nowUs >= startUs && nowUs < endUs && isCounted(rule, windowAt(rule, nowUs, zone).startUs, zone);
  return {
    quarters,
    month,
    top: topPeaks(rule, measuredPeaks(windows), topCount, zone),
    rolling: all.slice(-rollingMonths),
    // A month that has not begun is not billed.
    billed: billedPeak(all.slice(-rule.months).filter((one) => one.startUs <= nowUs)),
    rule,
    running: isRunning ? runningWindow(rule, quarters, month, nowUs, query.gridPowerW, zone) : null,
  };
}

/**
 * The running window: its posted part, its projection by the present power, and what is left until the month's peak.
 */
export function runningWindow(
  rule: PeakRule,
  quarters: readonly Bucket[],
  month: Pick<MonthPeak, 'counted' | 'atLeastW'>,
  nowUs: number,
  gridPowerW: number | null,
  zone: string,
): RunningWindow {
  const { startUs, endUs } = windowAt(rule, nowUs, zone);
  const posted = quarters.filter((one) => one.startUs >= startUs && one.startUs <= quarterHourStartUs(nowUs));
  const isPosted = posted.some((one) => one.amountMicro !== null);
  const countedMwh = isPosted
    ? posted.reduce((sum, one) => sum + Math.max(0, one.amountMicro ?? 0), 0)
    : null;
  // The ledger is some seconds behind: from what is posted on, the present power is taken for the rest.
  const postedUntilUs = startUs + posted.reduce((sum, one) => sum + one.coveredUs, 0);
  const leftUs = endUs - Math.min(nowUs, postedUntilUs);
  const limitW = Math.max(
    rule.floorW,
    month.counted.at(-1)?.powerW ?? 0,
    rule.peaks > 1 ? 0 : (month.atLeastW ?? 0),
  );
  const powerMwh = gridPowerW === null ? null : (Math.max(0, gridPowerW) * 1000 * leftUs) / hourUs;
  const leftMwh =
    countedMwh === null ? null : Math.max(0, (limitW * 1000 * (endUs - startUs)) / hourUs - countedMwh);
  const power = (mwh: number) => meanPowerW(mwh, startUs, endUs);
  return {
    startUs,
    endUs,
    soFarW: countedMwh === null ? null : power(countedMwh),
    projectedW: countedMwh === null || powerMwh === null ? null : power(countedMwh + powerMwh),
    limitW,
    leftMwh,
    leftW: leftMwh === null ? null : (leftMwh * (hourUs / leftUs)) / 1000,
  };
}
