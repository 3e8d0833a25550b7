import { bucketStartUs } from '../units/calendar.ts';
import type { PeakRule } from './peak-rules.ts';
import { meanPowerW, type PeakWindow } from './peak-windows.ts';

/** The mean power of one window. */
export interface Peak {
  readonly startUs: number;
  readonly powerW: number;
}

export interface MonthPeak {
  /** Of the highest windows that were measured, by the rule; null when too few were. */
  readonly powerW: number | null;
  /** The windows that it is the mean of, highest first and the first of equals. */
  readonly counted: readonly Peak[];
  /** Bounds of the month's peak. Both equal the peak when every window was measured. */
  readonly atLeastW: number | null;
  readonly atMostW: number | null;
  readonly measuredWindows: number;
  /** How many windows that count have passed in the month so far. */
  readonly expectedWindows: number;
}

/**
 * @param windows of one month so far, ascending
 * @param measuredBelow the number of further measured windows, none higher than the highest of `windows`
 */
export function monthPeak(
  rule: PeakRule,
  windows: readonly PeakWindow[],
  zone: string,
  measuredBelow = 0,
): MonthPeak {
  const expectedWindows = windows.length + measuredBelow;
  const places = rule.isOnePerDay ? daysOf(windows, zone).size : expectedWindows;
  const count = Math.min(rule.peaks, places);
  const measured = windows.flatMap((window) =>
    window.energyMwh === null ? [] : [peakOf(window, window.energyMwh)],
  );
  const highest = topPeaks(rule, measured, count, zone);
  const isEnough = count > 0 && highest.length >= count;
  const least = windows.filter((window) => window.isKnown).map((window) => peakOf(window, window.atLeastMwh));
  const most = windows.flatMap((window) =>
    window.atMostMwh === null ? [] : [peakOf(window, window.atMostMwh)],
  );
  const mean = (peaks: readonly Peak[]) =>
    topPeaks(rule, peaks, count, zone).reduce((sum, peak) => sum + peak.powerW, 0) / count;
  return {
    powerW: isEnough ? mean(measured) : null,
    counted: isEnough ? highest : [],
    atLeastW: least.length === 0 || count === 0 ? null : mean(least),
    atMostW: count > 0 && most.length === windows.length ? mean(most) : null,
    measuredWindows: measured.length + measuredBelow,
    expectedWindows,
  };
}

/** Windows that were measured, as peaks. */
export function measuredPeaks(windows: readonly PeakWindow[]): Peak[] {
  return windows.flatMap((window) => (window.energyMwh === null ? [] : [peakOf(window, window.energyMwh)]));
}

function peakOf(window: PeakWindow, energyMwh: number): Peak {
  return { startUs: window.startUs, powerW: meanPowerW(energyMwh, window.startUs, window.endUs) };
}

function daysOf(windows: readonly PeakWindow[], zone: string): Set<number> {
  return new Set(windows.map((window) => bucketStartUs(window.startUs, 'day', zone)));
}

/** The highest peaks, highest first, the earlier of equals first; one for each day, where the rule requires it. */
export function topPeaks(rule: PeakRule, peaks: readonly Peak[], count: number, zone: string): Peak[] {
  const sorted = [...peaks].sort((a, b) => b.powerW - a.powerW || a.startUs - b.startUs);
  if (!rule.isOnePerDay) return sorted.slice(0, count);
  const days = new Set<number>();
  const top: Peak[] = [];
  for (const peak of sorted) {
    if (top.length >= count) break;
    const day = bucketStartUs(peak.startUs, 'day', zone);
    if (days.has(day)) continue;
    days.add(day);
    top.push(peak);
  }
  return top;
}

/** A month as the bill takes it. */
export type BilledMonth = Pick<
  MonthPeak,
  'powerW' | 'atLeastW' | 'atMostW' | 'measuredWindows' | 'expectedWindows'
> & {
  /** No month counts for less; watts. */
  readonly floorW: number;
};

/**
 * What a month counts for: its peak, but no less than the floor, nor than the lower bound of an hour's mean. Null
 * where nothing was measured, so that it does not count.
 */
export function countedW({ powerW, atLeastW, floorW }: BilledMonth): number | null {
  return powerW === null ? null : Math.max(floorW, powerW, atLeastW ?? 0);
}

type BilledReason = 'nothing_known' | 'only_bounds_are_known';

export interface BilledPeak {
  /** The mean over the months with a known peak, each raised to the floor, W; null when there is none. */
  readonly powerW: number | null;
  /** Why it is not known; null when it is. */
  readonly reason: BilledReason | null;
  readonly monthsKnown: number;
  /** Of those, the months in which a part was not measured: theirs may have been higher. */
  readonly monthsPartial: number;
  readonly monthsCounted: number;
  /** Bounds of the mean over all months; a month without entries counts for the floor at least. */
  readonly atLeastW: number | null;
  /** Null while the highest of a month is not known. */
  readonly atMostW: number | null;
}

/** @param months those that the bill takes, the billed one last. The floor applies to each before the mean is taken. */
export function billedPeak(months: readonly BilledMonth[]): BilledPeak {
  const raised = (month: BilledMonth, powerW: number) => Math.max(month.floorW, powerW);
  const known = months.filter((month) => month.powerW !== null);
  const isAnythingKnown = months.some((month) => month.atLeastW !== null);
  const isBounded = months.every((month) => month.atMostW !== null);
  return {
    powerW: meanOf(known.flatMap((month) => countedW(month) ?? [])),
    reason: known.length > 0 ? null : isAnythingKnown ? 'only_bounds_are_known' : 'nothing_known',
    monthsKnown: known.length,
    monthsPartial: known.filter((month) => month.measuredWindows < month.expectedWindows).length,
    monthsCounted: months.length,
    atLeastW: isAnythingKnown ? meanOf(months.map((month) => raised(month, month.atLeastW ?? 0))) : null,
    atMostW: isBounded ? meanOf(months.map((month) => raised(month, month.atMostW ?? 0))) : null,
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
