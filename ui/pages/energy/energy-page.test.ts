/**
 * Goal: sentence, comparison, cards, bars and table of the Energy page show the API's answer: only comparable buckets are
 * compared, unknown values are shown as unknown, and the bars add up to the cards.
 * Method: hand-made answers; each rule at its limit.
 */
import { describe, expect, it } from 'vitest';
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { hourMs } from '../../../src/units/durations.ts';
import { segmentsOf, sideOf } from '../../chart/bars.ts';
import { asTabSeparated } from '../../components/data-table.tsx';
import { periodAround } from '../../period/period.ts';
import { en } from '../../texts/en.ts';
import { changeOf } from './comparison.ts';
import { energyBars, energySeries } from './energy-bars.ts';
import { energyTable } from './energy-table.ts';
import { figuresOf, figureText } from './figures.ts';
import { missingSources, sentenceOf } from './sentence.ts';

type Row = BalanceAnswer['rows'][number];
type Amounts = BalanceAnswer['total'];
const locale = { language: 'en-GB', zone: 'Europe/Brussels' };
const plain = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, ' ');
const unknown: Amounts = {
  grid_in_kwh: null,
  grid_out_kwh: null,
  solar_kwh: null,
  battery_in_kwh: null,
  battery_out_kwh: null,
  home_kwh: null,
  solar_to_home_kwh: null,
  solar_to_battery_kwh: null,
  solar_to_grid_kwh: null,
  battery_to_home_kwh: null,
  battery_to_grid_kwh: null,
  grid_to_home_kwh: null,
  grid_to_battery_kwh: null,
  untracked_kwh: null,
  unexplained_kwh: null,
  gas_m3: null,
  gas_kwh: null,
  water_m3: null,
  self_sufficiency: null,
  self_consumption: null,
  cost: null,
  coverage: 0,
  quality: 'none',
  provisional: false,
};
/** An hour with 2 kWh of solar, 0.5 of it to the grid; the rest of `home` from the grid. */
const known = (home: number): Amounts => ({
  ...unknown,
  grid_in_kwh: home - 1.5,
  grid_out_kwh: 0.5,
  solar_kwh: 2,
  home_kwh: home,
  solar_to_home_kwh: 1.5,
  solar_to_grid_kwh: 0.5,
  grid_to_home_kwh: home - 1.5,
  self_sufficiency: 1.5 / home,
  self_consumption: 0.75,
  coverage: 1,
  quality: 'measured',
});
const iso = (ms: number) => new Date(ms).toISOString();
const dayStart = Date.parse('2026-11-20T23:00:00Z');
const rowsFrom = (startMs: number, amounts: readonly Amounts[]): Row[] =>
  amounts.map((one, index) => ({
    start: iso(startMs + index * hourMs),
    end: iso(startMs + (index + 1) * hourMs),
    ...one,
  }));
const totalOf = (rows: readonly Amounts[]): Amounts => {
  const list = rows.filter((row) => row.home_kwh !== null);
  if (list.length === 0) return unknown;
  const sum = (key: keyof Amounts) => list.reduce((total, row) => total + Number(row[key] ?? 0), 0);
  return {
    ...known(sum('home_kwh')),
    grid_in_kwh: sum('grid_in_kwh'),
    grid_out_kwh: sum('grid_out_kwh'),
    solar_kwh: sum('solar_kwh'),
    solar_to_home_kwh: sum('solar_to_home_kwh'),
    grid_to_home_kwh: sum('grid_to_home_kwh'),
    self_sufficiency: sum('solar_to_home_kwh') / sum('home_kwh'),
  };
};
const answerOf = (amounts: readonly Amounts[], before: readonly Amounts[] | null): BalanceAnswer => {
  const rows = rowsFrom(dayStart, amounts);
  const others = rowsFrom(dayStart - 24 * hourMs, before ?? []);
  return {
    time_range: { start: iso(dayStart), end: iso(dayStart + 24 * hourMs) },
    period: 'hour',
    time_zone: locale.zone,
    currency: 'EUR',
    has: { grid: true, solar: true, battery: false, gas: false, gas_energy: false, water: false },
    unknown_sources: [],
    total: totalOf(rows),
    rows,
    comparison:
      before === null
        ? null
        : {
            time_range: { start: iso(dayStart - 24 * hourMs), end: iso(dayStart) },
            total: totalOf(others),
            rows: others.map((row, index) => ({ ...row, aligned_start: iso(dayStart + index * hourMs) })),
          },
  };
};
const hoursOf = (count: number, home: number): Amounts[] =>
  Array.from({ length: 24 }, (_none, index) => (index < count ? known(home) : unknown));
