/**
 * Goal: gaps of one cause are one group, no other tickets are grouped, and none is lost.
 * Method: gaps at the same time, apart, closed; by property every ticket is in exactly one group.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TicketStatement } from '../../../src/schemas/ticket-statements.ts';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { groupTickets, spanOfGroup } from './ticket-groups.ts';

const startMs = Date.parse('2026-11-21T10:00:00Z');
const at = (minutes: number) => new Date(startMs + minutes * 60_000).toISOString();
const gap = (
  id: string,
  from = 0,
  until = 180,
  rest: Partial<Omit<TicketRow, keyof TicketStatement>> = {},
): TicketRow => ({
  ticket_id: id,
  kind: 'gap',
  status: 'open',
  entity_id: `sensor.${id}`,
  name: id,
  start: at(from),
  end: at(until),
  detail: '',
  code: 'gap_of_power',
  values: { lasted_seconds: 60 * (until - from), is_open: false },
  unmended: null,
  evidence: [],
  related_entity_id: null,
  choices: ['accept', 'set_value'],
  decision: null,
  is_undoable: false,
  sync_id: null,
  opened_at: at(200),
  closed_at: null,
  ...rest,
});
const ids = (rows: readonly TicketRow[]) =>
  groupTickets(rows).map((group) => group.map(({ ticket_id: id }) => id));

describe('tickets', () => {
  it('of meters with gaps at the same time are one group', () => {
    expect(ids([gap('a'), gap('b', 4, 186), gap('c', -10, 170)])).toEqual([['a', 'b', 'c']]);
    expect(spanOfGroup([gap('a'), gap('b', 4, 186), gap('c', -10, 170)])).toEqual({
      startMs: Date.parse(at(-10)),
      endMs: Date.parse(at(186)),
    });
  });

  it('stay apart with another time, choice, status or kind', () => {
    const apart = [
      gap('a'),
      gap('later', 60),
      gap('longer', 0, 400),
      gap('register', 0, 180, { choices: ['accept'] }),
      gap('done', 0, 180, { status: 'decided' }),
      gap('jump', 0, 180, { kind: 'register_jumped' }),
      gap('jump2', 0, 180, { kind: 'register_jumped' }),
      gap('home', 0, 180, { entity_id: null }),
    ];
    expect(ids(apart)).toEqual(apart.map(({ ticket_id: id }) => [id]));
  });

  it('are in exactly one group, in order', () => {
    const rows = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom<TicketRow['kind']>('gap', 'frozen')),
    );
    fc.assert(
      fc.property(rows, (some) => {
        const given = some.map(([from, kind], index) => gap(String(index), from, 180, { kind }));
        const groups = groupTickets(given);
        const order = (row: TicketRow) => given.indexOf(row);
        expect(
          groups
            .flat()
            .map(order)
            .sort((a, b) => a - b),
        ).toEqual(given.map(order));
        for (const group of groups) expect(group.map(order)).toEqual(group.map(order).sort((a, b) => a - b));
      }),
    );
  });
});
