/**
 * Goal: the ledger in the real stores is the one that posting everything at once would give, and its views add it up.
 * Method: a meter's life arrives in batches out of order in a real QuestDB and is posted after each; current state,
 * journal, openings and views are held against one posting in memory, over both DST days of a year.
 */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import type { Entry } from '../../src/ledger/entries/entry.ts';
import type { Meter } from '../../src/ledger/entries/meter.ts';
import type { PostedEntry } from '../../src/ledger/entries/revision.ts';
import { StoredEvidence } from '../../src/ledger/evidence/stored-evidence.ts';
import type { RegisterReading } from '../../src/ledger/evidence.ts';
import { postCounter } from '../../src/ledger/posting/counter-posting.ts';
import { PostingWorker } from '../../src/ledger/posting/posting-worker.ts';
import { repost, usualRules } from '../../src/ledger/posting/reposting.ts';
import { verifyMeter } from '../../src/ledger/posting/verification.ts';
import type { Reading } from '../../src/recording/reading.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { bucketStartUs, type Period } from '../../src/units/calendar.ts';
import { intervalAt } from '../../src/units/interval.ts';
import { applied, freshEntity, openQuestDb, quietLog } from './questdb-fixture.ts';

const { db, store } = openQuestDb();
const ledger = new QuestDbLedgerStore(db);
const views = new QuestDbLedgerViews(db, () => viewsZone);
const statistics = new QuestDbStatisticsStore(db, systemClock);
const evidence = new StoredEvidence({
  readings: store,
  statistics,
  corrections: async () => [],
  kindOf: () => 'rising',
});
const deps = { evidence, ledger, clock: systemClock, heldUntil: () => null };
const zone = 'Europe/Brussels';
let viewsZone = zone;
const at = (iso: string) => Date.parse(iso) * 1000;

beforeAll(() => db.prepared());
afterAll(() => db.stop());

function energy(entityId: string, atUs: number, value: number | null): Reading {
  return {
    entityId,
    atUs,
    value,
    absence: value === null ? 'unavailable' : null,
    unit: 'kWh',
    sourceUnit: 'kWh',
    lastResetAtUs: null,
    origin: 'stream',
  };
}

function unposted(entry: PostedEntry): Entry {
  const { revision: _revision, postedAtUs: _postedAtUs, cause: _cause, ...rest } = entry;
  return rest;
}

async function postAll(
  meter: { entityId: string },
  batches: readonly (readonly Reading[])[],
  pageSize = 20_000,
) {
  for (const batch of batches) {
    await store.append(batch);
    await applied(store);
    const instants = batch.map((reading) => reading.atUs);
    await repost(
      deps,
      { ...usualRules, pageSize },
      { ...meter, posts: 'register', kind: 'rising' },
      { startUs: Math.min(...instants), endUs: Math.max(...instants) + 1, cause: 'readings' },
    );
  }
}

function postedAtOnce(readings: readonly Reading[]): readonly Entry[] {
  const evidence = [...readings]
    .sort((a, b) => a.atUs - b.atUs)
    .map(
      (reading): RegisterReading => ({
        kind: 'reading',
        atUs: reading.atUs,
        registerMicro: reading.value === null ? null : Math.round(reading.value * 1_000_000),
        lastResetAtUs: null,
        origin: 'stream',
      }),
    );
  const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = usualRules;
  const rules = { kind: 'rising', maxGapUs, quarterHourGapUs, certainMicro } as const;
  return postCounter(rules, null, evidence, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).entries;
}

