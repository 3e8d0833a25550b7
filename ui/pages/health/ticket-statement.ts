/** What was found, as a sentence in the user's language and number format. Pure. */
import type { TicketStatement, TicketValues } from '../../../src/schemas/ticket-statements.ts';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { formatDuration } from '../../format/durations.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import type { Say } from '../../texts/en-tickets.ts';
import { quantityText } from './ticket-words.ts';

/** Also why it could not be left out without a person, if that was tried. */
export function statementText(ticket: TicketRow, t: Texts, language: string): string {
  const say: Say = {
    amount: (value, unit) => quantityText(value, unit, t, language),
    duration: (seconds) => formatDuration(seconds, language, t.units),
    power: (watts) => quantityText(watts, 'W', t, language),
    count: (value) => formatCount(value, language),
    bytes: (value) => formatBytes(value, language),
  };
  const found = sentence(ticket, t.health.tickets.statements, say);
  const { unmended } = ticket;
  if (unmended === null) return found;
  const { counted, most, unit } = unmended;
  return `${found} ${t.health.tickets.unmended(say.amount(counted, unit), say.amount(most, unit))}`;
}

function sentence<C extends keyof TicketValues>(
  { code, values }: TicketStatement<C>,
  texts: Texts['health']['tickets']['statements'],
  say: Say,
): string {
  return texts[code](values, say);
}
