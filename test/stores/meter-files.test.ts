/**
 * Goal: what is in the files of real meters comes out by hour, day and month, peaks at their quarter-hours, in whatever
 * order it came in; gas in cubic metres and in kilowatt-hours.
 * Method: the files are played into the real stores, shuffled; every answer of the API is held against test/reference,
 * which shares no code with the product.
 */

import { describe, expect, it } from 'vitest';
import { statistics, statisticsRow } from '../../src/schemas/statistics.ts';
import { quarterHourUs } from '../../src/units/durations.ts';
import { type RegisterState, reckon, together } from '../reference/meter-reckoner.ts';
import { fluviusGasHours, fluviusQuarterHours, homeWizardRows } from './meter-files.ts';
import { PlayedHome } from './played-home.ts';
import { freshEntity } from './questdb-fixture.ts';
import { compare, comparePeaks, readingOf, shuffled } from './reckoned-answers.ts';

const us = (iso: string) => Date.parse(iso) * 1000;

describe('files of real meters', () => {
  const zone = 'Europe/Brussels';
  const registersOf = (
    startUs: number,
    parts: readonly (readonly [startUs: number, thousandths: number])[],
    stepUs: number,
  ): RegisterState[] => {
    let register = 1_000_000n;
    const states: RegisterState[] = [{ atUs: startUs, micro: register * 1000n }];
    for (const [partUs, thousandths] of parts) {
      register += BigInt(thousandths);
      states.push({ atUs: partUs + stepUs, micro: register * 1000n });
    }
    return states;
  };
  const wizard = [0, 1].map((place) =>
    homeWizardRows().map(
      (row): RegisterState => ({ atUs: row.atUs, micro: BigInt(row.registersWh[place] ?? 0) * 1000n }),
    ),
  );
  const rows = fluviusQuarterHours().filter((row) => row.register.startsWith('Afname'));
  const starts = [...new Set(rows.map((row) => row.startUs))].sort((a, b) => a - b);
  const fluvius = ['Afname Dag', 'Afname Nacht'].map((register) => {
    const wh = new Map(rows.filter((row) => row.register === register).map((row) => [row.startUs, row.wh]));
    return registersOf(
      starts[0] ?? 0,
      starts.map((startUs) => [startUs, wh.get(startUs) ?? 0]),
      quarterHourUs,
    );
  });
  const gas = registersOf(
    fluviusGasHours()[0]?.startUs ?? 0,
    fluviusGasHours().map((hour) => [hour.startUs, hour.litres]),
    4 * quarterHourUs,
  );
  const gasEnergy = registersOf(
    fluviusGasHours()[0]?.startUs ?? 0,
    fluviusGasHours().map((hour) => [hour.startUs, hour.wh]),
    4 * quarterHourUs,
  );

  it.each([
    { name: 'HomeWizard, September 2022', states: wizard },
    { name: 'Fluvius, October 2021', states: fluvius },
  ])('$name', async ({ states }) => {
    const ids = [freshEntity('file_one'), freshEntity('file_two')];
    const home = new PlayedHome({ imports: ids, exports: [] }, us('2022-12-01T00:00:00Z'));
    await home.start(zone);
    for (const [index, id] of ids.entries())
      await home.play(id, shuffled(states[index] ?? [], 3).map(readingOf));
    await home.settle();
    for (const [index, id] of ids.entries()) await compare(home, id, reckon(states[index] ?? []), zone);
    await comparePeaks(home, together(states.map(reckon)), zone);
    await home.stop();
  });

  it('Fluvius gas, January 2022, in cubic metres and in kilowatt-hours', async () => {
    const [volume, energy] = [freshEntity('gas'), freshEntity('gas_energy')];
    const home = new PlayedHome(
      { imports: [], exports: [], gas: [volume], devices: [{ id: energy }] },
      us('2022-12-01T00:00:00Z'),
    );
    await home.start(zone);
    await home.play(volume, shuffled(gas, 5).map(readingOf), 'm³');
    await home.play(energy, shuffled(gasEnergy, 6).map(readingOf));
    await home.settle();
    await compare(home, volume, reckon(gas), zone);
    await compare(home, energy, reckon(gasEnergy), zone);
    // A gas day is from six to six; any range of hours can be asked for.
    const day = 'start_time=2022-01-10T06:00:00%2B01:00&end_time=2022-01-11T06:00:00%2B01:00';
    const answer = await home.get(`/api/statistics/${volume}?period=hour&${day}`, statistics);
    const litres = fluviusGasHours()
      .slice(0, 24)
      .reduce((sum, hour) => sum + hour.litres, 0);
    const sum = statisticsRow
      .array()
      .parse(answer.data)
      .reduce((all, row) => all + (row.sum ?? Number.NaN), 0);
    expect(sum).toBeCloseTo(litres / 1000, 6);
    await home.stop();
  });
});
