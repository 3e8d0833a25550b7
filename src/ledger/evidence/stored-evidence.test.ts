/**
 * Goal: a page of evidence ends where one of its lists was cut, and respects the rows and corrections around it.
 * Method: stores in memory, lists longer than a page, by hand at the instants where they meet.
 */
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../recording/reading.ts';
import { MemoryReadingStore } from '../../recording/testing/doubles.ts';
import { MemoryStatisticsStore } from '../testing/statistics-doubles.ts';
import type { Correction } from './correction.ts';
import { StoredEvidence } from './stored-evidence.ts';

const entityId = 'sensor.meter';
const minute = 60_000_000;
const hour = 60 * minute;
const start = 500_000 * hour;

const reading = (minutes: number, value: number | null): Reading => ({
  ...{ entityId, atUs: start + minutes * minute, value, absence: value === null ? 'unavailable' : null },
  ...{ unit: 'kWh', sourceUnit: 'kWh', lastResetAtUs: null, origin: 'history' },
});
type Row = readonly [minutes: number, state: number | null];
const common = { correctionId: 'one', entityId, notes: '', createdAtUs: 0, ticketId: null };
const exclusion = (from: number, until: number): Correction => ({
  ...{ kind: 'exclusion', ...common, startUs: start + from * minute, endUs: start + until * minute + 1 },
});
const exchange = (minutes: number): Correction => ({
  ...{ kind: 'exchange', ...common, atUs: start + minutes * minute, newRegisterMicro: 0 },
  oldRegisterMicro: null,
});

async function evidenceOf(stored: {
  readings?: readonly Reading[];
  fives?: readonly Row[];
  hours?: readonly Row[];
  corrections?: readonly Correction[];
}): Promise<StoredEvidence> {
  const readings = new MemoryReadingStore();
  await readings.append(stored.readings ?? []);
  const statistics = new MemoryStatisticsStore();
  const record = (period: '5minute' | 'hour', lengthUs: number) => {
    return ([minutes, state]: Row) => ({
      ...{ entityId, startUs: start + minutes * minute, endUs: start + minutes * minute + lengthUs, period },
      ...{ state, sum: null, mean: null, min: null, max: null, unit: 'kWh' },
    });
  };
  await statistics.append((stored.fives ?? []).map(record('5minute', 5 * minute)));
  await statistics.append((stored.hours ?? []).map(record('hour', hour)));
  const corrections = async () => stored.corrections ?? [];
  return new StoredEvidence({ readings, statistics, corrections, kindOf: () => 'rising' });
}

/** As `kind minutes`. */
async function page(evidence: StoredEvidence, fromMinutes: number, limit: number) {
  const { items, isLast } = await evidence.registers(entityId, start + fromMinutes * minute, limit);
  return { items: items.map(({ kind, atUs }) => `${kind} ${(atUs - start) / minute}`), isLast };
}
const places = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a page of a register', () => {
  it('ends with the last piece of the list that was cut', async () => {
    const readings = places(10).map((n) => reading(n, n));
    const hours: Row[] = [[-60, 0]];
    expect(await page(await evidenceOf({ readings, hours }), -60, 4)).toEqual({
      ...{ items: ['reading 0', 'reading 1', 'reading 2', 'reading 3'], isLast: false },
    });
    const fives = places(10).map((n): Row => [5 * n, n]);
    expect(await page(await evidenceOf({ fives }), 0, 4)).toEqual({
      ...{ items: ['row 5', 'row 10', 'row 15', 'row 20'], isLast: false },
    });
    const byHour = places(10).map((n): Row => [60 * n, n]);
    expect(await page(await evidenceOf({ hours: byHour }), 0, 4)).toEqual({
      ...{ items: ['row 60', 'row 120', 'row 180', 'row 240'], isLast: false },
    });
    expect(await page(await evidenceOf({ hours: byHour }), 0, 11)).toMatchObject({ isLast: true });
  });

  it('of rows that repeat a register is extended until it is half full', async () => {
    const unmoved: Row[] = places(6).map((n) => [5 * n, 7]);
    const moving: Row[] = [
      [30, 7],
      [35, 9],
      [40, 10],
      [45, 11],
    ];
    const evidence = await evidenceOf({ fives: [...unmoved, ...moving] });
    const all = ['row 5', 'row 35', 'row 40', 'row 45', 'row 50'];
    expect(await page(evidence, 0, 8)).toEqual({ items: all, isLast: true });
    expect(await page(evidence, 0, 100)).toEqual({ items: all, isLast: true });
    // Two of four are half a page.
    expect(await page(evidence, 0, 4)).toEqual({ items: ['row 5', 'row 20'], isLast: false });
  });

  it('ends where the hours before it have more readings than a page holds', async () => {
    const readings = places(60).map((n) => reading(n, n));
    const { items } = await page(await evidenceOf({ readings }), 50, 4);
    expect(items.slice(0, 3)).toEqual(['reading 50', 'reading 51', 'reading 52']);
  });

  it('sees the rows and readings before it', async () => {
    const hours: Row[] = [[0, 7]];
    expect(await page(await evidenceOf({ hours }), 50, 100)).toMatchObject({ items: ['row 60'] });
    const readings = [reading(30, 7)];
    expect(await page(await evidenceOf({ hours, readings }), 50, 100)).toMatchObject({ items: [] });
  });

  it('leaves out rows that repeat what was excluded long before', async () => {
    const corrections = [exclusion(-601, -599)];
    const fives = places(3).map((n): Row => [5 * n, 7]);
    const readings = [reading(-600, 7), reading(-500, null)];
    const excluded = ['excluded 5', 'excluded 10', 'excluded 15'];
    expect(await page(await evidenceOf({ readings, fives, corrections }), 0, 100)).toMatchObject({
      items: excluded,
    });
    const absent = [...readings, reading(-30, null)];
    expect(await page(await evidenceOf({ readings: absent, fives, corrections }), 0, 100)).toMatchObject({
      items: excluded,
    });
    expect(await page(await evidenceOf({ readings, fives }), 0, 100)).toMatchObject({
      items: ['row 5', 'row 15'],
    });
  });
});

