/** What a user enters for a decision, and what is sent for it. Pure. */
import type { TicketDraft, TicketOutcome, TicketRow } from '../../../src/schemas/tickets.ts';
import { formatCount } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import { quantityText, quantityUnit } from './ticket-words.ts';

export type Choice = TicketRow['choices'][number];

/** The figures as they are typed. */
export interface Fields {
  readonly value: string;
  readonly oldRegister: string;
  readonly newRegister: string;
}

function parseNumber(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** What is sent for a choice; null while figures that it needs are missing. */
export function draftOf(choice: Choice, fields: Fields): TicketDraft | null {
  switch (choice) {
    case 'accept':
    case 'exclude':
      return { choice };
    case 'set_value': {
      const value = parseNumber(fields.value);
      return value === null ? null : { choice, value };
    }
    case 'exchange': {
      const [old, fresh] = [parseNumber(fields.oldRegister), parseNumber(fields.newRegister)];
      if (fresh === null || (old === null && fields.oldRegister.trim() !== '')) return null;
      // The last register of the old meter may be unknown.
      return { choice, new_register: fresh, ...(old === null ? {} : { old_register: old }) };
    }
  }
}

/** Registers from the evidence. */
export function firstFields({ evidence }: TicketRow): Fields {
  const figure = (name: string) => {
    const value = evidence.find((one) => one.name === name)?.value;
    return value === undefined ? '' : String(value);
  };
  return { value: '', oldRegister: figure('register_before'), newRegister: figure('register_after') };
}

/** "412.6 kWh becomes 1.4 kWh, in 1 quarter-hour." */
export function previewText({ changes, ticket }: TicketOutcome, t: Texts, language: string): string {
  const words = t.health.tickets;
  if (changes === null || changes.entries === 0) return words.previewSame;
  const unit = quantityUnit(ticket);
  const shown = (value: number | null) =>
    value === null ? words.previewUnknown : quantityText(value, unit, t, language);
  return words.preview(
    formatCount(changes.entries, language),
    changes.entries === 1,
    shown(changes.quantity_before),
    shown(changes.quantity_after),
  );
}