const day = periodAround('day', Temporal.PlainDate.from('2026-11-21'));
const sentence = (answer: BalanceAnswer, atMs: number) => plain(sentenceOf(answer, day, atMs, en, locale));

describe('the sentence', () => {
  it('compares the day so far with the same hours of yesterday', () => {
    const answer = answerOf(hoursOf(14, 2), hoursOf(24, 2.5));
    expect(sentence(answer, dayStart + 14 * hourMs)).toBe(
      '28.0 kWh used so far today, 20 % less than yesterday by 14:00. 75 % of it came from the sun.',
    );
  });

  it('names the source that is missing', () => {
    const unknownSource = {
      statistic_id: 'opower:grid',
      role: 'grid_import',
      reason: 'no_statistic',
    } as const;
    const answer = { ...answerOf(hoursOf(0, 2), null), unknown_sources: [unknownSource] };
    expect(sentence(answer, dayStart + 14 * hourMs)).toBe(
      'What the home used is not known: its source “From the grid” is missing.',
    );
    expect(missingSources(answer, dayStart + 100 * hourMs)).toHaveLength(1);
    const knownPast = { ...answerOf(hoursOf(24, 2), null), unknown_sources: [unknownSource] };
    expect(missingSources(knownPast, dayStart + 100 * hourMs)).toEqual([]);
    expect(missingSources(knownPast, dayStart + 14 * hourMs)).toHaveLength(1);
    // Without its gas the home's electricity is known.
    const gas = {
      ...answerOf(hoursOf(24, 2), null),
      unknown_sources: [{ ...unknownSource, role: 'gas' as const }],
    };
    expect(sentence(gas, dayStart + 100 * hourMs)).toContain('48.0 kWh used');
  });

  it('compares whole days', () => {
    const answer = answerOf(hoursOf(24, 3), hoursOf(24, 2));
    expect(sentence(answer, dayStart + 100 * hourMs)).toMatch(
      /^72\.0 kWh used on Sat, 21 Nov 2026, 50 % more than Fri, 20 Nov 2026\. 50 % of it/,
    );
  });

  it('says that the amounts are equal, and nothing without a comparison', () => {
    const late = dayStart + 100 * hourMs;
    expect(sentence(answerOf(hoursOf(24, 2), hoursOf(24, 2.001)), late)).toContain('as much as Fri');
    expect(sentence(answerOf(hoursOf(24, 2), hoursOf(0, 2)), late)).not.toContain('than');
    expect(sentence(answerOf(hoursOf(24, 2), null), late)).not.toContain('than');
  });

  it('distinguishes unknown from zero', () => {
    const nothing = answerOf(hoursOf(0, 1), hoursOf(24, 2));
    expect(sentence(nothing, dayStart + 2 * hourMs)).toBe('What the home used today is not known yet.');
    expect(sentence(nothing, dayStart + 100 * hourMs)).toBe('What the home used then is not known.');
    expect(sentence(nothing, dayStart - hourMs)).toBe('This period has not begun yet.');
    expect(sentence({ ...nothing, has: { ...nothing.has, grid: false } }, dayStart + hourMs)).toContain(
      'no meter of the grid',
    );
  });

  it('names the measured share when a part is missing', () => {
    const answer = answerOf(hoursOf(24, 2), null);
    const partly = { ...answer, total: { ...answer.total, coverage: 0.62 } };
    expect(sentence(partly, dayStart + 100 * hourMs)).toContain('62 % of the time is measured');
  });
});

