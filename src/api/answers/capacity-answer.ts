/** The answer about a month's peaks. */
import type { CapacityMonth } from '../../schemas/p1.ts';
import type { CapacityOfMonth, RunningWindow } from '../../tariffs/capacity.ts';
import { meterPeakFinding } from '../../tariffs/meter-peak.ts';
import type { DatedPeakRule } from '../../tariffs/peak-rules.ts';
import { meanPowerW } from '../../tariffs/peak-windows.ts';
import { countedW, type MonthPeak, type Peak } from '../../tariffs/peaks.ts';
import { localIso, localMonth } from '../../units/calendar.ts';
import { valueOrNull } from './amounts.ts';

type CapacityAnswer = Omit<CapacityMonth, 'month' | 'device_id'>;

/** @param meterPeakW the meter's own peak; null when it reports none */
export function capacityAnswer(
  found: CapacityOfMonth,
  meterPeakW: number | null,
  zone: string,
  nowUs: number,
): CapacityAnswer {
  const { month, billed, rule, rolling, running } = found;
  const at = (us: number) => localIso(us, zone);
  const peakRow = (peak: Peak) => ({ bucket: at(peak.startUs), avg_power_w: peak.powerW });
  const [highest] = month.counted;
  const finding = meterPeakFinding(rule, month, meterPeakW, nowUs);
  return {
    rule: ruleRow(rule),
    peaks: found.quarters.flatMap((bucket) =>
      bucket.amountMicro === null
        ? []
        : [
            {
              bucket: at(bucket.startUs),
              avg_power_w: meanPowerW(bucket.amountMicro, bucket.startUs, bucket.endUs),
              quality: bucket.quality,
              provisional: bucket.isProvisional,
            },
          ],
    ),
    monthly_peak_w: month.powerW,
    monthly_peak_ts: highest === undefined ? null : at(highest.startUs),
    ...known(month),
    measured_quarters: month.measuredWindows,
    expected_quarters: month.expectedWindows,
    provisional: isRunning(rolling.at(-1)?.endUs ?? 0, nowUs),
    counted: month.counted.map(peakRow),
    billed_peak_w: billed.powerW,
    billed_reason: billed.reason,
    billed_months: billed.monthsKnown,
    billed_partial_months: billed.monthsPartial,
    billed_of_months: billed.monthsCounted,
    billed_at_least_w: billed.atLeastW,
    billed_at_most_w: billed.atMostW,
    floor_w: rule.floorW,
    rolling_12_month_w: rolling.map((one) => ({
      month: localMonth(one.startUs, zone),
      peak_w: one.powerW,
      peak_ts: one.peak === null ? null : at(one.peak.startUs),
      counted_w: countedW(one),
      ...known(one),
      provisional: isRunning(one.endUs, nowUs),
    })),
    top: found.top.map(peakRow),
    meter_peak_w: meterPeakW,
    meter_difference_w: finding?.differenceW ?? null,
    meter_difference_reason: finding?.reason ?? null,
    running: running === null ? null : runningRow(running, at),
  };
}

function isRunning(endUs: number, nowUs: number): boolean {
  return nowUs < endUs;
}

function known(month: MonthPeak) {
  const { powerW, atLeastW, atMostW, measuredWindows, expectedWindows } = month;
  return {
    reason:
      powerW !== null
        ? null
        : atLeastW === null
          ? ('nothing_known' as const)
          : ('only_bounds_are_known' as const),
    at_least_w: atLeastW,
    at_most_w: atMostW,
    coverage: expectedWindows === 0 ? null : Math.round((measuredWindows / expectedWindows) * 1e6) / 1e6,
  };
}

function ruleRow(rule: DatedPeakRule): CapacityAnswer['rule'] {
  const { counting } = rule;
  return {
    name: rule.name,
    window_minutes: rule.window === 'quarter' ? 15 : 60,
    peaks: rule.peaks,
    one_per_day: rule.isOnePerDay,
    counting:
      counting === null
        ? null
        : {
            weekdays: [...counting.weekdays],
            from_hour: counting.fromHour,
            until_hour: counting.untilHour,
          },
    months: rule.months,
    floor_w: rule.floorW,
  };
}

function runningRow(running: RunningWindow, at: (us: number) => string): CapacityAnswer['running'] {
  return {
    bucket: at(running.startUs),
    until: at(running.endUs),
    so_far_w: running.soFarW,
    projected_w: running.projectedW,
    limit_w: running.limitW,
    left_kwh: valueOrNull(running.leftMwh === null ? null : Math.round(running.leftMwh)),
    left_w: running.leftW,
  };
}
