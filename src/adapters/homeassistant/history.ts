/**
 * Every row of Home Assistant's recorder in a range, requested piece by piece: Core builds an answer in memory as one
 * message, and a sensor of every second has 20 MB a day.
 */
import type { EntityState } from '../../home/home-assistant.ts';
import { instantFromSeconds, isoFromInstant } from '../../units/instant.ts';
import { isRecord, recordsOf, type WireRecord } from './wire.ts';

export type SendHistoryCommand = (message: {
  readonly type: string;
  readonly [key: string]: unknown;
}) => Promise<unknown>;

const entitiesPerPiece = 10;
const firstPieceUs = 15 * 60 * 1_000_000;
const longestPieceUs = 7 * 86_400 * 1_000_000;
const shortestPieceUs = 1_000_000;
/** About 250 bytes each. */
const rowsPerPiece = 8000;

const nothing: WireRecord = {};

/** @see HomeAssistant.history. A recorded removal has the state null. */
export async function history(
  send: SendHistoryCommand,
  entityIds: readonly string[],
  startUs: number,
  endUs: number,
): Promise<EntityState[]> {
  const states: EntityState[] = [];
  let pieceUs = firstPieceUs;
  for (let first = 0; first < entityIds.length; first += entitiesPerPiece) {
    const some = entityIds.slice(first, first + entitiesPerPiece);
    for (let pieceStartUs = startUs; pieceStartUs < endUs; ) {
      const pieceEndUs = Math.min(pieceStartUs + pieceUs, endUs);
      const answer = await send(historyCommand(some, pieceStartUs, pieceEndUs));
      const rows = historyStates(answer, pieceStartUs, pieceEndUs);
      for (const row of rows) states.push(row);
      pieceUs = nextPieceUs(pieceUs, pieceEndUs - pieceStartUs, rows.length);
      pieceStartUs = pieceEndUs;
    }
  }
  return states.sort(
    (a, b) =>
      a.lastUpdatedUs - b.lastUpdatedUs || (a.entityId < b.entityId ? -1 : Number(a.entityId > b.entityId)),
  );
}

/** @see HomeAssistant.hasHistoryAt */
export async function hasHistoryAt(
  send: SendHistoryCommand,
  entityIds: readonly string[],
  atUs: number,
): Promise<boolean> {
  for (let first = 0; first < entityIds.length; first += entitiesPerPiece) {
    const answer = await send({
      ...historyCommand(entityIds.slice(first, first + entitiesPerPiece), atUs, atUs),
      include_start_time_state: true,
      minimal_response: true,
      no_attributes: true,
    });
    if (isRecord(answer) && Object.values(answer).some((rows) => recordsOf(rows).length > 0)) return true;
  }
  return false;
}

/** At most four times longer or shorter, so that the answers approach `rowsPerPiece` without a leap. */
function nextPieceUs(pieceUs: number, askedUs: number, rows: number): number {
  const factor = Math.min(4, Math.max(0.25, rowsPerPiece / Math.max(rows, 1)));
  // The last piece of a range is cut short and says little about the next.
  if (askedUs < pieceUs && factor > 1) return pieceUs;
  return Math.min(longestPieceUs, Math.max(shortestPieceUs, Math.round(pieceUs * factor)));
}

function historyCommand(entityIds: readonly string[], startUs: number, endUs: number) {
  return {
    type: 'history/history_during_period',
    // Core leaves the start itself out, and its instants carry parts of a microsecond.
    start_time: isoFromInstant(startUs - 1),
    end_time: isoFromInstant(endUs + 1),
    entity_ids: entityIds,
    include_start_time_state: false,
    significant_changes_only: false,
    minimal_response: false,
    no_attributes: false,
  };
}

/** The rows of one answer that lie in [startUs, endUs). Rows carry complete attributes; `lc` is there only where it differs. */
export function historyStates(answer: unknown, startUs: number, endUs: number): EntityState[] {
  const states: EntityState[] = [];
  if (!isRecord(answer)) return states;
  for (const [entityId, rows] of Object.entries(answer)) {
    for (const row of recordsOf(rows)) {
      const seconds = typeof row.lu === 'number' ? row.lu : row.lc;
      if (typeof seconds !== 'number' || !Number.isFinite(seconds)) continue;
      const lastUpdatedUs = instantFromSeconds(seconds);
      if (lastUpdatedUs < startUs || lastUpdatedUs >= endUs) continue;
      states.push({
        entityId,
        // The recorder keeps a removal as an empty state.
        state: typeof row.s === 'string' && row.s !== '' ? row.s : null,
        attributes: isRecord(row.a) ? row.a : nothing,
        lastUpdatedUs,
      });
    }
  }
  return states;
}
