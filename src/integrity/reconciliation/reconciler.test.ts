/**
 * Goal: what Home Assistant has and we have not is found, mended and told, when it is due, and whatever is away meanwhile.
 * Method: a home of one meter in memory, on a clock that the test turns: readings taken out of the middle, rows made wrong,
 * a night that comes, a Home Assistant that goes away, a stop in the middle.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { meterId, ReconciledHome } from '../testing/reconciled-home.ts';
import { Reconciler } from './reconciler.ts';

const at = (iso: string) => Date.parse(iso) * 1000;
const hourUs = 3_600_000_000;
const noonUs = at('2026-11-24T12:00:00Z');
const limits = { startDelayMs: 1000, retryFirstMs: 1000, retryLimitMs: 1000, tries: 5 };

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
const runs = () => [...home.syncLog.runs.values()];

describe('a run', () => {
  it('finds readings that are missing in the middle, posts them and says so', async () => {
    const startUs = noonUs - 6 * hourUs;
    await home.play(startUs, 6 * 60, (minute) => minute >= 130 && minute < 170);
    reconciler.start();
    const syncId = reconciler.request();
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

  it('makes rows right that were kept wrong', async () => {
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

  it('that meets a Home Assistant that is away says so, and is done when it is back', async () => {
    await home.play(noonUs - 6 * hourUs, 6 * 60, (minute) => minute === 200);
    home.statistics.connect(false);
    reconciler.start();
    const syncId = reconciler.request();
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
    const syncId = reconciler.request();
    await pass(60_000);
    expect(await home.syncLog.find(syncId)).toMatchObject({ status: 'failed', error: 'the store is down' });
    expect(home.proofs).toBeGreaterThanOrEqual(limits.tries);
    expect(reconciler.running(syncId)).toBeNull();
  });

  it('leaves out an entity whose statistics are refused, and says which', async () => {
    await home.play(noonUs - 6 * hourUs, 6 * 60);
    home.statistics.fault = () => 'refused';
    reconciler.start();
    const syncId = reconciler.request();
    await pass(100);
    expect(await home.syncLog.find(syncId)).toMatchObject({
      status: 'failed',
      error: `${meterId}: Home Assistant refused`,
    });
  });

  it('lets live work go first, and ends with the process in the middle', async () => {
    const held = Promise.withResolvers<void>();
    home.gate = held.promise;
    home.isBusy = true;
    reconciler.start();
    const syncId = reconciler.request();
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

describe('by itself', () => {
  it('looks soon after the start, every hour and at two in the night', async () => {
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
    await home.settings.set('reconciliation', {
      hourlyUs: noonUs - 50 * hourUs,
      nightlyUs: noonUs - 60 * hourUs,
      sinceUs: 0,
    });
    reconciler.start();
    await pass(10_000);
    expect(runs()).toMatchObject([{ kind: 'nightly' }]);
    await reconciler.stop();
    await home.settings.set('reconciliation', {
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
    await pass(2 * 24 * 3_600_000);
    expect(runs().filter(({ kind }) => kind === 'nightly').length).toBe(2);
  });

  it('tells what the next night looks at', async () => {
    expect(await reconciler.plan()).toEqual({
      ...{ startUs: at('2026-11-15T01:00:00Z'), endUs: at('2026-11-25T01:00:00Z') },
      ...{ entities: 1, hours: 240, unverifiedHours: 5 },
    });
  });
});
