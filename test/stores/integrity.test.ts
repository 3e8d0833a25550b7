/**
 * Goal: what is wrong in a meter's life becomes the right tickets, each choice makes the figures that it says, and an
 * undo makes them what they were.
 * Method: a meter in real stores with a gap, a jump, a spike, a fall and kept rows that are wrong; Home Assistant's
 * own rows reckoned by core's rule. Each ticket is tried, decided and undone, the hours added up from the ledger
 * after each step, and the whole verified at the end.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MongoTicketStore } from '../../src/adapters/mongodb/ticket-store.ts';
import type { Ticket, TicketKind } from '../../src/integrity/ticket.ts';
import type { TicketAnswer } from '../../src/integrity/tickets/ticket-correction.ts';
import type { Reading } from '../../src/recording/reading.ts';
import type { SyncRun } from '../../src/recording/sync-log.ts';
import { hourUs, minuteUs } from '../../src/units/durations.ts';
import { openDocuments } from './documents-fixture.ts';
import { IntegrityHome } from './integrity-home.ts';
import { freshEntity } from './questdb-fixture.ts';

const startUs = Date.UTC(2026, 10, 22) * 1000;
const minutes = 48 * 60;
const endUs = startUs + minutes * minuteUs;
const entityId = freshEntity('integrity');
const home = new IntegrityHome(endUs + hourUs);

const at = (minute: number) => startUs + minute * minuteUs;
/** 10 Wh a minute; 50 kWh more from minute 1000 on, 0 for two readings, a restart from 300 at minute 2000. */
function register(minute: number): number {
  if (minute === 1500 || minute === 1501) return 0;
  if (minute >= 2000) return 300 + (minute - 2000) / 100;
  return 1000 + minute / 100 + (minute >= 1000 ? 50 : 0);
}
const isMissing = (minute: number) => minute > 600 && minute <= 660;

let run: SyncRun;

beforeAll(async () => {
  await home.start([entityId]);
  const readings = Array.from(
    { length: minutes + 1 },
    (_, minute): Reading => ({
      ...{ entityId, atUs: at(minute), value: register(minute), absence: null },
      ...{ unit: 'kWh', sourceUnit: 'kWh', lastResetAtUs: null, origin: 'stream' },
    }),
  );
  await home.play(readings, isMissing);
  // Kept wrong: as Home Assistant kept it before it corrected its past.
  const [row] = await home.kept.range(entityId, 'hour', at(660), at(720), 1);
  if (row === undefined) throw new Error('a row');
  await home.kept.append([{ ...row, state: (row.state ?? 0) + 3, sum: (row.sum ?? 0) + 3 }]);
  // Home Assistant counted 0.7 kWh in hour 40 that no reading of ours contains.
  for (const [place, homeRow] of home.homeAssistant.rows.entries())
    if (homeRow.startUs >= at(40 * 60))
      home.homeAssistant.rows[place] = {
        ...homeRow,
        sum: (homeRow.sum ?? 0) + 0.7,
        state: (homeRow.state ?? 0) + 0.7,
      };
  run = await home.reconcile(startUs, endUs);
});
afterAll(() => home.stop());

const ticketsOf = async (kind: TicketKind): Promise<Ticket[]> =>
  (await home.ticketStore.list({ status: 'all', entityId, limit: 100 })).filter(
    (ticket) => ticket.kind === kind,
  );
async function only(kind: TicketKind): Promise<Ticket> {
  const [ticket, ...others] = await ticketsOf(kind);
  if (ticket === undefined || others.length > 0) throw new Error(`not one ${kind}`);
  return ticket;
}
const hour = (minute: number) => {
  const hourStartUs = at(Math.floor(minute / 60) * 60);
  return home.counted(entityId, hourStartUs, hourStartUs + hourUs);
};
const answer = (choice: TicketAnswer['choice'], extra: Partial<TicketAnswer> = {}): TicketAnswer => ({
  ...{ choice, valueMicro: null, oldRegisterMicro: null, newRegisterMicro: null, notes: '' },
  ...extra,
});

