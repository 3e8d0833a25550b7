/** A ticket in words: its title, its figures, the decision. Pure. */
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { formatDuration } from '../../format/durations.ts';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatCount, formatRegister } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

export function titleOf(
  { kind, name, entity_id: entityId }: TicketRow,
  t: Texts['health']['tickets'],
): string {
  return t.kinds[kind](name ?? entityId ?? t.home);
}

interface ShownFigure {
  readonly name: TicketRow['evidence'][number]['name'];
  readonly label: string;
  readonly text: string;
}

/** Empty for a single figure, which the sentence already has. */
export function figuresOf({ evidence }: TicketRow, t: Texts, { language }: Locale): ShownFigure[] {
  if (evidence.length === 1) return [];
  return evidence.map(({ name, value, unit }) => ({
    name,
    label: t.health.tickets.figures[name],
    text: quantityText(value, unit, t, language),
  }));
}

export function quantityText(value: number, unit: string, t: Texts, language: string): string {
  if (unit === 's') return formatDuration(value, language, t.units);
  return unit === '' ? formatCount(value, language) : formatRegister(value, unit, language);
}

/** kWh, or m³ if the evidence is a volume. */
export function quantityUnit({ evidence }: TicketRow): string {
  return evidence.find(({ unit }) => unit === 'kWh' || unit === 'm³')?.unit ?? 'kWh';
}

/** "Left out by Anna, 21 Nov, 12:00"; null without a decision. */
export function decisionText(ticket: TicketRow, t: Texts, locale: Locale): string | null {
  const { decision } = ticket;
  if (decision === null) return null;
  const words = t.health.tickets;
  const what =
    decision.value === null
      ? words.decided[decision.choice]
      : words.setTo(quantityText(decision.value, quantityUnit(ticket), t, locale.language));
  const who = decision.by ?? (decision.automatic ? words.app : words.somebody);
  const when = formatInstant(decision.at, 'moment', locale);
  return words.decidedBy(what, who, when);
}
