import type { Sender } from '@questdb/nodejs-client';
import type { CounterDip } from '../../ledger/counter/counter-dip.ts';
import type { Rhythm } from '../../ledger/counter/rhythm.ts';
import { entryCauses } from '../../ledger/entries/cause.ts';
import { entryKinds, entryReasons, qualities } from '../../ledger/entries/entry.ts';
import type { Opening } from '../../ledger/entries/ledger-store.ts';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import { openingsTable } from './ledger-schema.ts';
import { numberOf, numberOrNull, type Row, textOrNull, wordOf, wordOrNull } from './row.ts';

/** What `entryFromRow` needs. */
export const entryColumns = `kind, cast(timestamp AS LONG) AS quarter_us, amount, quality, covered, reason,
  cast(first_evidence AS LONG) AS first_us, cast(last_evidence AS LONG) AS last_us, on_time, provisional, revision,
  cast(posted_at AS LONG) AS posted_us, cause`;

interface EntryOf {
  readonly table: string;
  readonly entityId: string;
  readonly entry: PostedEntry;
}

export async function putEntry(sender: Sender, { table, entityId, entry }: EntryOf): Promise<void> {
  sender.table(table).symbol('entity_id', entityId).symbol('kind', entry.kind).symbol('reason', entry.reason);
  if (entry.cause !== null) sender.symbol('cause', entry.cause);
  sender.intColumn('amount', entry.amountMicro);
  sender.intColumn('quality', qualities.indexOf(entry.quality));
  sender.intColumn('covered', entry.coveredUs);
  sender.timestampColumn('first_evidence', entry.firstEvidenceUs, 'us');
  sender.timestampColumn('last_evidence', entry.lastEvidenceUs, 'us');
  if (entry.onTimeUs !== null) sender.intColumn('on_time', entry.onTimeUs);
  sender.booleanColumn('provisional', entry.isProvisional);
  sender.intColumn('revision', entry.revision);
  sender.timestampColumn('posted_at', entry.postedAtUs, 'us');
  await sender.at(entry.quarterHourStartUs, 'us');
}

export function entryFromRow(row: Row): PostedEntry {
  return {
    kind: wordOf(row, 'kind', entryKinds),
    quarterHourStartUs: numberOf(row, 'quarter_us'),
    amountMicro: numberOf(row, 'amount'),
    quality: qualities[numberOf(row, 'quality')] ?? 'none',
    coveredUs: numberOf(row, 'covered'),
    reason: wordOf(row, 'reason', entryReasons),
    firstEvidenceUs: numberOf(row, 'first_us'),
    lastEvidenceUs: numberOf(row, 'last_us'),
    onTimeUs: numberOrNull(row, 'on_time'),
    isProvisional: row.provisional === true,
    revision: numberOf(row, 'revision'),
    postedAtUs: numberOf(row, 'posted_us'),
    cause: wordOrNull(row, 'cause', entryCauses),
  };
}

/** What `openingFromRow` needs. */
export const openingColumns = `cast(timestamp AS LONG) AS quarter_us, baseline, register, cast(at AS LONG) AS at_us,
  cast(last_reset AS LONG) AS last_reset_us, cast(absent_since AS LONG) AS absent_us, told_by,
  corrected, delivered, cast(since AS LONG) AS since_us, cast(moved_at AS LONG) AS moved_us,
  cast(repeated_at AS LONG) AS repeated_us, repeated_every, repeats, foreseen, moves, dip, former`;

interface OpeningOf {
  readonly entityId: string;
  readonly opening: Opening;
}

