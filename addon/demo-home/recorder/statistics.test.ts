/**
 * Goal: statistics mean what Core's mean, so that what repairs a gap with them is tested on the real thing's rules.
 * Method: rows held against the raw states, summed by hand; a home at a set clock, and states put in by hand.
 */

import { describe, expect, it } from 'vitest';
import { hourMs } from '../../../src/units/durations.ts';
import { Home } from '../home/home.ts';
import { House } from '../model/house.ts';
import {
  converter,
  type Period,
  type RowsQuestion,
  statisticIds,
  statisticsOf,
} from '../protocol/statistics-commands.ts';
import { History } from './history.ts';
import { Statistics } from './statistics.ts';

const nowUs = Date.parse('2026-11-16T17:30:20Z') * 1000;
const house = new House({ seed: 2711, timeZone: 'Europe/Brussels', installedOn: '2026-10-10' });

function setUp() {
  const clock = { us: nowUs };
  const home = new Home({ house, nowUs: () => clock.us, p1Seconds: 10 });
  home.start();
  const statistics = new Statistics(home, 10, 30);
  interface Reported {
    start: number;
    end: number;
    [type: string]: number | null;
  }
  const ask = async (
    statisticId: string,
    period: Period,
    startUs: number,
    endUs = Infinity,
  ): Promise<Reported[]> => {
    const types: RowsQuestion['types'] = ['change', 'state', 'sum', 'mean', 'min', 'max'];
    const question = { startUs, endUs, statisticIds: [statisticId], period, types, units: { energy: 'kWh' } };
    const found = (await statisticsOf(home, statistics, question)) as Record<string, Reported[]>;
    return found[statisticId] ?? [];
  };
  return { clock, home, ask, statistics, history: new History(home, 10) };
}

