/** Copies rows of Home Assistant's statistics to the store in the order of time, a few entities and months at once. */
import type { StatisticsPeriod } from '../../home/home-assistant.ts';
import {
  type HomeAssistant,
  HomeAssistantUnavailable,
  type HomeStatisticsRow,
  statisticsPeriodUs,
} from '../../home/home-assistant.ts';
import type { Interval } from '../../units/interval.ts';
import type { StatisticsStore } from '../evidence/statistics-store.ts';

/** Rows asked for, held and written at once: about a megabyte of Home Assistant's answer. */
const pieceRows = 8640;
export const entitiesPerPiece = 12;

/** Home Assistant is connected and does not answer with these statistics. */
export class StatisticsRefused extends Error {
  override name = 'StatisticsRefused';
}

/** A stretch of time, and the entities to fetch in it. */
export interface Piece extends Interval {
  readonly entityIds: readonly string[];
}

/**
 * The next stretch of time and the entities that are due in it; null when all have reached `endUs`. All go forward
 * together, because the store writes rows fastest in the order of time.
 */
export function nextStretch(
  nextUs: ReadonlyMap<string, number>,
  endUs: number,
  period: StatisticsPeriod,
): Piece | null {
  const open = [...nextUs].filter(([, atUs]) => atUs < endUs);
  if (open.length === 0) return null;
  const startUs = open.reduce((least, [, atUs]) => Math.min(least, atUs), Number.POSITIVE_INFINITY);
  const dueBefore = (beforeUs: number) =>
    open.filter(([, atUs]) => atUs < beforeUs).map(([entityId]) => entityId);
  let rows = pieceRows / entitiesPerPiece;
  // The fewer entities are in a stretch, the longer it may be.
  while (dueBefore(startUs + 2 * rows * statisticsPeriodUs[period]).length * 2 * rows <= pieceRows) rows *= 2;
  const pieceEndUs = Math.min(endUs, startUs + rows * statisticsPeriodUs[period]);
  return { entityIds: dueBefore(pieceEndUs), startUs, endUs: pieceEndUs };
}

/**
 * Copies one piece. Rejects with StatisticsRefused, HomeAssistantUnavailable, or the store's error; may be repeated.
 * @param wants whether a row belongs to its entity: one in another unit does not
 * @param beforeWrite called with the rows before they are stored
 */
export async function copyPiece(
  homeAssistant: Pick<HomeAssistant, 'statistics'>,
  store: Pick<StatisticsStore, 'append'>,
  piece: Piece,
  period: StatisticsPeriod,
  wants: (row: HomeStatisticsRow) => boolean,
  beforeWrite: (rows: readonly HomeStatisticsRow[]) => Promise<void>,
): Promise<readonly HomeStatisticsRow[]> {
  const { entityIds, startUs, endUs } = piece;
  const answered = await asked(() => homeAssistant.statistics(entityIds, startUs, endUs, period));
  const rows = answered.filter(wants).sort((a, b) => a.startUs - b.startUs);
  if (rows.length === 0) return rows;
  await beforeWrite(rows);
  await store.append(rows);
  return rows;
}

/**
 * Asks Home Assistant. Rejects with HomeAssistantUnavailable when it is away, and with StatisticsRefused for any
 * other error.
 */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (cause instanceof HomeAssistantUnavailable) throw cause;
    throw new StatisticsRefused(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