export async function putOpening(sender: Sender, { entityId, opening }: OpeningOf): Promise<void> {
  const { state } = opening;
  sender
    .table(openingsTable)
    .symbol('entity_id', entityId)
    .symbol('told_by', state?.reportedBy ?? 'none');
  if (state !== null) {
    sender.intColumn('baseline', state.baselineMicro).intColumn('register', state.registerMicro);
    sender.timestampColumn('at', state.atUs, 'us');
    if (state.lastResetAtUs !== null) sender.timestampColumn('last_reset', state.lastResetAtUs, 'us');
    if (state.absentSinceUs !== null) sender.timestampColumn('absent_since', state.absentSinceUs, 'us');
    const { correction } = state;
    if (correction !== null) sender.booleanColumn('corrected', true);
    // Most registers last moved at their newest evidence; an equal value is not stored.
    if (state.sinceUs !== state.atUs) sender.timestampColumn('since', state.sinceUs, 'us');
    if (state.movedAtUs !== state.atUs) sender.timestampColumn('moved_at', state.movedAtUs, 'us');
    if (state.foreseenMoves > 0) sender.intColumn('foreseen', state.foreseenMoves);
    const { repeats } = state;
    if (repeats !== null) {
      sender.timestampColumn('repeated_at', repeats.lastUs, 'us');
      sender.intColumn('repeated_every', repeats.everyUs).intColumn('repeats', repeats.count);
    }
    if (state.rhythm.length > 0) sender.stringColumn('moves', textOfRhythm(state.rhythm));
    if (correction?.deliveredMicro != null) sender.intColumn('delivered', correction.deliveredMicro);
    if (state.dip !== null) sender.stringColumn('dip', JSON.stringify(state.dip));
    if (state.formerMicro !== null) sender.intColumn('former', state.formerMicro);
  }
  await sender.at(opening.quarterHourStartUs, 'us');
}

export function openingFromRow(row: Row): Opening {
  const quarterHourStartUs = numberOf(row, 'quarter_us');
  if (row.baseline === null) return { quarterHourStartUs, state: null };
  return {
    quarterHourStartUs,
    state: {
      baselineMicro: numberOf(row, 'baseline'),
      registerMicro: numberOf(row, 'register'),
      atUs: numberOf(row, 'at_us'),
      sinceUs: numberOrNull(row, 'since_us') ?? numberOf(row, 'at_us'),
      movedAtUs: numberOrNull(row, 'moved_us') ?? numberOf(row, 'at_us'),
      foreseenMoves: numberOrNull(row, 'foreseen') ?? 0,
      repeats:
        row.repeats === null
          ? null
          : {
              count: numberOf(row, 'repeats'),
              everyUs: numberOf(row, 'repeated_every'),
              lastUs: numberOf(row, 'repeated_us'),
            },
      rhythm: rhythmOfText(textOrNull(row, 'moves')),
      lastResetAtUs: numberOrNull(row, 'last_reset_us'),
      absentSinceUs: numberOrNull(row, 'absent_us'),
      reportedBy: row.told_by === 'row' ? 'row' : 'reading',
      correction: row.corrected === true ? { deliveredMicro: numberOrNull(row, 'delivered') } : null,
      dip: typeof row.dip === 'string' ? (JSON.parse(row.dip) as CounterDip) : null,
      formerMicro: numberOrNull(row, 'former'),
    },
  };
}

/**
 * Interval and amount of each move, oldest first, in base 36: short, because there is one per quarter-hour and meter.
 */
function textOfRhythm(rhythm: Rhythm): string {
  return rhythm
    .map(({ intervalS, amountMicro }) => `${intervalS.toString(36)} ${amountMicro.toString(36)}`)
    .join(',');
}

function rhythmOfText(text: string | null): Rhythm {
  if (text === null) return [];
  return text.split(',').map((move) => {
    const [intervalS, amountMicro] = move.split(' ').map((digits) => Number.parseInt(digits, 36));
    if (
      intervalS === undefined ||
      amountMicro === undefined ||
      !Number.isSafeInteger(intervalS + amountMicro)
    )
      throw new TypeError(`not a rhythm: ${text}`);
    return { intervalS, amountMicro };
  });
}
