/**
 * Goal: the coverage shows each meter's time as in the API, by the quarter-hour also where rows are merged, and the home as
 * the sum of its meters; the page's sentence names what is missing.
 * Method: hand-made answers, one over a day of 25 hours; the layers of a cell by property.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Coverage } from '../../../src/schemas/ledger.ts';
import { rangeOf } from '../../period/period.ts';
import { en } from '../../texts/en.ts';
import {
  coverageGrid,
  daysOf,
  lengthOf,
  negligibleSeconds,
  quarterHoursOf,
  settled,
} from './coverage-grid.ts';
import { layersOf } from './coverage-layout.ts';
import { partsText, whyText } from './coverage-words.ts';
import { gapsOf, sentenceOf } from './sentence.ts';

const zone = 'Europe/Brussels';
const locale = { language: 'en-GB', zone };
type Row = Coverage['entities'][number]['rows'][number];

const row = (start: string, end: string, rest: Partial<Row>): Row => ({
  start,
  end,
  measured_seconds: 0,
  imported_seconds: 0,
  recovered_seconds: 0,
  hourly_seconds: 0,
  estimated_seconds: 0,
  missing_seconds: 0,
  why: [],
  ...rest,
});
const answer = (...entities: [name: string, rows: Row[]][]): Coverage => ({
  time_range: { start: '2026-11-16T00:00:00+01:00', end: '2026-11-26T00:00:00+01:00' },
  period: 'day',
  time_zone: zone,
  entities: entities.map(([name, rows]) => ({ entity_id: `sensor.${name}`, name, coverage: 1, rows })),
});
const day = (date: number, rest: Partial<Row>) =>
  row(`2026-11-${date}T00:00:00+01:00`, `2026-11-${date + 1}T00:00:00+01:00`, rest);
const date = (text: string) => Temporal.PlainDate.from(text);
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const textOf = (coverage: Coverage | null, decisions = 0, isDown = false) =>
  plain(sentenceOf(coverage, decisions, isDown, en, locale));

describe('the sentence without a source', () => {
  it('names the sources that the balance needs', () => {
    const coverage = answer(['well', [day(24, { measured_seconds: 86_400 })]]);
    const text = plain(sentenceOf(coverage, 0, false, en, locale, ['opower:grid']));
    expect(text).toMatch(/^The home’s balance is not known: opower:grid is missing\. /);
    expect(textOf(coverage)).not.toContain('balance');
  });
});

describe('the grid', () => {
  it('splits merged rows into quarter-hours, 100 of them when clocks go back', () => {
    const [span] = daysOf(rangeOf(date('2026-10-25'), date('2026-10-25')), zone);
    if (span === undefined) throw new Error('A day has a span');
    const quarterHours = quarterHoursOf(span);
    expect(quarterHours).toHaveLength(100);
    const coverage = answer([
      'grid',
      [
        row('2026-10-25T00:00:00+02:00', '2026-10-25T02:30:00+02:00', { measured_seconds: 9000 }),
        row('2026-10-25T02:30:00+02:00', '2026-10-25T02:45:00+01:00', {
          measured_seconds: 1500,
          missing_seconds: 3000,
          why: ['nothing_heard'],
        }),
      ],
    ]);
    const { lines } = coverageGrid(coverage, quarterHours, 'Home');
    const cells = lines[1]?.cells ?? [];
    expect(cells[9]?.parts).toMatchObject({ measured: 900, missing: 0 });
    expect(cells[10]?.parts).toMatchObject({ measured: 300, missing: 600 });
    expect(cells[14]?.parts).toMatchObject({ measured: 300, missing: 600 });
    expect(cells.slice(15).every((cell) => cell === null)).toBe(true);
  });

  it('adds up the meters for the home, and sorts the worst first', () => {
    const coverage = answer(
      ['well', [day(24, { measured_seconds: 86_400 })]],
      ['silent', [day(24, { measured_seconds: 85_500, missing_seconds: 900, why: ['nothing_heard'] })]],
      ['late', [day(24, { missing_seconds: 86_400, why: ['before_the_first'] })]],
    );
    const grid = coverageGrid(
      coverage,
      daysOf(rangeOf(date('2026-11-24'), date('2026-11-25')), zone),
      'Home',
    );
    expect(grid.lines.map(({ name }) => name)).toEqual(['Home', 'silent', 'well', 'late']);
    expect(grid.lines[0]?.cells[0]?.parts).toEqual({
      measured: 171_900,
      fetched: 0,
      hourly: 0,
      estimated: 0,
      missing: 900,
      before: 86_400,
    });
    expect(grid.lines[0]?.cells[1]).toBeNull();
  });

  it('fills a cell to its full height, with missing time always visible', () => {
    const seconds = fc.integer({ min: 0, max: 86_400 });
    const parts = fc.record({
      measured: seconds,
      fetched: seconds,
      hourly: seconds,
      estimated: seconds,
      missing: seconds,
      before: seconds,
    });
    fc.assert(
      fc.property(parts, fc.integer({ min: 16, max: 40 }), (given, height) => {
        const layers = layersOf(given, height);
        fc.pre(lengthOf(given) > 0);
        expect(layers.reduce((sum, layer) => sum + layer.height, 0)).toBeCloseTo(height, 6);
        expect(layers.every((layer) => layer.height >= 0 && layer.top >= -1e-9)).toBe(true);
        if (given.missing >= negligibleSeconds)
          expect(layers.find(({ quality }) => quality === 'missing')?.height).toBeGreaterThan(2.6);
      }),
    );
  });
});

describe('words', () => {
  it('name the data quality of a cell and its reason', () => {
    const cell = {
      parts: { measured: 85_200, fetched: 0, hourly: 0, estimated: 0, missing: 1200, before: 0 },
      why: ['nothing_heard', 'recovered_from_history'] as const,
    };
    expect(plain(partsText(cell.parts, false, en, 'en-GB'))).toBe('23 h 40 min measured, 20 min missing');
    expect(plain(partsText(cell.parts, true, en, 'en-GB'))).toBe('99 % measured, 1 % missing');
    expect(whyText(cell, en)).toBe(en.health.coverage.why.nothing_heard);
  });
});

describe('the sentence', () => {
  const full = (date: number) => day(date, { measured_seconds: 86_400 });
  const gap = (date: number, seconds: number) =>
    day(date, { measured_seconds: 86_400 - seconds, missing_seconds: seconds, why: ['nothing_heard'] });

  it('says that everything is recorded, or since when', () => {
    expect(textOf(answer(['grid', [full(16), full(17)]]))).toBe(
      'Everything was recorded in the last ten days.',
    );
    const late = day(16, { missing_seconds: 86_400, why: ['before_the_first'] });
    expect(textOf(answer(['grid', [late, full(17)]]))).toBe('Everything was recorded since 17 November.');
  });

  it('does not call estimates recorded', () => {
    expect(textOf(answer(['grid', [full(16), day(17, { hourly_seconds: 86_400 })]]))).toContain(
      'by the hour',
    );
    expect(textOf(answer(['grid', [full(16), day(17, { estimated_seconds: 900 })]]))).toContain(
      'an estimate',
    );
  });

  it('names the meter with the gap', () => {
    expect(textOf(answer(['grid', [full(20), gap(21, 12_000)]], ['sun', [full(21)]]))).toBe(
      '3 h 20 min of grid are missing on 21 November.',
    );
  });

  it('does not add up gaps of several meters at the same time', () => {
    const coverage = answer(['grid', [gap(21, 12_000)]], ['sun', [gap(21, 600)]]);
    expect(gapsOf(coverage)).toMatchObject([{ seconds: 12_000, names: ['grid', 'sun'] }]);
    expect(textOf(coverage)).toBe('Up to 3 h 20 min are missing on 21 November, of 2 meters.');
    expect(textOf(answer(['grid', [gap(20, 600), gap(21, 12_000)]]))).toContain('on 2 of the last ten days');
  });

  it('does not count the time between two readings as a gap', () => {
    expect(textOf(answer(['grid', [gap(21, 30), full(16)]]))).toBe(
      'Everything was recorded in the last ten days.',
    );
  });

  it('does not count a short time that is not posted yet as missing', () => {
    const nowMs = Date.parse('2026-11-25T11:10:00Z');
    const late = answer(['grid', [gap(24, 600), gap(25, 600)]]);
    expect(gapsOf(settled(late, nowMs)).map(({ startMs }) => new Date(startMs).getUTCDate())).toEqual([23]);
    expect(gapsOf(settled(answer(['grid', [gap(25, 3600)]]), nowMs))).toHaveLength(1);
  });

  it('names open decisions first', () => {
    expect(textOf(answer(['grid', [full(16)]]), 2)).toBe(
      '2 things need a decision. Everything was recorded in the last ten days.',
    );
    expect(textOf(answer(['grid', [full(16)]]), 1, true)).toMatch(
      /^Nothing can be recorded right now\. One thing/,
    );
    expect(textOf(null)).toBe(en.health.sentence.unknown);
    expect(textOf(answer())).toBe('Nothing is recorded yet.');
  });
});