describe('the comparison', () => {
  it('counts only hours that both periods know', () => {
    const before = hoursOf(24, 4).map((row, index) => (index < 6 ? unknown : row));
    const change = changeOf(answerOf(hoursOf(24, 2), before), 'home_kwh', dayStart + 100 * hourMs);
    expect(change).toMatchObject({ share: -0.5, basis: 'known' });
  });

  it('leaves out partly measured hours', () => {
    const half = { ...known(1), coverage: 0.5 };
    const today = hoursOf(10, 2).map((row, index) => (index === 9 ? half : row));
    const change = changeOf(answerOf(today, hoursOf(24, 2)), 'home_kwh', dayStart + 10 * hourMs);
    expect(change).toMatchObject({ share: 0, basis: 'known', endMs: dayStart + 9 * hourMs });
  });

  it('is null when too little is known, or with zero', () => {
    const few = hoursOf(24, 2).map((row, index) => (index < 20 ? unknown : row));
    expect(changeOf(answerOf(hoursOf(24, 2), few), 'home_kwh', dayStart + 100 * hourMs)).toBeNull();
    const zero = hoursOf(24, 2).map((row) => ({ ...row, grid_out_kwh: 0 }));
    expect(changeOf(answerOf(hoursOf(24, 2), zero), 'grid_out_kwh', dayStart + 100 * hourMs)).toBeNull();
  });
});

describe('bars, cards and table', () => {
  const answer = answerOf(hoursOf(14, 2), hoursOf(24, 2.5));
  const atMs = dayStart + 13.5 * hourMs;

  it('add up to the same', () => {
    const series = energySeries(answer, en.energy.chart);
    const bars = energyBars(answer, series, true, atMs);
    const sum = (side: 'above' | 'below') =>
      bars.reduce((total, bar) => total + (sideOf(bar, series, side) ?? 0), 0);
    expect(sum('above')).toBeCloseTo(answer.total.home_kwh ?? 0, 9);
    expect(sum('below')).toBeCloseTo(answer.total.grid_out_kwh ?? 0, 9);
    expect(bars.filter(({ isRunning }) => isRunning)).toHaveLength(1);
    expect(bars[20]).toMatchObject({ presence: 'future', mark: null });
    expect(segmentsOf(bars[20] ?? { values: [] }, series)).toEqual([]);
    expect(bars[3]?.before).toEqual({ above: 2.5, below: 0.5 });
    expect(bars[3]?.mark).toBeCloseTo(0, 9);
  });

  it('have no battery in a home without one', () => {
    expect(energySeries(answer, en.energy.chart).map(({ key }) => key)).toEqual([
      'fromSolar',
      'fromGrid',
      'toGrid',
    ]);
    expect(figuresOf(answer).map(({ key }) => key)).toEqual([
      'home',
      'gridIn',
      'gridOut',
      'solar',
      'selfSufficiency',
      'selfConsumption',
      'cost',
    ]);
  });

  it('show gas in the unit of its meter', () => {
    const gas = { ...answer.total, gas_kwh: 19.2 };
    const asEnergy = { ...answer, has: { ...answer.has, gas: true, gas_energy: true }, total: gas };
    const keys = (shown: BalanceAnswer) => figuresOf(shown).map(({ key }) => key);
    expect(keys(asEnergy)).toContain('gasEnergy');
    expect(keys(asEnergy)).not.toContain('gas');
    expect(figureText({ amount: 'gas_kwh', kind: 'energy' }, gas, 'EUR', 'en-GB')).toMatch(/19\.2.kWh/);
    expect(energyTable(asEnergy, 'hour', null, atMs, en, locale).columns.map(({ key }) => key)).toContain(
      'gasEnergy',
    );
    const both = { ...asEnergy, total: { ...gas, gas_m3: 1 } };
    expect(keys(both)).toEqual(expect.arrayContaining(['gas', 'gasEnergy']));
    const volume = { ...answer, has: { ...answer.has, gas: true } };
    expect(keys(volume)).toContain('gas');
    expect(keys(volume)).not.toContain('gasEnergy');
  });

  it('leave unknown values empty', () => {
    expect(figureText({ amount: 'cost', kind: 'money' }, answer.total, 'EUR', 'en-GB')).toBeNull();
    const { columns, rows, total } = energyTable(answer, 'hour', 'yesterday', atMs, en, locale);
    expect(rows).toHaveLength(24);
    expect(rows[20]?.cells[1]).toEqual({ text: '', value: null });
    expect(rows[20]?.cells.at(-1)?.text).toBe('not yet');
    expect(rows[13]?.cells.at(-1)?.text).toContain('so far');
    expect(total.cells[1]?.value).toBe(answer.total.home_kwh);
    const lines = asTabSeparated(columns, rows).split('\n');
    expect(lines).toHaveLength(25);
    expect(lines[0]?.split('\t')).toHaveLength(columns.length);
    expect(lines[1]?.split('\t')[1]).toBe('2');
  });
});