/** Tries, decides, looks, undoes, looks again. */
async function decided(
  kind: TicketKind,
  minute: number,
  chosen: TicketAnswer,
  expected: number,
): Promise<void> {
  const before = await hour(minute);
  const { ticketId } = await only(kind);
  const dry = await home.tickets.resolve(ticketId, chosen, 'Anna', true);
  if (dry.kind !== 'done' || dry.changes === null) throw new Error(JSON.stringify(dry));
  expect(await hour(minute)).toBe(before);
  const { quantityBeforeMicro, quantityAfterMicro } = dry.changes;
  expect(((quantityAfterMicro ?? 0) - (quantityBeforeMicro ?? 0)) / 1e6).toBeCloseTo(expected - before, 6);
  const done = await home.tickets.resolve(ticketId, chosen, 'Anna', false);
  expect(done).toMatchObject({ kind: 'done', changes: dry.changes, ticket: { status: 'decided' } });
  expect(await hour(minute)).toBeCloseTo(expected, 6);
  expect((await only(kind)).decision).toMatchObject({
    choice: chosen.choice,
    by: 'Anna',
    isAutomatic: false,
  });
  expect(await home.tickets.undo(ticketId)).toMatchObject({ kind: 'done', ticket: { status: 'open' } });
  expect(await hour(minute)).toBe(before);
}

describe('a run over a meter’s life', () => {
  it('finds what is wrong, mends what is safe, and says what it did', async () => {
    expect(run).toMatchObject({ status: 'success', error: null, readingsAdded: 60, entitiesDone: 1 });
    expect(run.outcome).toMatchObject({
      hoursChecked: 47,
      hoursDiffering: 1,
      holesFound: 1,
      ticketsOpened: 5,
    });
    expect(run.outcome?.entriesRevised).toBeGreaterThan(0);
    const all = await home.ticketStore.list({ status: 'all', entityId: null, limit: 100 });
    expect(all.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'hours_differ open',
      'readings_missing mended',
      'register_fell open',
      'register_jumped open',
      'spike mended',
    ]);
    expect(await only('readings_missing')).toMatchObject({
      startUs: at(601),
      endUs: at(660),
      syncId: 'run-1',
    });
    expect(await only('register_jumped')).toMatchObject({ startUs: at(999), endUs: at(1000) });
    expect(await only('register_fell')).toMatchObject({ startUs: at(1999), endUs: at(2000) });
    expect((await only('hours_differ')).evidence).toContainEqual({
      ...{ name: 'difference', unit: 'kWh' },
      value: expect.closeTo(-0.7, 6),
    });
  });

  it('has posted what was missing, made the kept row right, and left the spike out', async () => {
    expect(await hour(610)).toBeCloseTo(0.6, 6);
    const [row] = await home.kept.range(entityId, 'hour', at(660), at(720), 1);
    expect(row?.state).toBeCloseTo(1007.19, 6);
    expect(await only('spike')).toMatchObject({
      ...{ startUs: at(1500), endUs: at(1501), status: 'mended' },
      decision: { choice: 'exclude', isAutomatic: true, by: null },
    });
    expect(await hour(1500)).toBeCloseTo(0.6, 6);
    const journal = await home.ledger.journal(entityId, at(1500), at(1515));
    expect(journal.at(-1)?.cause).toBe('corrected');
  });

  it('finds the same again as the same', async () => {
    const again = await home.reconcile(startUs, endUs);
    expect(again).toMatchObject({ status: 'success', readingsAdded: 0 });
    expect(again.outcome).toMatchObject({ ticketsOpened: 0, holesFound: 0, entriesRevised: 0 });
  });
});

describe('a jump', () => {
  it('is excluded, set, or an exchange, and each is undone', { timeout: 120_000 }, async () => {
    expect(await hour(1000)).toBeCloseTo(50.6, 6);
    await decided('register_jumped', 1000, answer('exclude'), 0.59);
    await decided('register_jumped', 1000, answer('set_value', { valueMicro: 10_000 }), 0.6);
    const exchange = answer('exchange', { oldRegisterMicro: 1_010_000_000, newRegisterMicro: 1_060_000_000 });
    await decided('register_jumped', 1000, exchange, 0.6);
  });
});

