/**
 * Goal: readings that are missing here are found, added and reported when a run is due, whatever is away meanwhile.
 * Method: a home of one meter in memory, on a clock of the test: readings taken out of the middle, rows made wrong,
 * a night that comes, a Home Assistant that goes away, a stop in the middle.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hourUs, minuteMs } from '../../units/durations.ts';
import { meterId, ReconciledHome } from '../testing/reconciled-home.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';
import { jobsLimit, Reconciler } from './reconciler.ts';

const at = (iso: string) => Date.parse(iso) * 1000;
const noonUs = at('2026-11-24T12:00:00Z');
const limits = {
  ...{ startDelayMs: 1000, retryFirstMs: 1000, retryLimitMs: 1000, tries: 5 },
  // A day of looks at the clock takes less of the test's own time.
  checkClockEveryMs: 6 * minuteMs,
};

let home: ReconciledHome;
let reconciler: Reconciler;

beforeEach(() => {
  vi.useFakeTimers({ now: noonUs / 1000 });
  home = new ReconciledHome();
  reconciler = new Reconciler(home.deps(), limits);
});
afterEach(async () => {
  await reconciler.stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const ask = (...asked: Parameters<Reconciler['request']>): string => {
  const syncId = reconciler.request(...asked);
  if (syncId === null) throw new Error('There is no room');
  return syncId;
};
const runs = () => [...home.syncLog.runs.values()];

describe('a run', () => {
  it('finds readings that are missing in the middle, posts and reports them', async () => {
    const startUs = noonUs - 6 * hourUs;
    await home.play(startUs, 6 * 60, (minute) => minute >= 130 && minute < 170);
    reconciler.start();
    const syncId = ask();
    expect(reconciler.running(syncId)).toMatchObject({ kind: 'reconciliation', status: 'running' });
    await pass(100);
    expect(await home.syncLog.find(syncId)).toMatchObject({
      status: 'success',
      readingsAdded: 40,
      entitiesDone: 1,
      error: null,
      outcome: { hoursDiffering: 0, holesFound: 1, entriesRevised: expect.any(Number), ticketsOpened: 1 },
    });
    const [run] = runs();
    expect(run?.outcome?.hoursChecked).toBe(5);
    expect(run?.outcome?.entriesRevised).toBeGreaterThan(0);
    expect(home.ledger.revisions.filter(({ cause }) => cause === 'reconciled')).toHaveLength(
      run?.outcome?.entriesRevised ?? 0,
    );
    expect(home.tickets()).toMatchObject([
      {
        kind: 'readings_missing',
        status: 'mended',
        entityId: meterId,
        syncId,
        startUs: startUs + 130 * 60_000_000,
      },
    ]);
    // What is whole is not touched again.
    reconciler.request();
    await pass(100);
    expect(runs().at(-1)).toMatchObject({
      readingsAdded: 0,
      outcome: { entriesRevised: 0, ticketsOpened: 0 },
    });
  });

  it('replaces stored rows that are wrong', async () => {
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    const [row] = home.statistics.rows;
    if (row === undefined) throw new Error('a row');
    await home.kept.append([{ ...row, state: 1, sum: 1 }]);
    reconciler.start();
    reconciler.request();
    await pass(100);
    expect((await home.kept.range(meterId, 'hour', row.startUs, row.endUs, 2))[0]).toMatchObject({
      sum: row.sum,
    });
    expect(home.tickets()).toEqual([]);
  });

  it('opens a ticket for hours that are not ours, and lets it pass when they are', async () => {
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    const truth = [...home.statistics.rows];
    for (const [place, row] of truth.entries())
      if (row.period === 'hour' && row.startUs >= noonUs - 3 * hourUs)
        home.statistics.rows[place] = { ...row, sum: (row.sum ?? 0) + 1, state: (row.state ?? 0) + 1 };
    reconciler.start();
    reconciler.request();
    await pass(100);
    expect(runs()[0]?.outcome).toMatchObject({ hoursChecked: 5, hoursDiffering: 1 });
    const [ticket] = home.tickets();
    expect(ticket).toMatchObject({ kind: 'hours_differ', status: 'open', startUs: noonUs - 3 * hourUs });
    expect(ticket?.evidence).toContainEqual({
      name: 'difference',
      value: expect.closeTo(-1, 2),
      unit: 'kWh',
    });
    home.statistics.rows.splice(0, Number.POSITIVE_INFINITY, ...truth);
    reconciler.request();
    await pass(100);
    expect(home.tickets()).toMatchObject([{ status: 'passed' }]);
  });

  it('reports that Home Assistant is away, and continues when it is back', async () => {
    await home.play(noonUs - 6 * hourUs, 6 * 60, (minute) => minute === 200);
    home.statistics.connect(false);
    reconciler.start();
    const syncId = ask();
    await pass(100);
    expect(await home.syncLog.find(syncId)).toMatchObject({
      status: 'failed',
      error: 'Home Assistant is away',
    });
    expect(reconciler.status()).toMatchObject({ isOk: false, detail: 'Home Assistant is away' });
    home.statistics.connect(true);
    await pass(100);
    expect(await home.syncLog.find(syncId)).toMatchObject({
      status: 'success',
      error: null,
      readingsAdded: 1,
    });
    expect(reconciler.status()).toMatchObject({ isOk: true, detail: null, run: null });
  });

  it('waits for a store that is away, and gives up some time', async () => {
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    home.kept.isDown = true;
    reconciler.start();
    const syncId = ask();
    await pass(60_000);
    expect(await home.syncLog.find(syncId)).toMatchObject({ status: 'failed', error: 'the store is down' });
    expect(reconciler.running(syncId)).toBeNull();
  });

  it('is repeated up to its limit, and then does not count as done', async () => {
    home.zone = null;
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    home.kept.isDown = true;
    reconciler.start();
    ask();
    await pass(minuteMs);
    expect(home.proofs).toBe(limits.tries);
    home.kept.isDown = false;
    ask();
    await pass(100);
    expect(home.proofs).toBe(limits.tries + 1);
    expect(reconciler.status()).toMatchObject({
      ...{ isOk: true, lastHourlyUs: null, lastNightlyUs: null },
      lastFinishedAtUs: runs().at(-1)?.finishedAtUs,
    });
  });

  it('is repeated six times in a quarter-hour, each after twice as long', async () => {
    home.zone = null;
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    home.kept.isDown = true;
    reconciler = new Reconciler(home.deps());
    reconciler.start();
    ask();
    await pass(0);
    const tries = [home.proofs];
    for (const seconds of [30, 60, 120, 240, 480]) {
      await pass(seconds * 1000 - 1);
      tries.push(home.proofs);
      await pass(1);
    }
    expect([...tries, home.proofs]).toEqual([1, 1, 2, 3, 4, 5, 6]);
  });

  it('that was cut off after the first entity is partial', async () => {
    const sensor: ReconciledEntity = {
      ...{ entityId: 'sensor.level', unit: '%', meter: null, ownerId: null, power: null },
    };
    home.entities = [sensor, ...home.entities];
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    home.kept.isDown = true;
    reconciler.start();
    const syncId = ask();
    await pass(100);
    expect(await home.syncLog.find(syncId)).toMatchObject({
      ...{ status: 'partial', entitiesDone: 1, entitiesTotal: 2, error: 'the store is down' },
      finishedAtUs: noonUs,
    });
    expect(reconciler.status().last?.status).toBe('partial');
  });

  it('leaves out an entity whose statistics are refused, and names it', async () => {
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    home.statistics.fault = () => 'refused';
    reconciler.start();
    const syncId = ask();
    await pass(100);
    expect(await home.syncLog.find(syncId)).toMatchObject({
      status: 'failed',
      error: `${meterId}: Home Assistant refused`,
    });
    expect(reconciler.status()).toMatchObject({ isOk: false, detail: `${meterId}: Home Assistant refused` });
  });

  it('lets live work go first, and ends with the process in the middle', async () => {
    const held = Promise.withResolvers<void>();
    home.gate = held.promise;
    home.isBusy = true;
    reconciler.start();
    const syncId = ask();
    await pass(30_000);
    expect(home.proofs).toBe(0);
    home.isBusy = false;
    await pass(2000);
    expect([home.proofs, reconciler.status().run?.syncId]).toEqual([1, syncId]);
    const stopped = reconciler.stop();
    await pass(10);
    await stopped;
    held.resolve();
    expect((await home.syncLog.find(syncId))?.status).toBe('running');
  });
});

describe('a requested run', () => {
  it('is the last ten days of all until two minutes ago, or what is named', async () => {
    const [all, some] = [ask(), ask(7, 9, ['sensor.a', 'sensor.b'])];
    const waiting = { kind: 'reconciliation', status: 'running', startedAtUs: noonUs };
    expect(reconciler.running(all)).toMatchObject({
      ...{ ...waiting, startUs: noonUs - 240 * hourUs, endUs: noonUs - 120_000_000, entitiesTotal: 1 },
    });
    expect(reconciler.running(some)).toMatchObject({ ...waiting, startUs: 7, endUs: 9, entitiesTotal: 2 });
    expect(reconciler.running('another')).toBeNull();
    // Both are visible at once.
    await pass(0);
    expect(await home.syncLog.find(all)).toMatchObject({ ...waiting, entitiesTotal: 1 });
    expect(await home.syncLog.find(some)).toMatchObject({ ...waiting, entitiesTotal: 2 });
  });

  it('waits for its turn, and is refused when too many wait', async () => {
    const held = Promise.withResolvers<void>();
    home.gate = held.promise;
    reconciler.start();
    const ids = Array.from({ length: jobsLimit }, () => ask());
    expect(new Set(ids).size).toBe(jobsLimit);
    await pass(100);
    expect([reconciler.request(), home.proofs]).toEqual([null, 1]);
    expect(reconciler.running(ids[0] ?? '')?.syncId).toBe(ids[0]);
    expect(home.syncLog.runs.size).toBe(jobsLimit);
    held.resolve();
    await pass(100);
    expect(home.proofs).toBe(jobsLimit);
    expect(runs().map(({ syncId, status }) => [syncId, status])).toEqual(ids.map((id) => [id, 'success']));
    expect(reconciler.request()).not.toBeNull();
  });

  it('during another run is done after it', async () => {
    const held = Promise.withResolvers<void>();
    home.gate = held.promise;
    reconciler.start();
    await pass(1000);
    const syncId = ask();
    held.resolve();
    await pass(100);
    expect(runs().map(({ kind, status }) => [kind, status])).toEqual([
      ['hourly', 'success'],
      ['reconciliation', 'success'],
    ]);
    expect(reconciler.running(syncId)).toBeNull();
  });

  it('is stored when it is requested, at its end, and now and then between', async () => {
    const saved: string[] = [];
    const { save } = home.syncLog;
    home.syncLog.save = async (run) => {
      saved.push(run.status);
      await save.call(home.syncLog, run);
    };
    home.entities = ['sensor.a', 'sensor.b'].map((entityId) => ({
      ...{ entityId, unit: '%', meter: null, ownerId: null, power: null },
    }));
    reconciler.start();
    ask();
    await pass(100);
    expect(saved).toEqual(['running', 'success']);
  });
});

describe('by itself', () => {
  it('does not run before the start is over, and then checks the last hours', async () => {
    reconciler.start();
    await pass(999);
    expect(runs()).toEqual([]);
    await pass(1);
    expect(runs()).toMatchObject([
      { kind: 'hourly', status: 'success', startUs: noonUs - 3 * hourUs, endUs: noonUs + 1e6 - 120_000_000 },
    ]);
    const { last, lastFinishedAtUs, lastHourlyUs, lastNightlyUs, unverifiedHours } = reconciler.status();
    expect([last?.kind, lastFinishedAtUs, lastHourlyUs]).toEqual(['hourly', noonUs + 1e6, noonUs + 1e6]);
    expect([lastNightlyUs, unverifiedHours]).toEqual([null, 5]);
  });

  it('runs at the exact minute', async () => {
    reconciler = new Reconciler(home.deps(), { ...limits, startDelayMs: 0 });
    reconciler.start();
    await pass(14 * 60 * minuteMs);
    const begun = runs().map(
      ({ kind, startedAtUs }) => `${kind} ${new Date(startedAtUs / 1000).toISOString().slice(11, 19)}`,
    );
    expect(begun.slice(0, 3)).toEqual(['hourly 12:00:00', 'hourly 12:06:00', 'hourly 13:06:00']);
    expect(begun).toContain('nightly 01:00:00');
    expect(reconciler.status().lastNightlyUs).toBe(at('2026-11-25T01:00:00Z'));
  });

  it('gives up an hour that fails, until the next', async () => {
    home.kept.isDown = true;
    await home.play(noonUs - 6 * hourUs, 6 * 60).catch(() => undefined);
    reconciler.start();
    await pass(5 * minuteMs);
    expect(home.proofs).toBe(limits.tries);
    await pass(2 * minuteMs);
    expect(home.proofs).toBe(2 * limits.tries);
    await pass(50 * minuteMs);
    expect(home.proofs).toBe(2 * limits.tries);
    expect(reconciler.status()).toMatchObject({
      isOk: false,
      detail: 'the store is down',
      lastHourlyUs: null,
    });
  });

  it('waits until the last runs are known', async () => {
    home.settings.isDown = true;
    reconciler.start();
    await pass(10 * minuteMs);
    expect(runs()).toEqual([]);
    home.settings.isDown = false;
    // Or until Home Assistant is there again, which is often the same moment.
    home.statistics.connect(true);
    await pass(limits.startDelayMs);
    expect(runs()).toHaveLength(1);
  });

  it('reaches back ten days at most, and not into the future of a clock that was set back', async () => {
    const begun = async (hourlyUs: number) => {
      home.settings.values.set('reconciliation', { hourlyUs, nightlyUs: noonUs, sinceUs: 0 });
      reconciler = new Reconciler(home.deps(), { ...limits, startDelayMs: 0 });
      reconciler.start();
      await pass(100);
      await reconciler.stop();
      return ((runs().at(-1)?.startUs ?? 0) - noonUs) / hourUs;
    };
    expect(await begun(noonUs - 300 * hourUs)).toBe(-240);
    expect(await begun(noonUs + 50 * hourUs)).toBe(-3);
  });

  it('has nothing to do in a home without tracked entities', async () => {
    home.entities = [];
    reconciler.start();
    await pass(24 * 60 * minuteMs);
    expect(runs()).toEqual([]);
  });

  it('runs soon after the start, every hour and at two in the night', async () => {
    reconciler.start();
    await pass(24 * 3_600_000);
    const all = runs().map(
      ({ kind, startedAtUs }) => `${kind} ${new Date(startedAtUs / 1000).toISOString().slice(11, 16)}`,
    );
    expect(all[0]).toBe('hourly 12:00');
    expect(all.filter((one) => one.startsWith('nightly'))).toEqual(['nightly 01:00']);
    expect(all.filter((one) => one.startsWith('hourly')).length).toBeGreaterThanOrEqual(23);
    expect(all.slice(1, 3)).toEqual(['hourly 12:06', 'hourly 13:06']);
    const night = runs().find(({ kind }) => kind === 'nightly');
    expect((night?.endUs ?? 0) - (night?.startUs ?? 0)).toBeGreaterThan(239 * hourUs);
    const status = reconciler.status();
    expect(status.lastNightlyUs).toBeGreaterThanOrEqual(at('2026-11-25T01:00:00Z'));
    expect(status.nextNightlyUs).toBe(at('2026-11-26T01:00:00Z'));
  });

  it('makes up for a night in which the process was down, and reaches back to the last hour', async () => {
    home.settings.values.set('reconciliation', {
      hourlyUs: noonUs - 50 * hourUs,
      nightlyUs: noonUs - 60 * hourUs,
      sinceUs: 0,
    });
    reconciler.start();
    await pass(10_000);
    expect(runs()).toMatchObject([{ kind: 'nightly' }]);
    await reconciler.stop();
    home.settings.values.set('reconciliation', {
      hourlyUs: noonUs - 50 * hourUs,
      nightlyUs: noonUs,
      sinceUs: 0,
    });
    reconciler = new Reconciler(home.deps(), limits);
    reconciler.start();
    await pass(10_000);
    expect(runs().at(-1)).toMatchObject({ kind: 'hourly', startUs: noonUs - 53 * hourUs });
  });

  it('does nothing while the home is not known, nor in the past of a clock that was set back', async () => {
    home.zone = null;
    reconciler.start();
    await pass(3_600_000);
    expect(runs()).toEqual([]);
    home.zone = 'Europe/Brussels';
    vi.setSystemTime(noonUs / 1000 - 40 * 24 * 3_600_000);
    await pass(24 * 3_600_000);
    expect(runs().filter(({ kind }) => kind === 'nightly').length).toBe(1);
  });

  it('shows what the next nightly run checks', async () => {
    const other = { ownerId: null, power: null };
    home.entities = [
      ...home.entities,
      { ...other, entityId: 'sensor.level', unit: '%', meter: null },
      { ...other, entityId: 'sensor.flow', unit: 'm³/h', meter: null },
      { ...other, entityId: 'sensor.plug', unit: 'W', meter: { entityId: 'sensor.plug', posts: 'power' } },
      {
        ...{ ...other, entityId: 'import:gas', unit: 'm³' },
        meter: { entityId: 'import:gas', posts: 'register', kind: 'rising' },
      },
    ];
    expect(await reconciler.plan()).toEqual({
      ...{ startUs: at('2026-11-15T01:00:00Z'), endUs: at('2026-11-25T01:00:00Z') },
      ...{ entities: 5, hours: 480, unverifiedHours: 20 },
    });
  });
});
