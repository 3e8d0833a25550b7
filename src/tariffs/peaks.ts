import { quarterUs } from '../units/quarter.ts';

/**
 * Peaks of fixed clock quarters, offtake only. A peak is made of quarters that were measured as quarters; where only an
 * hour is known, it bounds the peak and never is one (hourly means understate real quarters by a quarter to a third).
 */
export interface QuarterOfftake {
  readonly startUs: number;
  /** Milliwatt-hours taken from the grid; null when not known. */
  readonly offtakeMwh: number | null;
  /** Measured as a quarter, so that it may be a peak; false for spread hours, estimates and quarters only part-covered. */
  readonly isMeasured: boolean;
}

export interface Peak {
  readonly startUs: number;
  readonly powerW: number;
}

export interface MonthPeak {
  /** The highest measured quarter, the first of equals; null when none was measured. */
  readonly peak: Peak | null;
  /** What the month's peak lies between, from all that is known. Equal to the peak when every quarter was measured. */
  readonly atLeastW: number | null;
  readonly atMostW: number | null;
  readonly measuredQuarters: number;
  readonly expectedQuarters: number;
}

/** Mean power of a quarter in watts: milliwatt-hours times four, over a thousand. */
export function quarterPowerW(energyMwh: number): number {
  return (energyMwh * 4) / 1000;
}

/**
 * @param quarters ascending; those of one month that are known
 * @param expectedQuarters how many the month has had so far
 */
export function monthPeak(quarters: readonly QuarterOfftake[], expectedQuarters: number): MonthPeak {
  let peak: Peak | null = null;
  let measuredQuarters = 0;
  for (const { startUs, offtakeMwh, isMeasured } of quarters) {
    if (!isMeasured || offtakeMwh === null) continue;
    measuredQuarters += 1;
    const powerW = quarterPowerW(offtakeMwh);
    if (peak === null || powerW > peak.powerW) peak = { startUs, powerW };
  }
  const hours = unmeasuredHours(quarters);
  const measuredW = peak?.powerW ?? null;
  // In an hour of 1 kWh the highest quarter had at least its mean, 1 kW, and at most all of it, 4 kW.
  const atLeastW = highest([measuredW, ...hours.map((mwh) => mwh / 1000)]);
  const isComplete = measuredQuarters >= expectedQuarters;
  const isBounded = knownQuarters(quarters) >= expectedQuarters;
  const atMostW = isComplete
    ? measuredW
    : isBounded
      ? highest([measuredW, ...hours.map(quarterPowerW)])
      : null;
  return { peak, atLeastW, atMostW, measuredQuarters, expectedQuarters };
}

function knownQuarters(quarters: readonly QuarterOfftake[]): number {
  return quarters.filter(({ offtakeMwh }) => offtakeMwh !== null).length;
}

/** What was used in each hour of which some quarter is not measured. */
function unmeasuredHours(quarters: readonly QuarterOfftake[]): number[] {
  const byHour = new Map<number, number>();
  for (const { startUs, offtakeMwh, isMeasured } of quarters) {
    if (isMeasured || offtakeMwh === null) continue;
    const hour = Math.floor(startUs / (4 * quarterUs));
    byHour.set(hour, (byHour.get(hour) ?? 0) + offtakeMwh);
  }
  return [...byHour.values()];
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** The highest quarters, highest first, the earlier of equals first. */
export function topPeaks(quarters: readonly QuarterOfftake[], count: number): Peak[] {
  return quarters
    .flatMap(({ startUs, offtakeMwh, isMeasured }) =>
      isMeasured && offtakeMwh !== null ? [{ startUs, powerW: quarterPowerW(offtakeMwh) }] : [],
    )
    .sort((a, b) => b.powerW - a.powerW || a.startUs - b.startUs)
    .slice(0, count);
}

/** How a country bills peaks: data, dated by the tariff version that holds it. Flanders is the first. */
export interface PeakRule {
  /** No month counts for less; watts. */
  readonly floorW: number;
  /** Over how many months, the billed one included, the mean is taken. */
  readonly months: number;
}

export interface BilledPeak {
  /** The mean over the months that are known, each raised to the floor; null when none is. */
  readonly powerW: number | null;
  readonly monthsKnown: number;
  readonly monthsCounted: number;
}

/**
 * @param monthPeaksW the peaks of the last months, the billed one last; null where nothing was measured. The floor
 *   applies to each month before the mean is taken.
 */
export function billedPeak(rule: PeakRule, monthPeaksW: readonly (number | null)[]): BilledPeak {
  const counted = monthPeaksW.slice(-rule.months);
  const known = counted.filter((powerW) => powerW !== null).map((powerW) => Math.max(rule.floorW, powerW));
  const sum = known.reduce((total, powerW) => total + powerW, 0);
  return {
    powerW: known.length === 0 ? null : sum / known.length,
    monthsKnown: known.length,
    monthsCounted: counted.length,
  };
}

/** Mean power of the running quarter if the present power goes on to its end; null when either part is not known. */
export function projectedPowerW(
  countedMwh: number | null,
  powerW: number | null,
  quarterStartUs: number,
  nowUs: number,
): number | null {
  if (countedMwh === null || powerW === null) return null;
  const leftUs = Math.max(0, quarterStartUs + quarterUs - nowUs);
  return quarterPowerW(countedMwh) + (Math.max(0, powerW) * leftUs) / quarterUs;
}
