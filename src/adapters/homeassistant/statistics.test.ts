/**
 * Goal: every row of a range comes once, in canonical units, however many entities and years are asked for, and no answer
 * of Core grows past a megabyte or so.
 * Method: a recorder that answers as Core 2026.11 does (seen there: start included, end excluded, milliseconds, columns
 * that none can fill absent) holds rows with gaps; what is asked of it is counted.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statisticsPeriodUs } from '../../home/home-assistant.ts';
import { instantFromIso } from '../../units/instant.ts';
import { firstStatistics, type SendStatisticsCommand, statistics, statisticsMetadata } from './statistics.ts';

const baseUs = Date.UTC(2025, 9, 1) * 1000;

interface Held {
  readonly unitClass: string | null;
  readonly unit: string | null;
  readonly rows: readonly { readonly startUs: number; readonly [column: string]: number | null }[];
}

class Recorder {
  readonly held = new Map<string, Held>();
  readonly asked: { type: string; rows: number }[] = [];

  readonly send: SendStatisticsCommand = async (message) => {
    const ids = message.statistic_ids as string[];
    if (message.type === 'recorder/get_statistics_metadata')
      return ids.flatMap((id) => {
        const held = this.held.get(id);
        if (held === undefined) return [];
        const { unit, unitClass } = held;
        return [{ statistic_id: id, unit_class: unitClass, display_unit_of_measurement: unit }];
      });
    const startUs = instantFromIso(String(message.start_time)) ?? Number.NaN;
    const endUs = message.end_time === undefined ? Infinity : instantFromIso(String(message.end_time));
    const answer: Record<string, object[]> = {};
    for (const id of ids) {
      const rows = (this.held.get(id)?.rows ?? [])
        .filter((row) => row.startUs >= startUs && row.startUs < (endUs ?? Number.NaN))
        .map(({ startUs: us, ...values }) => ({ start: us / 1000, end: us / 1000 + 3_600_000, ...values }));
      if (rows.length > 0) answer[id] = rows;
    }
    this.asked.push({ type: String(message.period), rows: Object.values(answer).flat().length });
    return answer;
  };
}

describe('statistics', () => {
  it('gives each row of the range once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 4200 }),
        fc.constantFrom('5minute' as const, 'hour' as const),
        async (entities, count, skip, until, period) => {
          const recorder = new Recorder();
          const step = statisticsPeriodUs[period];
          for (let i = 0; i < entities; i++) {
            const rows = Array.from({ length: Math.ceil(count / (i + 1)) }, (_, n) => ({
              startUs: baseUs + (n + (n > 20 ? 30 : 0)) * step,
              state: n,
            }));
            recorder.held.set(`sensor.s${i}`, { unitClass: 'energy', unit: 'kWh', rows });
          }
          const startUs = baseUs + skip * step;
          const endUs = baseUs + until * step;
          const ids = [...recorder.held.keys(), 'sensor.unknown'];
          const got = await statistics(recorder.send, ids, startUs, endUs, period);
          const expected = [...recorder.held].flatMap(([id, { rows }]) =>
            rows
              .filter((row) => row.startUs >= startUs && row.startUs < endUs)
              .map((row) => `${id} ${row.startUs} ${row.state}`),
          );
          expect(got.map((row) => `${row.entityId} ${row.startUs} ${row.state}`).sort()).toEqual(
            expected.sort(),
          );
          expect(Math.max(0, ...recorder.asked.map(({ rows }) => rows))).toBeLessThanOrEqual(8640);
          const lastUs = new Map<string, number>();
          for (const row of got) {
            expect(row.startUs).toBeGreaterThan(lastUs.get(row.entityId) ?? 0);
            lastUs.set(row.entityId, row.startUs);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('says in which unit a row is, and leaves null what there is not', async () => {
    const recorder = new Recorder();
    const at = (values: Record<string, number | null>) => [{ startUs: baseUs, ...values }];
    const energy = { state: 5, sum: 2, mean: null };
    // Core converts what a unit was asked for; what it does not convert comes as the entity shows it.
    recorder.held.set('sensor.heat', { unitClass: 'energy', unit: 'MWh', rows: at(energy) });
    recorder.held.set('sensor.flow', { unitClass: 'volume_flow_rate', unit: 'L/h', rows: at({ mean: 500 }) });
    recorder.held.set('sensor.level', { unitClass: 'unitless', unit: '%', rows: at({ mean: 55, min: 50 }) });
    recorder.held.set('sensor.cost', { unitClass: null, unit: 'EUR', rows: at({ state: 1 }) });
    const rows = await statistics(recorder.send, [...recorder.held.keys()], baseUs, baseUs + 1, 'hour');
    const found = Object.fromEntries(rows.map(({ entityId, ...row }) => [entityId, row]));
    const none = { state: null, sum: null, mean: null, min: null, max: null };
    const span = { period: 'hour', startUs: baseUs, endUs: baseUs + 3_600_000_000 };
    expect(found).toEqual({
      'sensor.heat': { ...none, ...span, state: 5, sum: 2, unit: 'kWh' },
      'sensor.flow': { ...none, ...span, mean: 0.5, unit: 'm³/h' },
      'sensor.level': { ...none, ...span, mean: 55, min: 50, unit: '%' },
      'sensor.cost': { ...none, ...span, state: 1, unit: null },
    });
  });

  it('takes the sum of an external statistic for its register, whatever its source calls a state', async () => {
    const recorder = new Recorder();
    const rows = [
      { startUs: baseUs, state: 0.8, sum: 100.8 },
      { startUs: baseUs + statisticsPeriodUs.hour, state: 0.5, sum: 101.3 },
      { startUs: baseUs + 2 * statisticsPeriodUs.hour, state: 0.5, sum: null },
    ];
    recorder.held.set('opower:grid', { unitClass: 'energy', unit: 'kWh', rows });
    recorder.held.set('sensor.grid', { unitClass: 'energy', unit: 'kWh', rows });
    const ids = [...recorder.held.keys()];
    const got = await statistics(recorder.send, ids, baseUs, baseUs + 3 * statisticsPeriodUs.hour, 'hour');
    const of = (id: string) => got.filter((row) => row.entityId === id).map((row) => row.state);
    expect(of('opower:grid')).toEqual([100.8, 101.3, null]);
    expect(of('sensor.grid')).toEqual([0.8, 0.5, 0.5]);
  });

  it('says of statistics what they are called and count in, and nothing of those that are not there', async () => {
    const sent: string[][] = [];
    const send: SendStatisticsCommand = async (message) => {
      sent.push(message.statistic_ids as string[]);
      return [
        { statistic_id: 'opower:grid', name: 'Grid', statistics_unit_of_measurement: 'kWh' },
        { statistic_id: 'opower:gas', name: null, display_unit_of_measurement: 'CCF' },
        { name: 'nonsense' },
      ];
    };
    expect(await statisticsMetadata(send, ['opower:grid', 'opower:gas', 'opower:gone'])).toEqual([
      { statisticId: 'opower:grid', name: 'Grid', unit: 'kWh' },
      { statisticId: 'opower:gas', name: null, unit: 'CCF' },
    ]);
    // Core takes an empty list for all.
    expect(await statisticsMetadata(send, [])).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  it('asks for canonical units, and for nothing where there is nothing', async () => {
    const sent: Record<string, unknown>[] = [];
    const send: SendStatisticsCommand = async (message) => {
      sent.push(message);
      return message.type === 'recorder/get_statistics_metadata' &&
        (message.statistic_ids as string[]).includes('sensor.a')
        ? [{ statistic_id: 'sensor.a', unit_class: 'energy', statistics_unit_of_measurement: 'Wh' }]
        : {};
    };
    await statistics(send, ['sensor.a', 'sensor.gone'], baseUs, baseUs + 3_600_000_000, 'hour');
    expect(sent[1]).toEqual({
      type: 'recorder/statistics_during_period',
      start_time: '2025-10-01T00:00:00.000000Z',
      end_time: '2025-10-01T01:00:00.000000Z',
      statistic_ids: ['sensor.a'],
      period: 'hour',
      types: ['state', 'sum', 'mean', 'min', 'max'],
      units: { energy: 'kWh', volume: 'm³', power: 'W' },
    });
    sent.length = 0;
    await statistics(send, ['sensor.gone'], baseUs, baseUs + 1, 'hour');
    expect(sent).toHaveLength(1);
  });

  it('finds where the rows begin in one small answer', async () => {
    const send: SendStatisticsCommand = async (message) =>
      (message.statistic_ids as string[]).includes('sensor.a')
        ? { 'sensor.a': [{ start: 1000, state: 1 }, { start: 2000 }], 'sensor.b': [{ start: -5 }] }
        : {};
    const ids = ['sensor.a', 'sensor.b', 'sensor.c', 'sensor.d', 'sensor.e', 'sensor.f'];
    expect(await firstStatistics(send, ids)).toEqual(
      new Map([
        ['sensor.a', 1_000_000],
        ['sensor.b', 0],
      ]),
    );
  });
});
