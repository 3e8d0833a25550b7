/**
 * Goal: a ticket is read as it was stored, and one of before says the same as its sentence did.
 * Method: documents of both versions; the API's words of a document of before are its own sentence.
 */
import { describe, expect, it } from 'vitest';
import { ticketRow } from '../../api/answers/ticket-row.ts';
import type { Ticket, TicketDecision } from '../../integrity/ticket.ts';
import { documentOf, type TicketDocument, ticketOf } from './ticket-document.ts';

const automatic: TicketDecision = {
  ...{ choice: 'exclude', valueMicro: null, isAutomatic: true, by: null, notes: '', atUs: 9 },
  correctionIds: ['ticket spike sensor.a 5'],
};
const fields: Omit<Ticket, 'ticketId' | 'startUs' | 'endUs' | 'decision' | 'unmended' | 'statement'> = {
  ...{ kind: 'spike', entityId: 'sensor.a', status: 'open', evidence: [], relatedEntityId: null },
  ...{ choices: ['exclude', 'accept'], syncId: null, openedAtUs: 7, closedAtUs: null },
};
const before = (detail: string, decision: TicketDecision | null): TicketDocument => ({
  ...fields,
  ...{ _id: 'spike sensor.a 5', fromUs: 5, untilUs: 6, detail, decision },
});

const ticket: Ticket = {
  ...fields,
  ...{ ticketId: 'spike sensor.a 5', startUs: 5, endUs: 6, decision: null },
  statement: { code: 'id_reused', values: { entityId: 'sensor.a' } },
  unmended: { countedMicro: 5, mostMicro: 3, unit: 'kWh' },
};

it('a ticket is stored in the current version and read as it was', () => {
  const document = documentOf(ticket);
  expect(document).toMatchObject({ schemaVersion: 2, fromUs: 5, untilUs: 6 });
  expect(ticketOf({ ...document, _id: ticket.ticketId })).toEqual(ticket);
});

const went = 'The register went from 1 kWh to 0 kWh for one reading and came back to 1 kWh.';
const remark = (unit: string) =>
  ` It could not be left out by itself: the ledger still counted -0.25 ${unit} there, where its readings tell 0.002 ${unit} at most.`;

describe('a ticket of before', () => {
  it.each<[string, string, TicketDecision | null, string, Ticket['unmended']]>([
    ['a plain sentence', went, null, went, null],
    ['what was left out', `${went} It was left out of what is counted.`, automatic, went, null],
    [
      'that it could not be left out',
      `${went}${remark('kWh')}`,
      ...([null, went, { countedMicro: -250_000, mostMicro: 2000, unit: 'kWh' }] as const),
    ],
    [
      'that volume could not be left out',
      `${went}${remark('m³')}`,
      ...([null, went, { countedMicro: -250_000, mostMicro: 2000, unit: 'm³' }] as const),
    ],
    [
      'a sentence that no program wrote',
      `${went}${remark('kWh')} Odd.`,
      null,
      `${went}${remark('kWh')} Odd.`,
      null,
    ],
  ])('keeps %s', (_, detail, decision, kept, unmended) => {
    const read = ticketOf(before(detail, decision));
    expect(read).toEqual({
      ...fields,
      ...{ ticketId: 'spike sensor.a 5', startUs: 5, endUs: 6, decision, unmended },
      statement: { code: 'as_written', values: { detail: kept } },
    });
    const { detail: answered } = ticketRow({ entity: () => null }, read);
    expect(answered.replace('readings give', 'readings tell')).toBe(detail);
  });
});