describe('statistics', () => {
  it('of an external source have hours alone, and what they change is the difference of their sums', async () => {
    const { ask, statistics, home } = setUp();
    const statisticId = 'opower:elec_consumption';
    const startMs = Date.parse('2026-11-10T00:00:00Z');
    const hours = [1, 3, 6].map((sum, at) => ({ startMs: startMs + at * hourMs, state: at + 1, sum }));
    statistics.externals.set(statisticId, { statisticId, name: 'Grid', unit: 'kWh', hours });
    const rows = await ask(statisticId, 'hour', (startMs + hourMs) * 1000);
    expect(rows.map(({ start, state, sum, change }) => [start - startMs, state, sum, change])).toEqual([
      [hourMs, 2, 3, 2],
      [2 * hourMs, 3, 6, 3],
    ]);
    expect(await ask(statisticId, 'day', startMs * 1000)).toMatchObject([{ change: 6, sum: 6 }]);
    expect(await ask(statisticId, '5minute', 0)).toEqual([]);
    expect(statisticIds({ home, statistics }, 'sum', [statisticId])).toMatchObject([
      { source: 'opower', name: 'Grid', unit_class: 'energy', has_sum: true },
    ]);
    expect(statisticIds({ home, statistics }, 'mean', [statisticId])).toEqual([]);
  });

  it('sum a meter: changes of the hours add up to what the states say', async () => {
    const { ask, history } = setUp();
    const startUs = nowUs - 5 * 86_400_000_000;
    const rows = await ask('sensor.fridge_energy', 'hour', startUs);
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined) throw new Error('no rows');
    const at = (ms: number) => Number(history.inForceAt('sensor.fridge_energy', ms * 1000 - 1)?.state) / 1000;
    expect(rows.reduce((sum, { change }) => sum + (change ?? 0), 0)).toBeCloseTo(
      at(last.end) - at(first.start),
      6,
    );
    expect(last.state).toBeCloseTo(at(last.end), 9);
    // Only whole hours, and only those over: 17:00Z is still running.
    expect(last.end).toBe(Date.parse('2026-11-16T17:00:00Z'));
    expect(rows.every(({ start, end }) => end - start === hourMs && start % hourMs === 0)).toBe(true);
    // None of those asked for has a mean: Core leaves the columns out.
    expect(Object.keys(first).sort()).toEqual(['change', 'end', 'start', 'state', 'sum']);
  });

  it('weigh power by the time that each value stood', async () => {
    const { ask, history } = setUp();
    const start = nowUs - 20 * 60_000_000;
    const [row] = await ask('sensor.p1_meter_power', '5minute', start);
    if (row === undefined) throw new Error('no row');
    const states = history.recorded('sensor.p1_meter_power', row.start * 1000, row.end * 1000);
    let before = Number(history.inForceAt('sensor.p1_meter_power', row.start * 1000 - 1)?.state);
    let area = 0;
    let startUs = row.start * 1000;
    for (const { state, lastUpdatedUs } of states) {
      area += before * (lastUpdatedUs - startUs);
      before = Number(state);
      startUs = lastUpdatedUs;
    }
    area += before * (row.end * 1000 - startUs);
    expect(row.mean).toBeCloseTo(area / 300_000_000, 6);
    expect(row.max).toBeGreaterThanOrEqual(Math.max(...states.map(({ state }) => Number(state))));
    expect('sum' in row || 'change' in row).toBe(false);
  });

  it('keep five-minute rows for ten days, hourly ones for thirty; the first short row changes by its whole sum', async () => {
    const { ask } = setUp();
    const short = await ask('sensor.solar_inverter_energy', '5minute', 0);
    const long = await ask('sensor.solar_inverter_energy', 'hour', 0);
    // 17:30:20: ten days back begins within a period, and the last whole ones are 17:25 and 16:00.
    expect(short.length).toBe(10 * 288 - 1);
    expect(short[0]?.change).toBe(short[0]?.sum);
    expect(short[1]?.change).toBeLessThan(1);
    expect(long.length).toBe(30 * 24 - 1);
    expect(long[0]?.change).toBeLessThan(5);
  });

  it('gather days by wall clock, widened to whole ones: 25 hours on the day the clocks go back', async () => {
    const { ask } = setUp();
    const days = await ask(
      'sensor.solar_inverter_energy',
      'day',
      Date.parse('2026-10-24T12:00:00Z') * 1000,
      Date.parse('2026-10-26T12:00:00Z') * 1000,
    );
    expect(days.map(({ start }) => new Date(start).toISOString())).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    expect(days.map(({ start, end }) => (end - start) / hourMs)).toEqual([24, 25, 24]);
    const hours = await ask(
      'sensor.solar_inverter_energy',
      'hour',
      (days[1]?.start ?? 0) * 1000,
      (days[1]?.end ?? 0) * 1000,
    );
    expect(hours.length).toBe(25);
    expect(hours.reduce((sum, { change }) => sum + (change ?? 0), 0)).toBeCloseTo(days[1]?.change ?? 0, 6);
  });

  it('reckon a reset as Core does: below nine tenths the new reading counts from 0, a small fall lowers the sum', async () => {
    const { clock, home, ask } = setUp();
    const meter = { state_class: 'total_increasing', unit_of_measurement: 'kWh' };
    home.add(
      {
        key: 'hand',
        entityId: 'sensor.hand',
        name: null,
        device: null,
        unit: 'kWh',
        deviceClass: 'energy',
        stateClass: 'total_increasing',
        group: { name: 'x', periodUs: 1e7 },
        meaning: { kind: 'fixed', text: '' },
      },
      true,
    );
    for (const text of ['100', '105', 'unavailable', '1.5', '1.4', '2']) {
      home.put('sensor.hand', text, meter);
      clock.us += 300_000_000;
    }
    clock.us += 300_000_000;
    home.advance();
    const rows = await ask('sensor.hand', '5minute', nowUs - 300_000_000);
    expect(rows.map(({ state }) => state)).toEqual([100, 105, 105, 1.5, 1.4, 2, 2].slice(0, rows.length));
    const sums = [0, 5, 5, 6.5, 6.4, 7, 7];
    for (const [i, { sum }] of rows.entries()) expect(sum).toBeCloseTo(sums[i] ?? NaN, 9);
    expect(rows.length).toBeGreaterThanOrEqual(6);
  });

  it('convert into the unit asked for, and only then', () => {
    expect(converter('Wh', { energy: 'kWh' })(1234.5)).toBe(1.2345);
    expect(converter('MWh', { energy: 'kWh' })(1.5)).toBe(1500);
    expect(converter('L', { volume: 'm³' })(1500)).toBe(1.5);
    expect(converter('Wh', { power: 'W' })(7)).toBe(7);
    expect(converter('%', { energy: 'kWh' })(7)).toBe(7);
    expect(converter('kWh', {})(null)).toBeNull();
  });
});
