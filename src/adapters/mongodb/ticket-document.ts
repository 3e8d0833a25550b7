/** Tickets as they are stored. Pure. */
import type { LedgerMismatch, Ticket } from '../../integrity/ticket.ts';
import { microFromValue } from '../../units/amount.ts';
import { DocumentVersion, type Stored } from './document-version.ts';

/** Keeps the names of the instants that tickets were first stored with. */
type StoredInstants<T> = Omit<T, 'ticketId' | 'startUs' | 'endUs'> & {
  readonly fromUs: number;
  readonly untilUs: number;
};
type TicketFields = StoredInstants<Ticket>;
/** Version 1 has an English sentence in place of the statement. */
type FirstFields = StoredInstants<Omit<Ticket, 'statement' | 'unmended'>> & { readonly detail: string };

export type TicketDocument = Stored<TicketFields> | Stored<FirstFields>;

export const ticketCollection = 'tickets';
const version = new DocumentVersion<TicketFields>(ticketCollection, [statedFrom]);

/** The document without its `_id`. */
export function documentOf({
  ticketId: _,
  startUs,
  endUs,
  ...rest
}: Ticket): Omit<Stored<TicketFields>, '_id'> {
  return version.stamped({ ...rest, fromUs: startUs, untilUs: endUs });
}

/** Of either version. Throws when a newer program stored it. */
export function ticketOf(document: TicketDocument): Ticket {
  const { _id, fromUs, untilUs, ...rest } = version.read(document);
  return { ...rest, ticketId: _id, startUs: fromUs, endUs: untilUs };
}

/** The sentence is kept as it was written. */
function statedFrom({ detail, ...rest }: FirstFields): TicketFields {
  const { unmended, finding } = remarksIn(detail, rest.decision?.isAutomatic === true);
  return { ...rest, unmended, statement: { code: 'as_written', values: { detail: finding } } };
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
