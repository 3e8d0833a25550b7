/**
 * Goal: a home's balance is what its flows and meters add up to, bucket by bucket and as a whole, and nothing of what
 * is not known becomes 0.
 * Method: a ledger in memory into which a home's meters and the flows made of them are posted; three hours, one silent.
 */

import { describe, expect, it } from 'vitest';
import { postedEntry, TestLedger } from '../api/testing/test-ledger.ts';
import { homePlan } from '../balance/flow-plan.ts';
import { everyFlow, flowIds, totalIds } from '../balance/flow-posting.ts';
import type { PostedEntry } from '../ledger/entries/revision.ts';
import { bucketStartUs } from '../units/calendar.ts';
import { hourUs, quarterHourUs } from '../units/durations.ts';
import { type HomeMeters, readHomeBalance } from './home-balance.ts';

const zone = 'Europe/Brussels';
const startUs = bucketStartUs(Date.UTC(2026, 10, 21, 8) * 1000, 'hour', zone);
const endUs = startUs + 3 * hourUs;
/** Half of the third hour has passed. */
const nowUs = startUs + 2.5 * hourUs;
/** The quarter-hours in which every meter reported: the first hour, and the third as far as it has passed. */
const spoken = [0, 1, 2, 3, 8, 9];
const wattHours = (amount: number | null) => amount && amount / 1000;

const nothing = { ids: [], hasUnknown: false };
const sources = { gridIn: ['grid'], gridOut: ['feed'], solar: ['sun'], batteryIn: [], batteryOut: [] };
const home: HomeMeters = {
  ...{ sources, topDevices: ['oven', 'pump'] },
  ...{ gas: nothing, gasEnergy: nothing, water: nothing },
};

/** What each meter counted in each of the quarter-hours, in Wh or L, and the flows that come of it. */
function ledgerOf(
  meters: Readonly<Record<string, number>>,
  of = sources,
  extra: (place: number) => Partial<PostedEntry> = () => ({}),
): TestLedger {
  const ledger = new TestLedger();
  for (const [id, amount] of Object.entries(meters))
    ledger.entries.set(
      id,
      spoken.map((place) =>
        postedEntry(startUs + place * quarterHourUs, { amountMicro: amount * 1000, ...extra(place) }),
      ),
    );
  for (const [flow, entries] of homePlan.post(of, ledger.entries))
    ledger.entries.set(
      flow,
      entries.map((entry) => ({ ...postedEntry(entry.quarterHourStartUs), ...entry })),
    );
  return ledger;
}
const counted = { grid: 100, feed: 50, sun: 250, oven: 40, pump: 20 };
const read = (ledger: TestLedger, meters: HomeMeters = home, firstUs = startUs, lastUs = endUs) =>
  readHomeBalance(ledger, meters, 'hour', firstUs, lastUs, nowUs);

