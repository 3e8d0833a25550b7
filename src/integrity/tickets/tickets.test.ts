/**
 * Goal: the same thing is one ticket however often it is found, each choice becomes what it says, and each can be undone.
 * Method: findings by hand through the service, with stores in memory.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { quietLog } from '../../recording/testing/doubles.ts';
import { MemoryCorrections, MemoryTicketStore } from '../testing/doubles.ts';
import type { Finding, TicketKind } from '../ticket.ts';
import type { TicketAnswer } from './ticket-correction.ts';
import { type Detected, type Looked, mendedPerReport, newPerReport, Tickets } from './tickets.ts';

let store: MemoryTicketStore;
let corrections: MemoryCorrections;
let tickets: Tickets;
let nowUs = 1_000_000;
let changes = 0;
let names: Map<string, string>;
let countedMicro: number | null = null;
let asked: unknown[] = [];

beforeEach(() => {
  store = new MemoryTicketStore();
  corrections = new MemoryCorrections();
  changes = 0;
  countedMicro = null;
  asked = [];
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
    log: quietLog,
    onChange: () => {
      changes += 1;
    },
  });
});

function finding(kind: TicketKind, startUs = 100, extra: Partial<Finding> = {}): Finding {
  return {
    ...{ kind, entityId: 'sensor.meter', startUs, endUs: startUs + 50, detail: 'Something.' },
    ...{ evidence: [{ name: 'register_after', value: 200, unit: 'kWh' }], relatedEntityId: null },
    choices: ['exchange', 'set_value', 'exclude', 'accept'],
    ...extra,
  };
}
const ask = (kind: TicketKind, startUs = 100, extra: Partial<Finding> = {}): Detected => ({
  finding: finding(kind, startUs, extra),
  handling: 'ask',
});
const everything: Looked = {
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
  it('opens a ticket once, and passes it when it is not found again where it was looked for', async () => {
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

  it('takes a stretch whose beginning it does not see for the one that is known', async () => {
    await tickets.report([ask('hours_differ', 100)], everything, null);
    await tickets.report([ask('hours_differ', 120)], { ...everything, startUs: 120 }, null);
    expect(only()).toMatchObject({ startUs: 100, endUs: 150, status: 'open' });
  });

  it('follows what grows, and closes what is over', async () => {
    await tickets.report([ask('gap')], null, null);
    await tickets.report([ask('gap', 100, { endUs: 900, detail: 'Longer.' })], null, null);
    expect(only()).toMatchObject({ endUs: 900, detail: 'Longer.', status: 'open' });
    await tickets.report([{ finding: finding('gap', 100, { choices: [] }), handling: 'told' }], null, null);
    expect(only()).toMatchObject({ status: 'mended', choices: [], decision: null });
  });

  it('mends a spike by itself, once, so that an undo stands', async () => {
    const spike: Detected = { finding: finding('spike'), handling: 'exclude' };
    await tickets.report([spike], everything, 'run-1');
    const { ticketId, status, decision } = only();
    expect([status, decision?.isAutomatic, decision?.by]).toEqual(['mended', true, null]);
    expect([...corrections.kept.values()]).toMatchObject([
      { kind: 'exclusion', startUs: 100, endUs: 150, ticketId },
    ]);
    expect(await tickets.undo(ticketId)).toMatchObject({ kind: 'done', changes: { entries: 1 } });
    await tickets.report([spike], everything, 'run-2');
    expect([only().status, corrections.kept.size]).toEqual(['open', 0]);
  });

  it('asks when the ledger refuses to be mended', async () => {
    corrections.refuses = { field: 'atUs', detail: 'no' };
    await tickets.report([{ finding: finding('spike'), handling: 'exclude' }], everything, null);
    expect(only().status).toBe('open');
  });

  it('opens no more than a person can look through, and says how many there are', async () => {
    const many = Array.from({ length: newPerReport + 7 }, (_, n) => ask('gap', 1000 + 100 * n));
    expect(await tickets.report(many, null, null)).toEqual({ opened: newPerReport, passed: 0 });
    expect(store.tickets.size).toBe(newPerReport + 1);
    const more = [...store.tickets.values()].find(({ entityId }) => entityId === null);
    expect(more?.detail).toContain('7 more');
  });
});

describe('a choice', () => {
  it.each([
    ['register_jumped', answer('exclude'), { kind: 'amount', startUs: 100, endUs: 150, amountMicro: 0 }],
    ['register_fell', answer('exclude'), { kind: 'amount', amountMicro: 0 }],
    ['spike', answer('exclude'), { kind: 'exclusion', startUs: 100, endUs: 150 }],
    ['frozen', answer('exclude'), { kind: 'exclusion', startUs: 100, endUs: 149 }],
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
    const told = await tickets.resolve(ticketId, chosen, 'Anna', true);
    expect(told).toMatchObject({ kind: 'done', ticket: { status: 'open' }, changes: { entries: 1 } });
    expect([corrections.kept.size, corrections.previews]).toEqual([0, 1]);
    const done = await tickets.resolve(ticketId, chosen, 'Anna', false);
    expect(done).toMatchObject({
      kind: 'done',
      ticket: { status: 'decided', decision: { by: 'Anna', choice: chosen.choice } },
    });
    expect([...corrections.kept.values()]).toMatchObject([
      { ...expected, entityId: 'sensor.meter', ticketId },
    ]);
    expect(await tickets.resolve(ticketId, chosen, 'Anna', false)).toMatchObject({ kind: 'conflict' });
    // Found again it stays decided.
    await tickets.report([ask(kind)], everything, null);
    expect(only().status).toBe('decided');
    expect(await tickets.undo(ticketId)).toMatchObject({
      kind: 'done',
      ticket: { status: 'open', decision: null },
    });
    expect(corrections.kept.size).toBe(0);
    expect(await tickets.undo(ticketId)).toMatchObject({ kind: 'conflict' });
  });

  it('to accept leaves the ledger as it is', async () => {
    await tickets.report([ask('hours_differ')], null, null);
    const done = await tickets.resolve(only().ticketId, answer('accept'), 'Anna', false);
    expect(done).toMatchObject({ kind: 'done', changes: null });
    expect([only().status, corrections.kept.size]).toEqual(['decided', 0]);
  });

  it('is refused where it can not be', async () => {
    await tickets.report(
      [ask('gap', 100, { choices: ['accept', 'set_value', 'exchange'], evidence: [] })],
      null,
      null,
    );
    const { ticketId } = only();
    const refusal = async (chosen: TicketAnswer) => tickets.resolve(ticketId, chosen, 'Anna', false);
    expect(await refusal(answer('exclude'))).toMatchObject({ kind: 'refused', field: 'choice' });
    expect(await refusal(answer('set_value'))).toMatchObject({ kind: 'refused', field: 'value' });
    expect(await refusal(answer('exchange'))).toMatchObject({ kind: 'refused', field: 'new_register' });
    corrections.refuses = { field: 'amountMicro', detail: 'too much' };
    expect(await refusal(answer('set_value', { valueMicro: 1 }))).toEqual({
      kind: 'refused',
      field: 'value',
      detail: 'too much',
    });
    expect(await tickets.resolve('gap sensor.other 1', answer('accept'), 'Anna', false)).toEqual({
      kind: 'unknown',
    });
    expect(only().status).toBe('open');
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
  const claim = { startUs: 0, endUs: 900_000_000, leastMicro: 100, mostMicro: 200 };
  const spike = (startUs = 100): Detected => ({
    finding: finding('spike', startUs, { choices: ['exclude', 'accept'] }),
    handling: 'exclude',
    claim,
  });
  const statuses = () => [...store.tickets.values()].map(({ status }) => status);

  it.each([100, 150, 200, null])('is mended while the ledger holds %s of 100 to 200', async (micro) => {
    countedMicro = micro;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'mended', decision: { isAutomatic: true } });
    expect(corrections.kept.size).toBe(1);
    expect(asked).toEqual([['sensor.meter', claim]]);
  });

  it.each([99, 201])('asks when the ledger holds %s, and nothing is left out', async (micro) => {
    countedMicro = micro;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'open', decision: null, closedAtUs: null });
    expect(only().detail).toContain('could not be left out by itself');
    expect(corrections.kept.size).toBe(0);
    expect(tickets.open()?.get('spike')).toBe(1);
    // Found again, it still says so, and is not tried again.
    const { detail } = only();
    countedMicro = 150;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'open', detail });
  });

  it('is held against the ledger again whenever it is found again', async () => {
    countedMicro = 150;
    await tickets.report([spike()], null, null);
    countedMicro = 5000;
    await tickets.report([spike()], null, null);
    expect(only()).toMatchObject({ status: 'open', decision: null });
    expect(corrections.kept.size).toBe(0);
  });

  it('is held against it after all that lie beside it', async () => {
    countedMicro = 150;
    await tickets.report([spike(100), spike(300)], null, null);
    expect(asked).toHaveLength(2);
    expect(statuses()).toEqual(['mended', 'mended']);
  });

  it('is let alone where another beside it is counted', async () => {
    countedMicro = 150;
    await tickets.report([spike(100), spike(300)], null, null);
    await tickets.undo('spike sensor.meter 300');
    countedMicro = 5000;
    await tickets.report([spike(100), spike(300)], null, null);
    expect(statuses()).toEqual(['mended', 'open']);
  });

  it('is not held against it where a person decided, or nothing is claimed', async () => {
    countedMicro = 5000;
    await tickets.report([{ ...spike(), claim: null }], null, null);
    await tickets.report([{ ...spike(300), handling: 'ask' }], null, null);
    await tickets.resolve('spike sensor.meter 300', answer('exclude'), 'somebody', false);
    await tickets.report([spike(300)], null, null);
    expect(statuses()).toEqual(['mended', 'decided']);
    expect(asked).toEqual([]);
  });

  it('has a limit of its own, and is not held against the ledger where some were left', async () => {
    countedMicro = 5000;
    const many = Array.from({ length: mendedPerReport + 1 }, (_, n) => spike(100 + n * 100));
    const { opened } = await tickets.report([...many, ask('gap', 5)], null, null);
    expect(opened).toBe(mendedPerReport + 1);
    expect(asked).toEqual([]);
    expect(statuses().filter((status) => status === 'mended')).toHaveLength(mendedPerReport);
    expect([...store.tickets.values()].at(-1)).toMatchObject({ entityId: null, kind: 'spike' });
  });
});