describe('the ledger in QuestDB', () => {
  it('is the same in whatever order the readings came, and journals what it revised', async () => {
    const steps = fc.array(
      fc.record({
        waitUs: fc.integer({ min: 1, max: 2_400_000_000 }),
        by: fc.option(fc.integer({ min: -2, max: 500 }), { freq: 9 }),
      }),
      { minLength: 5, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (drawn, picks) => {
        const entityId = freshEntity('ledger');
        let atUs = at('2026-03-28T20:00:00Z');
        let value = 100;
        const readings = drawn.map(({ waitUs, by }) => {
          atUs += waitUs;
          value += (by ?? 0) / 1000;
          return energy(entityId, atUs, by === null ? null : value);
        });
        const rest = [...readings];
        const batches: Reading[][] = [];
        while (rest.length > 0) {
          const pick = picks.next().value ?? 0;
          batches.push(rest.splice(pick % rest.length, 1 + (pick % 7)));
        }
        await postAll({ entityId }, batches);
        const current = await ledger.current(entityId, 0, Number.MAX_SAFE_INTEGER);
        expect(current.filter((entry) => entry.reason !== 'withdrawn').map(unposted)).toEqual(
          postedAtOnce(readings),
        );
        const journal = await ledger.journal(entityId, 0, Number.MAX_SAFE_INTEGER);
        for (const entry of current.filter(({ revision }) => revision > 0)) {
          const same = journal.filter(
            (one) => one.quarterHourStartUs === entry.quarterHourStartUs && one.kind === entry.kind,
          );
          expect(same.map(({ revision }) => revision)).toEqual(same.map((_, index) => index + 1));
          expect(same.at(-1)).toEqual(entry);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('reopens the quarter-hours that a late word of a switch concerns, until its next word', async () => {
    const powerId = freshEntity('plug_power');
    const switchId = freshEntity('plug_switch');
    const registerId = freshEntity('plug_energy');
    const nowUs = at('2026-03-29T06:00:00Z');
    const keeper = new PostingWorker({
      ...deps,
      readable: () => applied(store),
      mark: { load: async () => 0, save: async () => undefined },
      receivedSince: async () => new Map(),
      clock: { nowUs: () => nowUs, monotonicMs: () => 0 },
      log: quietLog,
    });
    const meters: Meter[] = [
      { entityId: powerId, posts: 'power', switchId },
      { entityId: registerId, posts: 'register', kind: 'rising', switchId },
    ];
    keeper.setMeters(meters);
    keeper.start();
    const report = async (...readings: Reading[]) => {
      await store.append(readings);
      for (const { entityId, atUs } of readings) keeper.markDirty(entityId, intervalAt(atUs));
      await keeper.settle();
      await applied(store);
    };
    const power = (time: string, value: number): Reading => ({
      ...energy(powerId, at(`2026-03-29T${time}Z`), value),
      unit: 'W',
      sourceUnit: 'W',
    });
    const word = (time: string, value: number | null): Reading => ({
      ...energy(switchId, at(`2026-03-29T${time}Z`), value),
      unit: 'on/off',
      sourceUnit: null,
      origin: 'history',
    });
    // Over the hour that the clock skips in Brussels: a sensor that goes on saying 40 W.
    const hours = ['00:00', '00:30', '01:00', '01:30', '02:00'];
    await report(
      ...hours.map((time) => power(time, 40)),
      ...hours.map((time, index) => energy(registerId, at(`2026-03-29T${time}Z`), index / 100)),
    );
    const sum = async () =>
      (await ledger.current(powerId, 0, nowUs)).reduce(
        (amount, entry) => amount + (entry.isProvisional ? 0 : entry.amountMicro),
        0,
      );
    expect(await sum()).toBe(80_000);
    await report(word('01:10', 1), word('01:50', null));
    expect(await sum()).toBe(80_000);
    await report(word('00:20', 0));
    // Off for fifty minutes of two hours; each quarter-hour is rounded by itself.
    expect(await sum()).toBe(46_666);
    const rows = await ledger.current(registerId, 0, at('2026-03-29T02:00:00Z'));
    expect(rows.map(({ onTimeUs }) => onTimeUs && onTimeUs / 60_000_000)).toEqual([
      null,
      0,
      0,
      0,
      5,
      15,
      15,
      5,
    ]);
    expect(rows.reduce((amount, entry) => amount + entry.amountMicro, 0)).toBe(40_000);
    const gated = await ledger.current(powerId, at('2026-03-29T00:30:00Z'), at('2026-03-29T00:45:00Z'));
    expect(gated).toMatchObject([
      { amountMicro: 0, reason: 'switched_off', quality: 'recovered', cause: 'late', onTimeUs: 0 },
    ]);
    expect(gated[0]?.coveredUs).toBe(900_000_000);
    for (const meter of meters)
      expect(
        (await verifyMeter(deps, usualRules, meter, at('2026-03-29T00:00:00Z'), at('2026-03-29T02:00:00Z')))
          .findings,
      ).toEqual([]);
    await keeper.stop();
  });

  it('posts a long past page by page', async () => {
    const entityId = freshEntity('pages');
    const readings = Array.from({ length: 2000 }, (_, index) =>
      energy(entityId, at('2026-01-01T00:00:00Z') + index * 97_000_000, index / 50),
    );
    await postAll({ entityId }, [readings], 100);
    const current = await ledger.current(entityId, 0, Number.MAX_SAFE_INTEGER);
    expect(current.map(unposted)).toEqual(postedAtOnce(readings));
  });

  it('adds up hours, days and months by the clock of the home, over both DST days', async () => {
    await views.prepare();
    const entityId = freshEntity('views');
    const spans = [at('2026-03-27T12:00:00Z'), at('2026-10-23T12:00:00Z')];
    const readings = spans.flatMap((startUs, span) =>
      Array.from({ length: 600 }, (_, index) =>
        energy(entityId, startUs + index * 540_000_000, span * 1000 + (index * index) / 1000),
      ),
    );
    await postAll({ entityId }, [readings]);
    await views.refreshed();
    const entries = (await ledger.current(entityId, 0, Number.MAX_SAFE_INTEGER)).filter(
      (entry) => entry.kind === 'quantity',
    );
    const wholeUs = [at('2026-03-01T00:00:00Z'), at('2026-11-01T00:00:00Z')] as const;
    for (const period of ['quarter', 'hour', 'day', 'week', 'month', 'year'] satisfies Period[]) {
      const expected = new Map<number, number>();
      for (const entry of entries) {
        const start = bucketStartUs(entry.quarterHourStartUs, period, zone);
        expected.set(start, (expected.get(start) ?? 0) + entry.amountMicro);
      }
      const buckets = await views.buckets([entityId], period, ...wholeUs);
      expect(new Map(buckets.map((bucket) => [bucket.startUs, bucket.amountMicro])), period).toEqual(
        expected,
      );
      expect(await views.sums([entityId], period, ...wholeUs), `sums by ${period}`).toEqual(expected);
    }
    const days = await views.buckets([entityId], 'day', ...wholeUs);
    const lengths = days.map((bucket) => (bucket.endUs - bucket.startUs) / 3_600_000_000);
    expect(lengths).toContain(23);
    expect(lengths).toContain(25);
  });

  it('rebuilds its days for another zone, one at :30 among them', async () => {
    const entityId = freshEntity('zones');
    const readings = Array.from({ length: 300 }, (_, index) =>
      energy(entityId, at('2026-05-01T00:00:00Z') + index * 700_000_000, index / 10),
    );
    await postAll({ entityId }, [readings]);
    const entries = await ledger.current(entityId, 0, Number.MAX_SAFE_INTEGER);
    for (const other of ['Asia/Kolkata', 'America/St_Johns', zone]) {
      viewsZone = other;
      await views.prepare();
      for (const period of ['hour', 'day'] as const) {
        const expected = new Map<number, number>();
        for (const entry of entries) {
          const start = bucketStartUs(entry.quarterHourStartUs, period, other);
          expected.set(start, (expected.get(start) ?? 0) + entry.amountMicro);
        }
        const spanUs = [at('2026-04-30T00:00:00Z'), at('2026-05-10T00:00:00Z')] as const;
        const buckets = await views.buckets([entityId], period, ...spanUs);
        expect(new Map(buckets.map((one) => [one.startUs, one.amountMicro])), `${other} ${period}`).toEqual(
          expected,
        );
        expect(await views.sums([entityId], period, ...spanUs), `${other} ${period}`).toEqual(expected);
      }
    }
  });

  it('takes statistics where no reading is left, and gives them up when readings come', async () => {
    const entityId = freshEntity('past');
    const startUs = at('2026-06-01T00:00:00Z');
    const hourUs = 3_600_000_000;
    await statistics.append(
      Array.from({ length: 48 }, (_, index) => ({
        entityId,
        period: 'hour' as const,
        startUs: startUs + index * hourUs,
        endUs: startUs + (index + 1) * hourUs,
        state: 10 + index * 0.4,
        sum: index * 0.4,
        mean: null,
        min: null,
        max: null,
        unit: 'kWh',
      })),
    );
    const meter = { entityId, posts: 'register', kind: 'rising' } as const;
    await repost(deps, usualRules, meter, {
      startUs,
      endUs: startUs + 48 * hourUs,
      cause: 'statistics',
    });
    const hourly = await ledger.current(entityId, 0, Number.MAX_SAFE_INTEGER);
    expect(hourly).toHaveLength(47 * 4);
    expect(hourly.every(({ quality, amountMicro }) => quality === 'hourly' && amountMicro === 100_000)).toBe(
      true,
    );
    const read = Array.from({ length: 24 }, (_, index) =>
      energy(entityId, startUs + 10 * hourUs + index * 300_000_000, 13.6 + index * 0.03),
    );
    await postAll({ entityId }, [read]);
    const revised = await ledger.current(entityId, startUs + 10 * hourUs, startUs + 12 * hourUs);
    expect(revised[1]?.quality).not.toBe('hourly');
    expect(revised[1]?.revision).toBe(2);
    const sum = (await ledger.current(entityId, 0, Number.MAX_SAFE_INTEGER)).reduce(
      (all, one) => all + one.amountMicro,
      0,
    );
    expect(sum).toBe(Math.round((10 + 47 * 0.4) * 1e6) - 10_000_000 - (Math.round(10.4 * 1e6) - 10_400_000));
  });

  it('passes verification, which finds an entry, a journal and a sum that were tampered with', async () => {
    const entityId = freshEntity('verified');
    const meter = { entityId, posts: 'register', kind: 'rising' } as const;
    const startUs = at('2026-04-01T00:00:00Z');
    const readings = Array.from({ length: 200 }, (_, index) =>
      energy(entityId, startUs + index * 410_000_000, index === 150 ? 0.5 : index / 10),
    );
    await postAll({ entityId }, [readings.slice(100), readings.slice(0, 100)]);
    const verify = () => verifyMeter(deps, usualRules, meter, startUs, startUs + 200 * 410_000_000);
    expect(await verify()).toMatchObject({ findings: [] });
    const [entry] = await ledger.current(entityId, startUs + 3_600_000_000, startUs + 4_500_000_000);
    if (entry === undefined) throw new Error('an entry');
    await ledger.write([
      { entityId, entries: [{ ...entry, amountMicro: entry.amountMicro + 1 }], openings: [] },
    ]);
    expect(new Set((await verify()).findings.map((finding) => finding.check))).toEqual(
      new Set(['evidence', 'conservation']),
    );
    await ledger.write([{ entityId, entries: [{ ...entry, revision: entry.revision + 2 }], openings: [] }]);
    expect((await verify()).findings.map((finding) => finding.check)).toContain('journal');
  });

  it('knows after a crash what arrived and was not posted', async () => {
    const entityId = freshEntity('crash');
    const beforeUs = systemClock.nowUs();
    await store.append([
      energy(entityId, at('2026-02-01T00:00:00Z'), 5),
      energy(entityId, at('2026-02-03T00:00:00Z'), 6),
    ]);
    await applied(store);
    expect((await store.receivedSince(beforeUs)).get(entityId)).toEqual({
      startUs: at('2026-02-01T00:00:00Z'),
      endUs: at('2026-02-03T00:00:00Z') + 1,
    });
    expect((await store.receivedSince(systemClock.nowUs() + 1)).has(entityId)).toBe(false);
  });
});