describe('the register before', () => {
  const newest = async (minutes: number, stored: Parameters<typeof evidenceOf>[0]) => {
    const atUs = await (await evidenceOf(stored)).registerBefore(entityId, start + minutes * minute);
    return atUs === null ? null : (atUs - start) / minute;
  };

  it('is the newest reading, row or exchange', async () => {
    expect(await newest(100, {})).toBeNull();
    expect(await newest(100, { readings: [reading(10, 7)] })).toBe(10);
    expect(await newest(100, { fives: [[20, 7]] })).toBe(25);
    expect(await newest(100, { corrections: [exchange(40)] })).toBe(40);
    expect(await newest(40, { corrections: [exchange(40)] })).toBeNull();
    const readings = [reading(10, 7), reading(50, 8), reading(60, null)];
    expect(await newest(100, { readings, corrections: [exchange(40)] })).toBe(50);
    expect(await newest(45, { readings, corrections: [exchange(40)] })).toBe(40);
  });

  it('is no row with a reading in its interval', async () => {
    expect(await newest(100, { readings: [reading(21, 7)], fives: [[20, 8]] })).toBe(21);
    expect(await newest(100, { readings: [reading(20, 7)], fives: [[20, 8]] })).toBe(25);
    expect(await newest(100, { readings: [reading(22, 7)], fives: [[10, 8]] })).toBe(22);
  });

  it('is no excluded piece, nor a row that repeats one', async () => {
    const corrections = [exclusion(15, 25)];
    const readings = [reading(10, 7), reading(20, 50)];
    expect(await newest(100, { readings, corrections })).toBe(10);
    expect(await newest(100, { readings, corrections, fives: [[30, 50]] })).toBe(10);
    expect(await newest(100, { readings, corrections, fives: [[30, 8]] })).toBe(35);
    expect(await newest(100, { readings: [reading(20, 0)], corrections, fives: [[30, null]] })).toBe(35);
  });
});

describe('switches and neighbours', () => {
  it('are on above 0, and unknown while absent', async () => {
    const readings = [reading(-5, 1), reading(0, 0), reading(5, null), reading(10, 1)];
    const found = await (await evidenceOf({ readings })).switches(entityId, start, start + hour, 10);
    expect(found.map(({ atUs, isOn }) => [(atUs - start) / minute, isOn])).toEqual([
      ...[
        [-5, true],
        [0, false],
        [5, null],
        [10, true],
      ],
    ]);
  });

  it('have their evidence strictly before and after, past excluded pieces', async () => {
    const readings = [0, 10, 20, 30, 40].map((minutes) => reading(minutes, 1));
    const around = async (from: number, until: number, corrections: readonly Correction[] = []) => {
      const evidence = await evidenceOf({ readings, corrections });
      const found = await evidence.around(entityId, start + from * minute, start + until * minute + 1);
      return [found.beforeUs, found.afterUs].map((us) => us && (us - start) / minute);
    };
    expect(await around(20, 20)).toEqual([10, 30]);
    expect(await around(21, 29)).toEqual([20, 30]);
    expect(await around(0, 40)).toEqual([null, null]);
    expect(await around(20, 20, [exclusion(10, 10), exclusion(30, 35)])).toEqual([0, 40]);
  });
});