describe('a home’s balance', () => {
  it('has what the home used in each hour and in all of them, and nothing of an hour that is silent', async () => {
    const { rows, total } = await read(ledgerOf(counted));
    const shown = [...rows, total].map((one) => [
      ...[(one.startUs - startUs) / hourUs, (one.endUs - startUs) / hourUs],
      ...[flowIds.homeMwh, totalIds.gridIn, totalIds.gridOut, totalIds.solar].map((flow) =>
        wattHours(one.flows.get(flow) ?? null),
      ),
    ]);
    expect(shown).toEqual([
      [0, 1, 1200, 400, 200, 1000],
      [1, 2, null, null, null, null],
      [2, 3, 600, 200, 100, 500],
      [0, 3, 1800, 600, 300, 1500],
    ]);
    for (const one of [...rows, total]) {
      expect([...one.flows.keys()]).toEqual(everyFlow);
      expect(one.flows.get(totalIds.batteryIn)).toBeNull();
    }
  });

  it('gives the whole hours that a question touches', async () => {
    const { rows, total } = await read(ledgerOf(counted), home, startUs + 1, startUs + hourUs + 1);
    expect(rows.map((row) => row.startUs)).toEqual([startUs, startUs + hourUs]);
    expect([total.startUs, total.endUs]).toEqual([startUs, startUs + 2 * hourUs]);
    expect(wattHours(total.flows.get(flowIds.homeMwh) ?? null)).toBe(1200);
  });

  it('covers the time that has passed, as far as the home’s use was measured in it', async () => {
    const { rows, total } = await read(ledgerOf(counted));
    expect(rows.map(({ coverage }) => coverage)).toEqual([1, 0, 1]);
    expect(total.coverage).toBe(6 / 10);
  });

  it('has the worst quality of what is known, and may grow when a part of it may', async () => {
    const ledger = ledgerOf(counted, sources, (place) =>
      place === 9 ? { quality: 'estimated', isProvisional: true } : {},
    );
    const { rows, total } = await read(ledger);
    expect([...rows, total].map(({ quality, isProvisional }) => [quality, isProvisional])).toEqual([
      ['measured', false],
      ['none', false],
      ['estimated', true],
      ['estimated', true],
    ]);
  });

  it('leaves untracked what no top-level device used; not known where the home’s use is not', async () => {
    const untracked = async (meters: typeof counted, of: HomeMeters = home) => {
      const { rows, total } = await read(ledgerOf(meters), of);
      return [...rows, total].map(({ untrackedMwh }) => wattHours(untrackedMwh));
    };
    expect(await untracked(counted)).toEqual([960, null, 480, 1440]);
    expect(await untracked({ ...counted, oven: 300 })).toEqual([-80, null, -40, -120]);
    expect(await untracked(counted, { ...home, topDevices: [] })).toEqual([1200, null, 600, 1800]);
  });

  it('does not know what is untracked in a home whose use is not known, though its devices are', async () => {
    const ledger = ledgerOf(counted);
    ledger.entries.delete(flowIds.homeMwh);
    const { total, rows } = await read(ledger);
    expect([...rows, total].map(({ untrackedMwh, coverage }) => [untrackedMwh, coverage])).toEqual(
      Array(4).fill([null, 0]),
    );
  });

  it('adds up gas by volume, gas by energy and water, each on its own', async () => {
    const ledger = ledgerOf({ ...counted, gas: 3, gasTwo: 4, gasMeter: 11, water: 20 });
    const group = (...ids: string[]) => ({ ids, hasUnknown: false });
    const beside = {
      gas: group('gas', 'gasTwo'),
      gasEnergy: group('gasMeter'),
      water: group('water'),
    };
    const amounts = async (meters: HomeMeters, lastUs = endUs) => {
      const { rows, total } = await read(ledger, meters, startUs, lastUs);
      return [...rows, total].map(({ gasMl, gasMwh, waterMl }) => [gasMl, gasMwh, waterMl].map(wattHours));
    };
    expect(await amounts({ ...home, ...beside })).toEqual([
      [28, 44, 80],
      [null, null, null],
      [14, 22, 40],
      [42, 66, 120],
    ]);
    // Of one hour alone the whole is that hour.
    expect(await amounts({ ...home, ...beside }, startUs + hourUs)).toEqual([
      [28, 44, 80],
      [28, 44, 80],
    ]);
    // Without a meter of a kind, and with one that is not counted, the sum is not known.
    expect(await amounts({ ...home, water: { ids: ['water'], hasUnknown: true } })).toEqual(
      Array(4).fill([null, null, null]),
    );
  });

  it('says what the grid’s offtake was in each hour, for pricing, and nothing where there is no grid', async () => {
    const { gridIn } = await read(ledgerOf(counted));
    expect(
      gridIn.map((bucket) => [bucket.entityId, bucket.startUs, bucket.endUs, bucket.amountMicro]),
    ).toEqual([
      [totalIds.gridIn, startUs, startUs + hourUs, 400_000],
      [totalIds.gridIn, startUs + hourUs, startUs + 2 * hourUs, null],
      [totalIds.gridIn, startUs + 2 * hourUs, endUs, 200_000],
    ]);
    const island = { ...sources, gridIn: [], gridOut: [] };
    const alone = await read(ledgerOf({ sun: 250 }, island), { ...home, sources: island });
    expect(alone.gridIn).toEqual([]);
    expect(wattHours(alone.total.flows.get(flowIds.homeMwh) ?? null)).toBe(1500);
    expect(alone.total.flows.get(totalIds.gridIn)).toBeNull();
  });
});
