/**
 * Goal: a meter of two tariffs, of which one is silent for half of each day, has its peak: Home Assistant reports
 * changes only.
 * Method: what a real meter with a known peak counted is split over two registers and played into the
 * real stores without what did not change, then with the hourly rows that Home Assistant keeps of them.
 */

import { afterAll, expect, it } from 'vitest';
import { capacityMonth } from '../../src/schemas/p1.ts';
import { hourUs } from '../../src/units/durations.ts';
import { homeWizardRows } from './meter-files.ts';
import { PlayedHome } from './played-home.ts';
import { freshEntity } from './questdb-fixture.ts';

/** The flows of all homes have one name in the store: a September of its own. */
const daysBack = 6209;
const rows = byTariff(
  homeWizardRows().map(({ atUs, registersWh: [a, b] }) => ({
    atUs: atUs - daysBack * 24 * hourUs,
    totalWh: a + b,
  })),
);
const meters = [freshEntity('tariff_1'), freshEntity('tariff_2')];
const home = new PlayedHome({ imports: meters, exports: [] }, (rows.at(-1)?.atUs ?? 0) + 60_000_000);
afterAll(() => home.stop());

/** What the meter counted, on one register by day (local 07:00 to 22:00, summer time) and on the other by night. */
function byTariff(totals: readonly { readonly atUs: number; readonly totalWh: number }[]) {
  const registersWh = [1_000_000, 2_000_000];
  return totals.map(({ atUs, totalWh }, index) => {
    const localHour = (new Date(atUs / 1000 - 1).getUTCHours() + 2) % 24;
    const place = localHour >= 7 && localHour < 22 ? 0 : 1;
    registersWh[place] = (registersWh[place] ?? 0) + totalWh - (totals[index - 1]?.totalWh ?? totalWh);
    return { atUs, registersWh: [...registersWh] };
  });
}

const kwh = (row: (typeof rows)[number] | undefined, place: number) => (row?.registersWh[place] ?? 0) / 1000;
const peak = () => home.get('/v1/capacity/month/2005-09', capacityMonth);

it('does not know the nights of a register that reports after them', async () => {
  await home.start();
  for (const [place, id] of meters.entries())
    await home.play(
      id,
      rows
        .filter((row, index) => index === 0 || kwh(row, place) !== kwh(rows[index - 1], place))
        .map((row) => [row.atUs, kwh(row, place)]),
    );
  await home.settle();
  const { measured_quarters, expected_quarters } = await peak();
  expect(measured_quarters).toBeLessThan(expected_quarters * 0.75);
});

it('knows them by the rows that say it still stood', async () => {
  const hours = rows.filter((row) => row.atUs % hourUs === 0);
  for (const [place, id] of meters.entries())
    await home.playHours(
      id,
      hours.slice(1).map((row, index) => [row.atUs - hourUs, kwh(row, place) - kwh(hours[index], place)]),
      kwh(hours[0], place),
    );
  await home.settle();
  const found = await peak();
  expect(found).toMatchObject({ monthly_peak_w: 3176, monthly_peak_ts: '2005-09-07T12:15:00+02:00' });
  // The hour that the file ends in has no row, and the meter was not followed there. Of the two changes of tariff a
  // day, those are no quarter-hours that were measured in which more was used than the register ever counted before
  // it was silent.
  expect(found.measured_quarters).toBeLessThanOrEqual(found.expected_quarters - 3);
  expect(found.measured_quarters).toBeGreaterThanOrEqual(found.expected_quarters - 3 - 2 * 30);
});