describe('a fall', () => {
  it('is an exchange, excluded, or set, and each is undone', { timeout: 120_000 }, async () => {
    expect(await hour(2000)).toBeCloseTo(300.59, 6);
    await decided('register_fell', 2000, answer('exchange'), 0.59);
    await decided('register_fell', 2000, answer('exclude'), 0.59);
    await decided('register_fell', 2000, answer('set_value', { valueMicro: 10_000 }), 0.6);
  });
});

describe('a spike', () => {
  it('that was left out is taken in again, and out again', async () => {
    const { ticketId } = await only('spike');
    expect(await home.tickets.undo(ticketId)).toMatchObject({ kind: 'done', ticket: { status: 'open' } });
    // All that the register shows when it is back counts, as core does it.
    expect(await hour(1500)).toBeGreaterThan(1000);
    await home.reconcile(startUs, endUs);
    expect((await only('spike')).status).toBe('open');
    await home.tickets.resolve(ticketId, answer('exclude'), 'Anna', false);
    expect(await hour(1500)).toBeCloseTo(0.6, 6);
  });
});

describe('hours that differ', () => {
  it('are set to what Home Assistant has, or pass when it has the same', { timeout: 120_000 }, async () => {
    await decided('hours_differ', 40 * 60, answer('set_value', { valueMicro: 1_300_000 }), 1.3);
    for (const [place, homeRow] of home.homeAssistant.rows.entries())
      if (homeRow.startUs >= at(40 * 60))
        home.homeAssistant.rows[place] = {
          ...homeRow,
          sum: (homeRow.sum ?? 0) - 0.7,
          state: (homeRow.state ?? 0) - 0.7,
        };
    await home.reconcile(startUs, endUs);
    expect((await only('hours_differ')).status).toBe('passed');
  });
});

describe('the whole', () => {
  it('verifies when all is decided', async () => {
    await home.tickets.resolve((await only('register_jumped')).ticketId, answer('exclude'), 'Anna', false);
    await home.tickets.resolve((await only('register_fell')).ticketId, answer('exchange'), 'Anna', false);
    // Two days of 10 Wh a minute, less the minutes of the jump and the exchange.
    expect(await home.counted(entityId, startUs, endUs)).toBeCloseTo(28.78, 6);
    const meter = { entityId, posts: 'register', kind: 'rising' } as const;
    expect(await home.findings(meter, startUs, endUs)).toEqual([]);
    expect(await home.ticketStore.openCount()).toBe(0);
  });
});

describe('the store of tickets', () => {
  it('keeps the newest, open ones before all others', async () => {
    const documents = openDocuments();
    const store = new MongoTicketStore(documents, 5);
    const finding = {
      kind: 'gap',
      entityId: null,
      endUs: 9,
      statement: { code: 'gap_of_home', values: { lastedUs: 9, isOpen: false } },
      evidence: [],
      relatedEntityId: null,
    } as const;
    const rest = { choices: [], decision: null, unmended: null, syncId: null, closedAtUs: null };
    for (let n = 0; n < 9; n += 1)
      await store.save({
        ...{ ...finding, ...rest, ticketId: `gap home ${n}`, startUs: n, openedAtUs: n },
        status: n < 2 ? 'open' : 'passed',
      });
    const all = await store.list({ status: 'all', entityId: null, limit: 100 });
    expect(all.map(({ startUs: ticketUs }) => ticketUs)).toEqual([1, 0, 8, 7, 6]);
    expect(
      (await store.list({ status: 'closed', entityId: null, limit: 2 })).map(
        ({ startUs: ticketUs }) => ticketUs,
      ),
    ).toEqual([8, 7]);
    expect(await store.list({ status: 'open', entityId: 'sensor.other', limit: 2 })).toEqual([]);
    expect([await store.openCount(), await store.find('gap home 2')]).toEqual([2, null]);
    await documents.stop();
  });
});
