/**
 * Rows of Home Assistant's statistics, requested piece by piece: Core builds an answer in memory as one message, and
 * a year of hourly rows of one statistic is a megabyte.
 */

import { isExternalStatistic } from '../../home/entity.ts';
import {
  type HomeStatistic,
  type HomeStatisticsRow,
  type StatisticsPeriod,
  statisticsPeriodUs,
} from '../../home/home-assistant.ts';
import { instantFromMs, isoFromInstant } from '../../units/instant.ts';
import { type CanonicalUnit, canonicalUnit, toCanonical } from '../../units/quantity.ts';
import { isRecord, recordsOf, textOf, type WireRecord } from './wire.ts';

export type SendStatisticsCommand = (message: {
  readonly type: string;
  readonly [key: string]: unknown;
}) => Promise<unknown>;

const entitiesPerPiece = 12;
/** About 120 bytes each. */
const rowsPerPiece = 8640;
/** For months Core reads all hours of the years asked for. */
const entitiesPerOverview = 5;

/** By unit class. Without it Core answers in the unit that the entity shows today. */
const units: Readonly<Record<string, CanonicalUnit>> = {
  energy: canonicalUnit.energy,
  volume: canonicalUnit.volume,
  power: canonicalUnit.power,
};

/** @see HomeAssistant.statistics */
export async function statistics(
  send: SendStatisticsCommand,
  entityIds: readonly string[],
  startUs: number,
  endUs: number,
  period: StatisticsPeriod,
): Promise<HomeStatisticsRow[]> {
  const found: HomeStatisticsRow[] = [];
  for (let first = 0; first < entityIds.length; first += entitiesPerPiece) {
    const some = entityIds.slice(first, first + entitiesPerPiece);
    const unitOf = unitsOf(await send({ type: 'recorder/get_statistics_metadata', statistic_ids: some }));
    const known = some.filter((entityId) => unitOf.has(entityId));
    // Core takes an empty list for all.
    if (known.length === 0) continue;
    const pieceUs = Math.floor(rowsPerPiece / known.length) * statisticsPeriodUs[period];
    for (let pieceStartUs = startUs; pieceStartUs < endUs; pieceStartUs += pieceUs) {
      const pieceEndUs = Math.min(pieceStartUs + pieceUs, endUs);
      const answer = await send({
        type: 'recorder/statistics_during_period',
        start_time: isoFromInstant(pieceStartUs),
        end_time: isoFromInstant(pieceEndUs),
        statistic_ids: known,
        period,
        types: ['state', 'sum', 'mean', 'min', 'max'],
        units,
      });
      for (const row of statisticsRows(answer, period, pieceStartUs, pieceEndUs, unitOf)) found.push(row);
    }
  }
  return found;
}

/** @see HomeAssistant.statisticsMetadata */
export async function statisticsMetadata(
  send: SendStatisticsCommand,
  statisticIds: readonly string[],
): Promise<HomeStatistic[]> {
  // Core takes an empty list for all.
  if (statisticIds.length === 0) return [];
  const answer = await send({ type: 'recorder/get_statistics_metadata', statistic_ids: statisticIds });
  return recordsOf(answer).flatMap((one) => {
    const statisticId = textOf(one.statistic_id);
    return statisticId === null ? [] : [{ statisticId, name: textOf(one.name), unit: shownUnit(one) }];
  });
}

/** @see HomeAssistant.firstStatistics */
export async function firstStatistics(
  send: SendStatisticsCommand,
  entityIds: readonly string[],
): Promise<Map<string, number>> {
  const firsts = new Map<string, number>();
  for (let first = 0; first < entityIds.length; first += entitiesPerOverview) {
    const answer = await send({
      type: 'recorder/statistics_during_period',
      start_time: isoFromInstant(0),
      statistic_ids: entityIds.slice(first, first + entitiesPerOverview),
      period: 'month',
      types: ['state', 'mean'],
    });
    if (!isRecord(answer)) continue;
    for (const [entityId, rows] of Object.entries(answer)) {
      const startMs = recordsOf(rows)[0]?.start;
      // Before the epoch it is no instant of ours.
      if (typeof startMs === 'number') firsts.set(entityId, Math.max(0, instantFromMs(startMs)));
    }
  }
  return firsts;
}

/**
 * The rows of one answer that start in [startUs, endUs), by entity, each in its canonical unit; null where there is
 * none.
 */
function statisticsRows(
  answer: unknown,
  period: StatisticsPeriod,
  startUs: number,
  endUs: number,
  unitOf: ReadonlyMap<string, string | null>,
): HomeStatisticsRow[] {
  if (!isRecord(answer)) return [];
  const found: HomeStatisticsRow[] = [];
  for (const [entityId, rows] of Object.entries(answer)) {
    const reportedUnit = unitOf.get(entityId) ?? null;
    const unit = reportedUnit === null ? null : (toCanonical(1, reportedUnit)?.unit ?? null);
    for (const row of recordsOf(rows)) {
      if (typeof row.start !== 'number') continue;
      const rowStartUs = instantFromMs(row.start);
      if (rowStartUs < startUs || rowStartUs >= endUs) continue;
      const value = (column: string) => numberOf(row, column, unit === null ? null : reportedUnit);
      // What `state` means in an external statistic is up to its source, often the hour's amount. Home Assistant
      // counts the differences of its sums, so its sum is the register.
      const register = isExternalStatistic(entityId) ? 'sum' : 'state';
      found.push({
        entityId,
        period,
        startUs: rowStartUs,
        endUs: rowStartUs + statisticsPeriodUs[period],
        state: value(register),
        sum: value('sum'),
        mean: value('mean'),
        min: value('min'),
        max: value('max'),
        unit,
      });
    }
  }
  return found;
}

/** A column that applies to none of the statistics asked for is absent, one that applies to others is null. */
function numberOf(row: WireRecord, column: string, unit: string | null): number | null {
  const value = row[column];
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return unit === null ? value : (toCanonical(value, unit)?.value ?? null);
}

/** In what unit the rows of each statistic come; a statistic that Core does not have is absent. */
function unitsOf(metadata: unknown): Map<string, string | null> {
  return new Map(
    recordsOf(metadata).flatMap((one) => {
      const id = textOf(one.statistic_id);
      if (id === null) return [];
      const unitClass = textOf(one.unit_class);
      const asked = unitClass === null ? undefined : units[unitClass];
      return [[id, asked ?? shownUnit(one)] as const];
    }),
  );
}

function shownUnit(metadata: WireRecord): string | null {
  return textOf(metadata.display_unit_of_measurement) ?? textOf(metadata.statistics_unit_of_measurement);
}
