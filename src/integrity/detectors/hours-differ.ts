/**
 * Our hours compared with those of Home Assistant's statistics. Pure. A difference with a known reason is no finding: a row
 * after hours without one carries all of them (so the stretch is compared), a `sum` that began anew, quarter-hours that are
 * provisional or estimates, and hours that come from these rows, or were reported no finer than by the hour.
 */

import type { CounterKind } from '../../ledger/counter/counter-state.ts';
import type { Entry } from '../../ledger/entries/entry.ts';
import type { RecordedStatistics } from '../../ledger/evidence/statistics-evidence.ts';
import { microFromValue } from '../../units/amount.ts';
import { hourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { AmountUnit } from '../statement.ts';
import type { Finding } from '../ticket.ts';
import { registerFigure } from './figures.ts';
import type { RegisterPoint } from './register-path.ts';

/** An hour may differ by the larger of these: 2 Wh or 2 litres, and half a percent. */
export const tolerance = { absoluteMicro: 2000, relative: 0.005 } as const;

/** @param moreMicro what is allowed besides */
export function isWithinTolerance(oursMicro: number, theirsMicro: number, moreMicro = 0): boolean {
  const allowed = Math.max(tolerance.absoluteMicro, tolerance.relative * Math.abs(theirsMicro));
  return Math.abs(oursMicro - theirsMicro) <= allowed + moreMicro;
}

/** What Home Assistant counted in [startUs, endUs): an hour, or several when rows are missing. */
export interface Stretch extends Interval {
  /** By its running total. */
  readonly theirsMicro: number;
  /** By the register in its rows; null where that fell or is missing. */
  readonly registerMicro: number | null;
}

/**
 * A total that fell, and not as the register did, began anew: what was counted since the row before is then known by the
 * register, or not at all where that began anew as well.
 * @param rows hours, ascending; the first one is only the beginning, for what came before it is not known
 */
export function stretchesOf(rows: readonly RecordedStatistics[]): Stretch[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    if (before === undefined || before.sum === null || row.sum === null || row.startUs < before.endUs)
      return [];
    const theirsMicro = microFromValue(row.sum - before.sum);
    if (theirsMicro === null) return [];
    const moved = before.state === null || row.state === null ? null : row.state - before.state;
    const movedMicro = moved === null ? null : microFromValue(moved);
    const registerMicro = movedMicro === null || movedMicro < 0 ? null : movedMicro;
    const isFall = movedMicro !== null && isWithinTolerance(theirsMicro, movedMicro);
    if (theirsMicro < 0 && registerMicro === null && !isFall) return [];
    return [{ startUs: before.endUs, endUs: row.endUs, theirsMicro, registerMicro }];
  });
}

type Comparison =
  | { readonly kind: 'agrees' }
  /** They can't be compared, or differ for a known reason. */
  | {
      readonly kind: 'explained';
      readonly why: 'unposted' | 'provisional' | 'estimated' | 'rows' | 'sum_restarted';
    }
  | { readonly kind: 'differs'; readonly oursMicro: number; readonly theirsMicro: number };

/** @param entries the meter's current entries; more of them may be given than lie in the stretch */
export function compareStretch(stretch: Stretch, entries: readonly Entry[]): Comparison {
  const { startUs, endUs, theirsMicro, registerMicro } = stretch;
  const inside = entries.filter(
    (entry) =>
      entry.kind === 'quantity' &&
      entry.reason !== 'withdrawn' &&
      entry.quarterHourStartUs >= startUs &&
      entry.quarterHourStartUs < endUs,
  );
  const oursMicro = inside.reduce((sum, entry) => sum + entry.amountMicro, 0);
  if (inside.length > 0 && isWithinTolerance(oursMicro, theirsMicro)) return { kind: 'agrees' };
  if (inside.length < (endUs - startUs) / (hourUs / 4)) {
    // A meter's first hours, or those before it was tracked: there is nothing to compare.
    return { kind: 'explained', why: 'unposted' };
  }
  if (inside.some((entry) => entry.isProvisional)) return { kind: 'explained', why: 'provisional' };
  if (inside.some(({ quality }) => quality === 'estimated' || quality === 'none'))
    return { kind: 'explained', why: 'estimated' };
  if (inside.every(({ quality }) => quality === 'hourly')) return { kind: 'explained', why: 'rows' };
  if (registerMicro !== null && isWithinTolerance(oursMicro, registerMicro))
    return { kind: 'explained', why: 'sum_restarted' };
  return { kind: 'differs', oursMicro, theirsMicro };
}

/**
 * What Home Assistant would have counted in a stretch from our own readings: each reading at its instant and not spread
 * over the time before, small falls subtracted. When this is theirs, by their total or by the register beside it (a total may
 * begin anew), the readings are the same and only the rules differ.
 * @param path the reading before the stretch first, then those in it
 */
export function countedAsCore(kind: CounterKind, path: readonly RegisterPoint[]): number {
  return path.reduce((sum, after, index) => {
    const before = path[index - 1];
    if (before === undefined) return sum;
    const isReset = kind === 'rising' && after.registerMicro < before.registerMicro * 0.9;
    return sum + after.registerMicro - (isReset ? 0 : before.registerMicro);
  }, 0);
}

/** Readings that are further apart than this around an hour's end do not show the register at that moment. */
export const boundaryUs = hourUs / 4;

/**
 * What a register counted between the last reading before an hour's begin or end and the first after it: Home Assistant has
 * all of it in one hour, we have a part in each.
 * @param path ascending
 */
export function boundaryStep(path: readonly RegisterPoint[], atUs: number): number {
  const before = path.findLast((point) => point.atUs < atUs);
  const after = path.find((point) => point.atUs >= atUs);
  if (before === undefined || after === undefined || after.atUs - before.atUs > boundaryUs) return 0;
  return Math.abs(after.registerMicro - before.registerMicro);
}

export interface DifferingStretch extends Interval {
  readonly oursMicro: number;
  readonly theirsMicro: number;
}

/** Hours that follow on one another and differ are one finding. @param stretches ascending */
export function hoursFindings(
  entityId: string,
  unit: AmountUnit,
  stretches: readonly DifferingStretch[],
): Finding[] {
  const joined: DifferingStretch[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    if (last === undefined || last.endUs !== stretch.startUs) joined.push(stretch);
    else
      joined[joined.length - 1] = {
        startUs: last.startUs,
        endUs: stretch.endUs,
        oursMicro: last.oursMicro + stretch.oursMicro,
        theirsMicro: last.theirsMicro + stretch.theirsMicro,
      };
  }
  return joined.map(({ startUs, endUs, oursMicro, theirsMicro }) => ({
    kind: 'hours_differ',
    entityId,
    startUs,
    endUs,
    statement: { code: 'hours_differ', values: { oursMicro, theirsMicro, unit } },
    evidence: [
      registerFigure('ours', oursMicro, unit),
      registerFigure('theirs', theirsMicro, unit),
      registerFigure('difference', oursMicro - theirsMicro, unit),
    ],
    relatedEntityId: null,
    choices: ['accept', 'set_value'],
  }));
}
