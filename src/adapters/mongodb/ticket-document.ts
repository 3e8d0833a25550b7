/** Tickets as they are stored. Pure. */
import type { LedgerMismatch, Ticket } from '../../integrity/ticket.ts';
import { microFromValue } from '../../units/amount.ts';

/** Version 1, which had no number, has an English sentence in place of the statement. */
const schemaVersion = 2;

/** Keeps the names of the instants that tickets were first stored with. */
type StoredFields<T> = Omit<T, 'ticketId' | 'startUs' | 'endUs'> & {
  readonly _id: string;
  readonly fromUs: number;
  readonly untilUs: number;
};

type DocumentOfToday = StoredFields<Ticket> & { readonly schemaVersion: typeof schemaVersion };

type DocumentOfBefore = StoredFields<Omit<Ticket, 'statement' | 'unmended'>> & {
  readonly schemaVersion?: undefined;
  readonly detail: string;
};

export type TicketDocument = DocumentOfToday | DocumentOfBefore;

/** The document without its `_id`. */
export function documentOf({ ticketId, startUs, endUs, ...rest }: Ticket): Omit<DocumentOfToday, '_id'> {
  return { ...rest, fromUs: startUs, untilUs: endUs, schemaVersion };
}

/** Of either version; the sentence of a document of before is kept as it was written. */
export function ticketOf(document: TicketDocument): Ticket {
  if (document.schemaVersion === undefined) return ticketOfBefore(document);
  const { _id, fromUs, untilUs, schemaVersion: _, ...rest } = document;
  return { ...rest, ticketId: _id, startUs: fromUs, endUs: untilUs };
}

function ticketOfBefore({ _id, fromUs, untilUs, detail, ...rest }: DocumentOfBefore): Ticket {
  const { unmended, finding } = remarksIn(detail, rest.decision?.isAutomatic === true);
  return {
    ...rest,
    ...{ ticketId: _id, startUs: fromUs, endUs: untilUs, unmended },
    statement: { code: 'as_written', values: { detail: finding } },
  };
}

const leftOut = ' It was left out of what is counted.';
const unmendedRemark =
  / It could not be left out by itself: the ledger still counted (-?[\d.]+) (kWh|m³) there, where its readings tell (-?[\d.]+) (?:kWh|m³) at most\.$/;

/** What was done about it was appended to the sentence; today the decision says that, and `unmended`. */
function remarksIn(
  detail: string,
  isAutomatic: boolean,
): { readonly finding: string; readonly unmended: LedgerMismatch | null } {
  if (isAutomatic && detail.endsWith(leftOut))
    return { finding: detail.slice(0, -leftOut.length), unmended: null };
  const [remark, counted, unit, most] = unmendedRemark.exec(detail) ?? [];
  const [countedMicro, mostMicro] = [microFromValue(Number(counted)), microFromValue(Number(most))];
  if (remark === undefined || countedMicro === null || mostMicro === null)
    return { finding: detail, unmended: null };
  const unmended = { countedMicro, mostMicro, unit: unit === 'm³' ? 'm³' : 'kWh' } as const;
  return { finding: detail.slice(0, -remark.length), unmended };
}
