/** The sentence at the top of the Peaks page: a measured peak, or its bounds. Pure. */
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { formatInstant, formatPeriod, type Locale } from '../../format/instants.ts';
import { formatCount, formatPower } from '../../format/numbers.ts';
import { dateAt, includes, type Period, spanOf } from '../../period/period.ts';
import type { Texts } from '../../texts/en.ts';

export function sentenceOf(
  answer: CapacityMonth,
  period: Period,
  nowMs: number,
  t: Texts['peaks'],
  locale: Locale,
): string {
  const words = t.sentence;
  const { language, zone } = locale;
  const show = (watts: number) => formatPower(watts, language);
  const month = formatPeriod(period, language);
  const { monthly_peak_w: peakW, monthly_peak_ts: peakTs, at_least_w: leastW, at_most_w: mostW } = answer;
  if (peakW === null || peakTs === null) {
    if (spanOf(period, zone).startMs > nowMs) return words.future;
    if (leastW === null) return words.nothing(month);
    return mostW === null
      ? words.atLeast(month, show(leastW))
      : words.between(month, show(leastW), show(mostW));
  }
  // An hour's mean above every measured quarter-hour: the highest of those is not the month's peak.
  if (leastW !== null && leastW > peakW)
    return mostW === null
      ? words.bounded(month, show(leastW), show(peakW))
      : words.boundedMost(month, show(leastW), show(mostW), show(peakW));
  const when = formatInstant(peakTs, 'moment', locale);
  const text = includes(period, dateAt(nowMs, zone))
    ? words.peakSoFar(show(peakW), when)
    : words.peak(month, show(peakW), when);
  if (answer.measured_quarters >= answer.expected_quarters) return text;
  if (mostW === null) return text + words.mayBeHigherUnknown;
  return mostW > peakW ? text + words.mayBeHigher(show(mostW)) : text;
}

/** The basis of the billed peak: months measured in part, months without a peak, and its bounds. */
export function billedText(answer: CapacityMonth, t: Texts['peaks'], language: string): string {
  const {
    billed_peak_w: billedW,
    billed_months: months,
    billed_partial_months: partial,
    billed_of_months: all,
    billed_at_least_w: leastW,
    billed_at_most_w: mostW,
  } = answer;
  const show = (watts: number) => formatPower(watts, language);
  const count = (value: number) => formatCount(value, language);
  const isExact = leastW !== null && leastW === mostW;
  const bounds =
    leastW === null || isExact
      ? ''
      : mostW === null
        ? t.billedLeast(t.least(show(leastW)))
        : t.billedBounds(t.bounds(show(leastW), show(mostW)));
  if (billedW === null) return t.billedNone + bounds;
  return (
    t.billedNote(count(months), months === 1, show(answer.floor_w)) +
    (partial === 0 ? '' : t.billedPartly(count(partial), partial === 1)) +
    (months >= all ? '' : t.billedUnknown(count(all - months), count(all))) +
    bounds
  );
}

/** Bounds of a month's peak that was not measured; null when it was measured, or nothing is known. */
export function boundsText(answer: CapacityMonth, t: Texts['peaks'], language: string): string | null {
  const { monthly_peak_w: peakW, at_least_w: leastW, at_most_w: mostW } = answer;
  if (leastW === null || (peakW !== null && peakW >= leastW)) return null;
  const show = (watts: number) => formatPower(watts, language);
  return mostW === null ? t.least(show(leastW)) : t.bounds(show(leastW), show(mostW));
}

/** How the meter's own peak compares with ours, and what may explain a difference. */
export function meterText(answer: CapacityMonth, t: Texts['peaks'], language: string): string {
  const { meter_difference_w: differenceW, meter_difference_reason: reason } = answer;
  if (reason === null) return t.meterNote;
  if (reason === 'rounding') return t.meterAgrees;
  const words = t.meterReasons[reason];
  if (differenceW === null) return words;
  return `${t.meterDiffers(formatPower(Math.abs(differenceW), language), differenceW > 0)} ${words}`;
}
