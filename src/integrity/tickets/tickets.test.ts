/**
 * Goal: the same thing is one ticket however often it is found, each choice declares its correction, and each can be undone.
 * Method: findings by hand through the service, with stores in memory.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { quietLog } from '../../recording/testing/doubles.ts';
import { MemoryCorrections, MemoryTicketStore } from '../testing/doubles.ts';
import type { Finding, TicketKind } from '../ticket.ts';
import type { TicketAnswer } from './ticket-correction.ts';
import { type CheckedScope, type Detected, mendedPerReport, newPerReport, Tickets } from './tickets.ts';

let store: MemoryTicketStore;
let corrections: MemoryCorrections;
let tickets: Tickets;
let nowUs = 1_000_000;
let changes = 0;
let names: Map<string, string>;
let countedMicro: number | null = null;
let asked: unknown[] = [];
let warned: unknown[] = [];

beforeEach(() => {
  store = new MemoryTicketStore();
  corrections = new MemoryCorrections();
  changes = 0;
  countedMicro = null;
  asked = [];
  warned = [];
  names = new Map();
  tickets = new Tickets({
    store,
    corrections,
    counted: async (entityId, span) => {
      asked.push([entityId, span]);
      return countedMicro;
    },
    clock: { nowUs: () => (nowUs += 1), monotonicMs: () => 0 },
    idNow: (entityId) => names.get(entityId) ?? entityId,
    log: { ...quietLog, warn: (fields) => warned.push(fields) },
    onChange: () => {
      changes += 1;
    },
  });
});

function finding(kind: TicketKind, startUs = 100, extra: Partial<Finding> = {}): Finding {
  return {
    ...{ kind, entityId: 'sensor.meter', startUs, endUs: startUs + 50 },
    statement: { code: 'gap_of_home', values: { lastedUs: 50, isOpen: false } },
    ...{ evidence: [{ name: 'register_after', value: 200, unit: 'kWh' }], relatedEntityId: null },
    choices: ['exchange', 'set_value', 'exclude', 'accept'],
    ...extra,
  };
}
const ask = (kind: TicketKind, startUs = 100, extra: Partial<Finding> = {}): Detected => ({
  finding: finding(kind, startUs, extra),
  handling: 'ask',
});
const everything: CheckedScope = {
  kinds: ['register_jumped', 'register_fell', 'hours_differ', 'gap'],
  entityIds: new Set(['sensor.meter']),
  home: true,
  startUs: 0,
  endUs: 10_000,
};
const answer = (choice: TicketAnswer['choice'], extra: Partial<TicketAnswer> = {}): TicketAnswer => ({
  ...{ choice, valueMicro: null, oldRegisterMicro: null, newRegisterMicro: null, notes: '' },
  ...extra,
});
const only = () => {
  const [ticket, ...others] = store.tickets.values();
  if (ticket === undefined || others.length > 0) throw new Error(`${store.tickets.size} tickets`);
  return ticket;
};

describe('a report', () => {
  it('opens a ticket once, and passes it when it is not found again in a checked scope', async () => {
    expect(await tickets.report([ask('register_jumped')], everything, 'run-1')).toEqual({
      opened: 1,
      passed: 0,
    });
    expect(await tickets.report([ask('register_jumped')], everything, 'run-2')).toEqual({
      opened: 0,
      passed: 0,
    });
    expect(only()).toMatchObject({
      ticketId: 'register_jumped sensor.meter 100',
      status: 'open',
      syncId: 'run-1',
    });
    expect([store.saves, changes]).toEqual([1, 1]);
    await tickets.report([], { ...everything, startUs: 101 }, 'run-3');
    await tickets.report([], { ...everything, kinds: ['gap'] }, 'run-3');
    await tickets.report([], { ...everything, entityIds: new Set() }, 'run-3');
    await tickets.report([], null, 'run-3');
    expect(only().status).toBe('open');
    expect(await tickets.report([], everything, 'run-4')).toEqual({ opened: 0, passed: 1 });
    expect(only()).toMatchObject({ status: 'passed', closedAtUs: expect.any(Number) });
    await tickets.report([ask('register_jumped')], everything, 'run-5');
    expect(only()).toMatchObject({ status: 'open', closedAtUs: null });
  });

  it('takes the end of a stretch for the ticket of the whole', async () => {
    await tickets.report([ask('hours_differ', 100)], everything, null);
    await tickets.report([ask('hours_differ', 120)], { ...everything, startUs: 120 }, null);
    expect(only()).toMatchObject({ startUs: 100, endUs: 150, status: 'open' });
    // Also when the range is larger than what was found in it.
    expect(await tickets.report([ask('hours_differ', 120)], everything, null)).toEqual({
      opened: 0,
      passed: 0,
    });
  });

  it.each<[string, Detected]>([
    ['begins where it ends', ask('hours_differ', 150)],
    ['is another kind of thing', ask('gap', 120)],
    ['is of another meter', ask('hours_differ', 120, { entityId: 'sensor.other' })],
  ])('opens one of its own for what %s', async (_, other) => {
    await tickets.report([ask('hours_differ', 100)], null, null);
    expect(await tickets.report([other], null, null)).toEqual({ opened: 1, passed: 0 });
  });

  it('opens a new ticket within one that has passed', async () => {
    await tickets.report([ask('hours_differ', 100)], everything, null);
    await tickets.report([], everything, null);
    expect(await tickets.report([ask('hours_differ', 120)], everything, null)).toEqual({
      opened: 1,
      passed: 0,
    });
    expect([...store.tickets.values()].map(({ status }) => status)).toEqual(['passed', 'open']);
  });

  it('opens one ticket for a finding that comes twice', async () => {
    expect(await tickets.report([ask('gap'), ask('gap')], null, null)).toEqual({ opened: 1, passed: 0 });
  });

  it('lets pass what begins in [startUs, endUs) of its scope', async () => {
    await tickets.report([ask('gap', 100)], null, null);
    await tickets.report([], { ...everything, endUs: 100 }, null);
    expect(only().status).toBe('open');
    await tickets.report([], { ...everything, startUs: 100, endUs: 101 }, null);
    expect(only().status).toBe('passed');
  });

  it('publishes changes, and only changes', async () => {
    await tickets.report([ask('gap')], null, null);
    expect([changes, tickets.open()?.get('gap')]).toEqual([1, 1]);
    await tickets.report([ask('gap')], null, null);
    expect(changes).toBe(1);
    await tickets.report([ask('gap', 100, { endUs: 900 })], null, null);
    expect(changes).toBe(2);
    await tickets.report([], everything, null);
    expect([changes, tickets.open()?.get('gap')]).toEqual([3, undefined]);
    await tickets.report([ask('gap', 100, { endUs: 900 })], null, null);
    await tickets.resolve(only().ticketId, answer('accept'), 'Anna', false);
    expect(changes).toBe(5);
    await tickets.report([ask('gap', 100, { endUs: 950 })], null, null);
    expect([changes, only().endUs]).toEqual([5, 900]);
  });

  it('is closed from the beginning where there is nothing to decide', async () => {
    await tickets.report([{ finding: finding('gap', 100, { choices: [] }), handling: 'record' }], null, null);
    expect(only()).toMatchObject({ status: 'mended', closedAtUs: only().openedAtUs });
    await tickets.report([ask('gap', 500)], null, null);
    expect([...store.tickets.values()].at(-1)).toMatchObject({ status: 'open', closedAtUs: null });
  });

  it('follows what grows, and closes what is over', async () => {
    await tickets.report([ask('gap')], null, null);
    const statement = { code: 'gap_of_home', values: { lastedUs: 50, isOpen: true } } as const;
    await tickets.report([ask('gap', 100, { statement })], null, null);
    expect(only()).toMatchObject({ statement, status: 'open' });
    await tickets.report([ask('gap', 100, { statement, endUs: 900 })], null, null);
    expect(only()).toMatchObject({ endUs: 900, statement, status: 'open' });
    expect(changes).toBe(3);
    await tickets.report([{ finding: finding('gap', 100, { choices: [] }), handling: 'record' }], null, null);
    expect(only()).toMatchObject({ status: 'mended', choices: [], decision: null });
  });

  it('mends a spike by itself, once, so that an undo stands', async () => {
    const spike: Detected = { finding: finding('spike'), handling: 'exclude' };
    await tickets.report([spike], everything, 'run-1');
    const { ticketId, status, decision } = only();
    expect([status, decision?.isAutomatic, decision?.by]).toEqual(['mended', true, null]);
    expect([...corrections.kept.values()]).toMatchObject([
      { kind: 'exclusion', startUs: 100, endUs: 151, ticketId },
    ]);
    expect(only().unmended).toBeNull();
    expect(await tickets.undo(ticketId)).toMatchObject({ kind: 'done', changes: { entries: 1 } });
    await tickets.report([spike], everything, 'run-2');
    expect([only().status, corrections.kept.size]).toEqual(['open', 0]);
  });

  it('stays open when the ledger refuses the exclusion', async () => {
    corrections.refuses = { field: 'atUs', refusal: { code: 'amount_exists' } };
    await tickets.report([{ finding: finding('spike'), handling: 'exclude' }], everything, null);
    expect(only().status).toBe('open');
    expect(warned).toEqual([{ ticketId: 'spike sensor.meter 100', why: 'amount_exists' }]);
  });

  it.each([
    ['may not be left out', { choices: ['accept'] }],
    ['concerns no single meter', { entityId: null }],
  ] as const)('asks about what %s', async (_, extra) => {
    await tickets.report([{ finding: finding('spike', 100, extra), handling: 'exclude' }], everything, null);
    expect([only().status, corrections.kept.size]).toEqual(['open', 0]);
  });

  it('opens a limited number, and one more with the number of the others', async () => {
    const many = Array.from({ length: newPerReport + 7 }, (_, n) =>
      ask('gap', n < newPerReport ? 1000 + 100 * n : 30_000 - 100 * n),
    );
    expect(await tickets.report(many, null, null)).toEqual({ opened: newPerReport, passed: 0 });
    expect(store.tickets.size).toBe(newPerReport + 1);
    const more = [...store.tickets.values()].find(({ entityId }) => entityId === null);
    expect(more?.statement).toEqual({ code: 'more_found', values: { findings: 7 } });
    // From the first of them until the last ends.
    expect(more).toMatchObject({ kind: 'gap', startUs: 30_000 - 5600, endUs: 30_000 - 5000 + 50 });
  });
});

describe('a choice', () => {
  it.each([
    ['register_jumped', answer('exclude'), { kind: 'amount', startUs: 100, endUs: 150, amountMicro: 0 }],
    ['register_fell', answer('exclude'), { kind: 'amount', amountMicro: 0 }],
    ['spike', answer('exclude'), { kind: 'exclusion', startUs: 100, endUs: 151 }],
    ['frozen', answer('exclude'), { kind: 'exclusion', startUs: 100, endUs: 150 }],
    [
      'gap',
      answer('set_value', { valueMicro: 7 }),
      { kind: 'amount', startUs: 100, endUs: 150, amountMicro: 7 },
    ],
    [
      'register_fell',
      answer('exchange'),
      { kind: 'exchange', atUs: 150, oldRegisterMicro: null, newRegisterMicro: 200_000_000 },
    ],
    [
      'register_fell',
      answer('exchange', { oldRegisterMicro: 9, newRegisterMicro: 3 }),
      { kind: 'exchange', atUs: 150, oldRegisterMicro: 9, newRegisterMicro: 3 },
    ],
  ] as const)('of %s is declared to the ledger, and taken back', async (kind, chosen, expected) => {
    await tickets.report([ask(kind)], null, null);
    const { ticketId } = only();
    const reported = await tickets.resolve(ticketId, chosen, 'Anna', true);
    expect(reported).toMatchObject({ kind: 'done', ticket: { status: 'open' }, changes: { entries: 1 } });
    expect([corrections.kept.size, corrections.previews]).toEqual([0, 1]);
    const done = await tickets.resolve(ticketId, chosen, 'Anna', false);
    expect(done).toMatchObject({
      kind: 'done',
      ticket: {
        status: 'decided',
        decision: { by: 'Anna', choice: chosen.choice, isAutomatic: false, valueMicro: chosen.valueMicro },
      },
    });
    expect([...corrections.kept.values()]).toMatchObject([
      { ...expected, entityId: 'sensor.meter', ticketId },
    ]);
    expect(await tickets.resolve(ticketId, chosen, 'Anna', false)).toEqual({
      kind: 'conflict',
      conflict: { code: 'not_open', values: { status: 'decided', isUndoable: true } },
    });
    // Found again it stays decided.
    await tickets.report([ask(kind)], everything, null);
    expect(only().status).toBe('decided');
    expect(await tickets.undo(ticketId)).toMatchObject({
      kind: 'done',
      ticket: { status: 'open', decision: null },
    });
    expect(corrections.kept.size).toBe(0);
    expect(await tickets.undo(ticketId)).toEqual({
      kind: 'conflict',
      conflict: { code: 'nothing_decided' },
    });
  });

  it('to accept leaves the ledger as it is', async () => {
    await tickets.report([ask('hours_differ')], null, null);
    const done = await tickets.resolve(only().ticketId, answer('accept'), 'Anna', false);
    expect(done).toMatchObject({ kind: 'done', changes: null });
    expect([only().status, corrections.kept.size]).toEqual(['decided', 0]);
  });

  it('keeps a value only where the value is the choice', async () => {
    await tickets.report([ask('gap')], null, null);
    const done = await tickets.resolve(only().ticketId, answer('exclude', { valueMicro: 7 }), 'Anna', false);
    expect(done).toMatchObject({ ticket: { decision: { valueMicro: null } } });
  });

  it('comes too late for what has passed', async () => {
    await tickets.report([ask('gap')], everything, null);
    await tickets.report([], everything, null);
    expect(await tickets.resolve(only().ticketId, answer('accept'), 'Anna', false)).toEqual({
      kind: 'conflict',
      conflict: { code: 'not_open', values: { status: 'passed', isUndoable: false } },
    });
  });

  it('is refused where it can not be', async () => {
    await tickets.report(
      [ask('gap', 100, { choices: ['accept', 'set_value', 'exchange'], evidence: [] })],
      null,
      null,
    );
    const { ticketId } = only();
    const refusal = async (chosen: TicketAnswer) => tickets.resolve(ticketId, chosen, 'Anna', false);
    expect(await refusal(answer('exclude'))).toEqual({
      kind: 'refused',
      field: 'choice',
      refusal: { code: 'not_offered', values: { offered: ['accept', 'set_value', 'exchange'] } },
    });
    expect(await refusal(answer('set_value'))).toEqual({
      kind: 'refused',
      field: 'value',
      refusal: { code: 'value_needed' },
    });
    expect(await refusal(answer('exchange'))).toEqual({
      kind: 'refused',
      field: 'new_register',
      refusal: { code: 'new_register_needed' },
    });
    corrections.refuses = { field: 'amountMicro', refusal: { code: 'amount_negative' } };
    expect(await refusal(answer('set_value', { valueMicro: 1 }))).toEqual({
      kind: 'refused',
      field: 'value',
      refusal: { code: 'amount_negative' },
    });
    expect(await tickets.resolve('gap sensor.other 1', answer('accept'), 'Anna', false)).toEqual({
      kind: 'unknown',
    });
    expect(only().status).toBe('open');
    await tickets.report([ask('gap', 100, { endUs: 151, choices: [] })], null, null);
    expect(await refusal(answer('accept'))).toMatchObject({
      refusal: { code: 'not_offered', values: { offered: [] } },
    });
  });

  it('is declared of the name that the meter has by then', async () => {
    await tickets.report([ask('register_jumped')], null, null);
    const { ticketId } = only();
    names.set('sensor.meter', 'sensor.renamed');
    expect(await tickets.resolve(ticketId, answer('exclude'), 'Anna', false)).toMatchObject({ kind: 'done' });
    expect([...corrections.kept.values()]).toMatchObject([{ entityId: 'sensor.renamed', ticketId }]);
    expect(await tickets.undo(ticketId)).toMatchObject({ kind: 'done' });
    expect(corrections.kept.size).toBe(0);
  });

  it('made again after a crash is the same', async () => {
    await tickets.report([ask('register_jumped')], null, null);
    const before = only();
    await tickets.resolve(before.ticketId, answer('exclude'), 'Anna', false);
    store.tickets.set(before.ticketId, before);
    await tickets.resolve(before.ticketId, answer('set_value', { valueMicro: 3 }), 'Anna', false);
    expect([...corrections.kept.values()]).toMatchObject([{ kind: 'amount', amountMicro: 3 }]);
  });

  it('rejects while the store is down and can be made after', async () => {
    await tickets.report([ask('register_jumped')], null, null);
    const { ticketId } = only();
    store.isDown = true;
    await expect(tickets.resolve(ticketId, answer('accept'), 'Anna', false)).rejects.toThrow();
    store.isDown = false;
    expect(await tickets.resolve(ticketId, answer('accept'), 'Anna', false)).toMatchObject({ kind: 'done' });
  });
});

describe('what is mended by itself', () => {
  const claim = { startUs: 100, endUs: 1000, leastMicro: 100, mostMicro: 2000 };
  const spike = (startUs = 100): Detected => ({
    finding: finding('spike', startUs, { choices: ['exclude', 'accept'] }),
    handling: 'exclude',
    claim,
  });
  const statuses = () => [...store.tickets.values()].map(({ status }) => status);

  it.each([100, 150, 2000, null])('is mended while the ledger holds %s of 100 to 2000', async (micro) => {
    countedMicro = micro;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'mended', decision: { isAutomatic: true } });
    expect(corrections.kept.size).toBe(1);
    expect(asked).toEqual([['sensor.meter', claim]]);
  });

  it.each([99, 2001])('asks when the ledger holds %s, and nothing is left out', async (micro) => {
    countedMicro = micro;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'open', decision: null, closedAtUs: null });
    const unmended = { countedMicro: micro, mostMicro: 2000, unit: 'kWh' };
    expect(only()).toMatchObject({ unmended });
    expect(corrections.kept.size).toBe(0);
    expect(tickets.open()?.get('spike')).toBe(1);
    // Found again, it keeps the reason, and is not tried again.
    countedMicro = 150;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'open', unmended });
  });

  it('is compared with the ledger whenever it is found again', async () => {
    countedMicro = 150;
    await tickets.report([spike()], null, null);
    await tickets.report([spike()], null, null);
    expect(changes).toBe(1);
    countedMicro = 5000;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'open', decision: null });
    expect(corrections.kept.size).toBe(0);
    expect([changes, tickets.open()?.get('spike')]).toEqual([2, 1]);
  });

  it('is compared after all others beside it', async () => {
    countedMicro = 150;
    await tickets.report([spike(100), spike(300)], null, null);
    expect(asked).toHaveLength(2);
    expect(statuses()).toEqual(['mended', 'mended']);
  });

  it('stays where another beside it is counted', async () => {
    countedMicro = 150;
    await tickets.report([spike(100), spike(300)], null, null);
    await tickets.undo('spike sensor.meter 300');
    countedMicro = 5000;
    expect(changes).toBe(2);
    await tickets.report([spike(100), spike(300)], null, null);
    expect(statuses()).toEqual(['mended', 'open']);
    expect(changes).toBe(2);
  });

  it.each<[string, Detected, 'mended' | 'open']>([
    ['in the quarter-hours after', ask('spike', 1000), 'open'],
    ['in their last moment', ask('spike', 999), 'mended'],
    ['in the quarter-hours before', ask('spike', 49), 'open'],
    ['until their very first moment', ask('spike', 50), 'mended'],
    ['of another kind', ask('gap', 300), 'open'],
    ['of another meter', ask('spike', 300, { entityId: 'sensor.other' }), 'open'],
  ])('is compared, or not, beside what is open %s', async (_, beside, status) => {
    countedMicro = 5000;
    await tickets.report([spike(100), beside], null, null);
    expect(store.tickets.get('spike sensor.meter 100')?.status).toBe(status);
  });

  it('is not compared where a person decided, or without a claim', async () => {
    countedMicro = 5000;
    await tickets.report([{ ...spike(), claim: null }], null, null);
    await tickets.report([{ ...spike(300), handling: 'ask' }], null, null);
    await tickets.resolve('spike sensor.meter 300', answer('exclude'), 'somebody', false);
    await tickets.report([spike(300)], null, null);
    expect(statuses()).toEqual(['mended', 'decided']);
    expect(asked).toEqual([]);
  });

  it('has a limit of its own, and is not compared where some were left', async () => {
    countedMicro = 5000;
    const many = Array.from({ length: mendedPerReport + 1 }, (_, n) => spike(100 + n * 100));
    const { opened } = await tickets.report([...many, ask('gap', 5)], null, null);
    expect(opened).toBe(mendedPerReport + 1);
    expect(asked).toEqual([]);
    expect(statuses().filter((status) => status === 'mended')).toHaveLength(mendedPerReport);
    expect([...store.tickets.values()].at(-1)).toMatchObject({ entityId: null, kind: 'spike' });
  });
});

describe('whatever is found, decided and undone', () => {
  const kinds = ['spike', 'register_jumped', 'gap'] as const;
  const step = fc.oneof(
    fc.record({
      does: fc.constant('report' as const),
      found: fc.array(fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 4 })), { maxLength: 6 }),
      micro: fc.constantFrom(null, 0, 500),
    }),
    fc.record({
      does: fc.constant('resolve' as const),
      place: fc.nat(20),
      choice: fc.constantFrom('accept' as const, 'exclude' as const, 'exchange' as const),
    }),
    fc.record({ does: fc.constant('undo' as const), place: fc.nat(20) }),
  );

  it('the ledger holds the corrections of the tickets, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        store.tickets.clear();
        corrections.kept.clear();
        const idAt = (place: number) => [...store.tickets.keys()][place % store.tickets.size] ?? 'none';
        await tickets.report([ask('gap')], everything, null);
        for (const one of steps) {
          if (one.does === 'report') {
            countedMicro = one.micro;
            const found = one.found.map(([kind, at]): Detected => {
              const claim = { startUs: 0, endUs: 1000, leastMicro: 0, mostMicro: 100 };
              return kind === 'spike'
                ? { finding: finding(kind, 100 * at), handling: 'exclude', claim }
                : ask(kind, 100 * at);
            });
            await tickets.report(found, everything, null);
          } else if (one.does === 'resolve')
            await tickets.resolve(idAt(one.place), answer(one.choice), 'Anna', false);
          else await tickets.undo(idAt(one.place));
        }
        const all = [...store.tickets.values()];
        const declared = all.flatMap(({ decision }) => decision?.correctionIds ?? []);
        expect([...corrections.kept.keys()].sort()).toEqual(declared.sort());
        for (const { status, decision, closedAtUs } of all) {
          expect(closedAtUs === null).toBe(status === 'open');
          expect(decision === null).toBe(status === 'open' || status === 'passed');
        }
        const open = all.filter(({ status }) => status === 'open').length;
        const counted = [...(tickets.open()?.values() ?? [])];
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(open);
      }),
    );
  });
});
