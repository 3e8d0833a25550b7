import type { HomeAssistant } from '../../home/home-assistant.ts';
import { HomeAssistantUnavailable, type HomeStatisticsRow } from '../../home/home-assistant.ts';
import type { StatisticsRecord, StatisticsStore } from '../../ledger/evidence/statistics-store.ts';
import type { Interval } from '../../units/interval.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';

/** Home Assistant answers, but not with these statistics. */
export class StatisticsRefused extends Error {
  override name = 'StatisticsRefused';
}

export async function rowsOf(
  homeAssistant: Pick<HomeAssistant, 'statistics'>,
  entity: Pick<ReconciledEntity, 'entityId' | 'unit'>,
  startUs: number,
  endUs: number,
  period: 'hour' | '5minute',
): Promise<HomeStatisticsRow[]> {
  try {
    const rows = await homeAssistant.statistics([entity.entityId], startUs, endUs, period);
    return rows.filter(({ unit }) => unit === entity.unit).sort((a, b) => a.startUs - b.startUs);
  } catch (cause) {
    if (cause instanceof HomeAssistantUnavailable) throw cause;
    throw new StatisticsRefused(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/**
 * Makes the rows that are kept as evidence those that Home Assistant has now: it corrects its past, and a run may have
 * been cut before it stored them.
 * @param rows Home Assistant's of one period, ascending
 * @returns the span that changed; null when nothing did
 */
export async function refreshRows(
  store: Pick<StatisticsStore, 'range' | 'append'>,
  entityId: string,
  rows: readonly HomeStatisticsRow[],
): Promise<Interval | null> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return null;
  // There may be more of them than Home Assistant has now.
  const periods = (last.endUs - first.startUs) / (first.endUs - first.startUs);
  const stored = await store.range(entityId, first.period, first.startUs, last.endUs, Math.ceil(periods));
  const known = new Map(stored.map((row) => [row.startUs, row]));
  const changed = rows.filter((row) => !isSame(row, known.get(row.startUs)));
  const [begin, end] = [changed[0], changed.at(-1)];
  if (begin === undefined || end === undefined) return null;
  await store.append(changed);
  // A row is evidence at its end.
  return { startUs: begin.startUs, endUs: end.endUs + 1 };
}

function isSame(row: HomeStatisticsRow, stored: StatisticsRecord | undefined): boolean {
  return (
    stored !== undefined &&
    stored.state === row.state &&
    stored.sum === row.sum &&
    stored.mean === row.mean &&
    stored.min === row.min &&
    stored.max === row.max
  );
}
