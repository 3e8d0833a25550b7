import type { Quality } from '../ledger/entries/entry.ts';
import { valueFromMicro } from '../units/amount.ts';
import { quarterHourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';
import { type Bucket, coverageOf } from './bucket.ts';
import type { Facts } from './figures/statistic.ts';
import type { RegisterBefore } from './ledger-views.ts';

/** What meters with a ledger count. */
export type Counted = 'energy' | 'volume';

/** What is known about one entity in one bucket of the home's clock, and what that rests on. Without its cost. */
export interface PeriodFigures extends Interval, Omit<Facts, 'cost' | 'isMeter'> {
  /** Quarter-hours with an entry, of a value its readings. */ readonly count: number;
  readonly coverage: number;
  readonly quality: Quality;
  readonly isProvisional: boolean;
}

const measuredQualities: readonly Quality[] = ['measured', 'imported', 'recovered'];

/**
 * How long the time is that a bucket's amount stands for: where it was measured that time alone, else its
 * quarter-hours.
 */
export function knownUs(bucket: Bucket): number {
  return measuredQualities.includes(bucket.quality) ? bucket.coveredUs : bucket.quarters * quarterHourUs;
}

const perUnit = { energy: 1000, volume: 1_000_000 } as const satisfies Record<Counted, number>;

/** Mean power in W of energy, mean flow in m³/h of volume; null when nothing is known. */
export function meanRate(bucket: Bucket, counted: Counted): number | null {
  const us = knownUs(bucket);
  if (bucket.amountMicro === null || us === 0) return null;
  return Math.round((bucket.amountMicro * 3_600_000_000) / us) / perUnit[counted];
}

/** The same of one quarter-hour's amount. */
export function quarterHourRate(amountMicro: number | null, counted: Counted): number | null {
  return amountMicro === null ? null : (amountMicro * 4) / perUnit[counted];
}

/** The statistics of one bucket of a meter, in the units of the answer: values in kWh or m³, peaks in W or m³/h. */
export function meterFigures(
  bucket: Bucket,
  counted: Counted,
  registerMicro: number | null,
  nowUs: number,
): PeriodFigures {
  return {
    startUs: bucket.startUs,
    endUs: bucket.endUs,
    state: registerMicro === null ? null : valueFromMicro(registerMicro),
    sum: bucket.amountMicro === null ? null : valueFromMicro(bucket.amountMicro),
    mean: meanRate(bucket, counted),
    min: quarterHourRate(bucket.lowestMicro, counted),
    max: quarterHourRate(bucket.highestMicro, counted),
    count: bucket.quarters,
    coverage: coverageOf(bucket, nowUs),
    quality: bucket.quality,
    isProvisional: bucket.isProvisional,
  };
}

/**
 * The register (micro) at the end of each bucket: as reported at that instant, or before the next evidence, wherever
 * that lies.
 * @param endsUs ascending
 * @param known ascending
 * @param exactly what was reported at an end itself
 * @param newestMicro the register after all evidence, for ends past the last of `known`
 */
export function registersAt(
  endsUs: readonly number[],
  known: readonly RegisterBefore[],
  exactly: ReadonlyMap<number, number>,
  newestMicro: number | null,
): (number | null)[] {
  let at = 0;
  return endsUs.map((endUs) => {
    while ((known[at]?.atUs ?? endUs) < endUs) at += 1;
    const next = known[at];
    const reported = exactly.get(endUs);
    if (reported !== undefined) return reported;
    return next === undefined ? newestMicro : next.registerMicro;
  });
}
