import { quarterStartUs } from '../units/quarter.ts';
import type { Entry } from './entry.ts';
import type { PowerReading } from './evidence.ts';
import { boundariesBetween, QuarterSheet } from './quarter-sheet.ts';

export interface PowerRules {
  /** A value is carried this long and no longer: silence past it is a gap, which is not filled. */
  readonly maxGapUs: number;
  /** From this power on a device counts as running; null where that means nothing. */
  readonly onAboveMw: number | null;
}

/** 1 mW for 1 µs is 1e-9 Ws, so 3.6e9 of them are one milliwatt-hour. */
const mwUsPerMwh = 3_600_000_000n;

/**
 * Posts a power sensor's readings to quarter-hours by the left rule: each value holds until the next reading, but not
 * past the longest gap. What lies in a gap is not known and not counted; the quarter's coverage tells how much that is.
 * Each quarter is rounded once, from the exact integral, so the order and number of readings leave no trace.
 * @param readings ascending by time, one per instant; the first may lie before fromUs and is carried in
 * @param nowUs how far the last value may be carried
 * @param newestUs the newest reading there is, maybe later than those given; it settles what lies before it
 */
export function postPower(
  rules: PowerRules,
  readings: readonly PowerReading[],
  fromUs: number,
  untilUs: number,
  nowUs: number,
  newestUs = readings.at(-1)?.atUs ?? Number.NEGATIVE_INFINITY,
): Entry[] {
  const sheet = new QuarterSheet(fromUs, untilUs);
  const workByQuarter = new Map<number, bigint>();
  for (const [index, reading] of readings.entries()) {
    if (reading.powerMw === null) continue;
    const nextUs = readings[index + 1]?.atUs ?? nowUs;
    const endUs = Math.min(nextUs, reading.atUs + rules.maxGapUs);
    const edges = [reading.atUs, ...boundariesBetween(reading.atUs, endUs), endUs];
    for (const [place, start] of edges.slice(0, -1).entries()) {
      const end = edges[place + 1] ?? endUs;
      if (end <= start) continue;
      const quarter = quarterStartUs(start);
      const work = BigInt(reading.powerMw) * BigInt(end - start);
      workByQuarter.set(quarter, (workByQuarter.get(quarter) ?? 0n) + work);
      sheet.add('quantity', quarter, {
        amountMicro: 0,
        coveredUs: end - start,
        quality:
          reading.origin === 'history' ? 'recovered' : reading.origin === 'import' ? 'imported' : 'measured',
        reason: 'integrated',
        firstEvidenceUs: reading.atUs,
        lastEvidenceUs: Math.min(nextUs, endUs),
        onTimeUs: rules.onAboveMw === null ? null : reading.powerMw >= rules.onAboveMw ? end - start : 0,
      });
    }
  }
  return sheet.entries(newestUs).map((entry) => ({
    ...entry,
    amountMicro: roundedMwh(workByQuarter.get(entry.quarterStartUs) ?? 0n),
  }));
}

/** To the nearest milliwatt-hour, halves away from zero. */
function roundedMwh(workMwUs: bigint): number {
  const sign = workMwUs < 0n ? -1n : 1n;
  return Number(sign * ((sign * workMwUs + mwUsPerMwh / 2n) / mwUsPerMwh)) + 0;
}
