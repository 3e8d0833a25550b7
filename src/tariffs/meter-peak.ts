import { minuteUs, quarterHourUs } from '../units/durations.ts';
import type { PeakRule } from './peak-rules.ts';
import type { MonthPeak } from './peaks.ts';

/**
 * Why the meter's own peak of a month differs from ours. `rounding`: no more than steps of
 * registers and the instants of readings make; `not_measured`: the meter's lies within what we leave open; `running`:
 * our peak has just been, and the meter may not have reported it; `unexplained`: none of these.
 */
type MeterPeakReason = 'rounding' | 'not_measured' | 'running' | 'unexplained';

interface MeterPeakFinding {
  /** The meter's less ours, W; null when we measured no peak. */
  readonly differenceW: number | null;
  readonly reason: MeterPeakReason;
}

/**
 * A register steps by 1 Wh, which is 4 W of a quarter-hour, at both its ends and of both tariffs; and a jump of the
 * load between two readings at a quarter-hour's edge is shared out in proportion to time.
 */
const toleratedW = 20;
const toleratedPart = 0.01;
/** From the end of a quarter-hour until the meter, its integration and this app have reported it. */
const reportedWithinUs = 10 * minuteUs;

/**
 * The meter's own peak beside ours: a finding, never in its place. Null where the two are not comparable, or one of
 * them is unknown.
 */
export function meterPeakFinding(
  rule: PeakRule,
  month: Pick<MonthPeak, 'powerW' | 'counted' | 'atLeastW' | 'atMostW'>,
  meterW: number | null,
  nowUs: number,
): MeterPeakFinding | null {
  const isAsTheMeter = rule.window === 'quarter' && rule.peaks === 1 && rule.counting === null;
  if (meterW === null || month.atLeastW === null || !isAsTheMeter) return null;
  const { powerW, atLeastW, atMostW, counted } = month;
  const toleranceW = Math.max(toleratedW, toleratedPart * meterW);
  const differenceW = powerW === null ? null : meterW - powerW;
  const isWithin = meterW >= atLeastW - toleranceW && (atMostW === null || meterW <= atMostW + toleranceW);
  // Where an hour's mean is above every measured quarter-hour, the real peak was not measured.
  const isMeasured = powerW !== null && powerW >= atLeastW;
  const reason = (): MeterPeakReason => {
    if (isMeasured && Math.abs(meterW - powerW) <= toleranceW) return 'rounding';
    if (isWithin) return 'not_measured';
    const peakUs = counted[0]?.startUs ?? Number.NEGATIVE_INFINITY;
    const isNew = nowUs - (peakUs + quarterHourUs) < reportedWithinUs;
    return isNew && meterW < atLeastW ? 'running' : 'unexplained';
  };
  return { differenceW, reason: reason() };
}
