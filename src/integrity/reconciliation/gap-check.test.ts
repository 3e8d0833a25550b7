/**
 * Goal: of an entity's readings and Home Assistant's rows come its gaps, and of all entities' gaps the findings.
 * Method: readings in memory; entities of a home by hand.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStatisticsStore } from '../../ledger/testing/statistics-doubles.ts';
import { MemoryReadingStore, reading } from '../../recording/testing/doubles.ts';
import { minuteUs } from '../../units/durations.ts';
import type { Gap } from '../detectors/gap.ts';
import { checkContinuity, gapsDetected } from './gap-check.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';

const startUs = Date.UTC(2026, 10, 24) * 1000;
const at = (minute: number) => startUs + minute * minuteUs;
const gap = (from: number, until: number, isOpen = false): Gap => ({
  startUs: at(from),
  endUs: at(until),
  isOpen,
});

function entity(entityId: string, extra: Partial<ReconciledEntity> = {}): ReconciledEntity {
  const meter = { entityId, posts: 'register', kind: 'rising' } as const;
  return { entityId, unit: 'kWh', meter, ownerId: null, power: null, ...extra };
}

describe('checkContinuity', () => {
  let store: MemoryReadingStore;
  let statistics: MemoryStatisticsStore;
  beforeEach(() => {
    store = new MemoryReadingStore();
    statistics = new MemoryStatisticsStore();
  });
  const check = (starts: readonly number[], untilMinute: number) =>
    checkContinuity(
      { readings: store, statistics },
      entity('sensor.a'),
      starts,
      at(0),
      at(untilMinute),
      true,
    );
  const rows = (from: number, until: number) =>
    Array.from({ length: (until - from) / 5 }, (_, n) => at(from + 5 * n));

  it('finds absences and silences, and joins what touches', async () => {
    await store.append([
      reading('sensor.a', at(-60), 0.5),
      reading('sensor.a', at(-30), null),
      reading('sensor.a', at(12), 1),
      reading('sensor.a', at(60), 2),
      reading('sensor.a', at(100), null),
      reading('sensor.a', at(130), 3),
    ]);
    // Nothing from 65 until 90, and the reading at 70 was ours alone.
    await store.append([reading('sensor.a', at(70), 2.5)]);
    const starts = [...rows(0, 65), ...rows(90, 100), ...rows(130, 180)];
    const { gaps, frozen } = await check(starts, 180);
    expect(gaps).toEqual([gap(-30, 12), gap(70, 90), gap(100, 130)]);
    expect(frozen).toBeNull();
  });

  it('has no gap of a silent entity with rows', async () => {
    await store.append([reading('sensor.a', at(1), 1)]);
    const found = await check(rows(0, 600), 600);
    expect(found.gaps).toEqual([]);
  });

  it('finds a power sensor that hangs, and no other entity', async () => {
    await store.append(
      Array.from({ length: 60 }, (_, minute) => reading('sensor.a', at(minute), minute + 1)),
    );
    const checkUnit = (unit: 'W' | 'kWh', isHeld: boolean) =>
      checkContinuity(
        { readings: store, statistics },
        entity('sensor.a', { unit }),
        rows(0, 1200),
        at(0),
        at(1200),
        isHeld,
      );
    expect((await checkUnit('W', true)).frozen).toMatchObject({
      kind: 'frozen',
      startUs: at(59),
      endUs: at(1200),
    });
    // Where nobody knows whether it stands still, it does not hang.
    expect((await checkUnit('W', false)).frozen).toBeNull();
    expect((await checkUnit('kWh', true)).frozen).toBeNull();
  });

  it('checks ten thousand absences, and nothing after them', async () => {
    const absent = async (count: number) => {
      const readings = new MemoryReadingStore();
      const reported = Array.from({ length: count }, (_, n) => reading('sensor.a', at(0) + n, null));
      await readings.append([
        reading('sensor.a', at(-60), 0.5),
        ...reported,
        reading('sensor.a', at(30), 1),
        reading('sensor.a', at(50), null),
      ]);
      return (await checkContinuity({ readings, statistics }, entity('sensor.a'), [], at(0), at(90), true))
        .gaps;
    };
    expect(await absent(10_000)).toEqual([gap(0, 30), gap(50, 90, true)]);
    expect(await absent(20_000)).toEqual([gap(0, 90, true)]);
  });
});

describe('an entity without a value yet', () => {
  const store = new MemoryReadingStore();
  const found = async (statistics = new MemoryStatisticsStore(), rowStarts: readonly number[] = []) =>
    (
      await checkContinuity(
        { readings: store, statistics },
        entity('sensor.a'),
        rowStarts,
        at(0),
        at(200),
        true,
      )
    ).gaps;

  it('has no gap, however often it is unavailable, nor before its first value', async () => {
    await store.append([reading('sensor.a', at(-20), null), reading('sensor.a', at(30), null)]);
    expect(await found()).toEqual([]);
    await store.append([reading('sensor.a', at(90), 5)]);
    expect(await found()).toEqual([]);
    // From then on it can be away.
    await store.append([reading('sensor.a', at(120), null)]);
    expect(await found()).toEqual([gap(120, 200, true)]);
  });

  it('has gaps where Home Assistant’s rows have an earlier value', async () => {
    expect(await found(undefined, [at(-30)])).toEqual([gap(-20, 90), gap(120, 200, true)]);
    const statistics = new MemoryStatisticsStore();
    const row = (rowUs: number) => ({
      ...{ entityId: 'sensor.a', startUs: rowUs, endUs: rowUs + 60 * minuteUs, period: 'hour' as const },
      ...{ state: 1, sum: 1, mean: null, min: null, max: null, unit: 'kWh' },
    });
    // The hour in which the first value came began before it, as its five minutes did.
    await statistics.append([row(at(-30))]);
    expect(await found(statistics, [at(-22)])).toEqual([gap(120, 200, true)]);
    await statistics.append([row(at(-120))]);
    expect(await found(statistics)).toEqual([gap(-20, 90), gap(120, 200, true)]);
  });
});

describe('gapsDetected', () => {
  const reported = (entities: readonly ReconciledEntity[], gaps: Readonly<Record<string, readonly Gap[]>>) =>
    gapsDetected(entities, new Map(Object.entries(gaps))).map(({ finding, handling }) => [
      finding.entityId,
      handling,
    ]);
  const meter = entity('sensor.meter');
  const sensor = entity('sensor.power', { unit: 'W', meter: null, ownerId: 'sensor.meter' });
  const plug = entity('sensor.plug', { unit: 'W', meter: { entityId: 'sensor.plug', posts: 'power' } });

  it('asks where energy is not known, and only records what a register bridges', () => {
    const gaps = { 'sensor.meter': [gap(0, 30)], 'sensor.power': [], 'sensor.plug': [gap(100, 130)] };
    expect(reported([meter, sensor, plug], gaps)).toEqual([
      ['sensor.meter', 'record'],
      ['sensor.plug', 'ask'],
    ]);
  });

  it('reports a sensor whose meter was away at another time', () => {
    const of = (own: Gap) =>
      reported([meter, sensor, plug], { 'sensor.meter': [gap(30, 60)], 'sensor.power': [own] });
    const both = [
      ['sensor.meter', 'record'],
      ['sensor.power', 'record'],
    ];
    expect(of(gap(100, 130))).toEqual(both);
    expect(of(gap(0, 20))).toEqual(both);
    // What touches is not the same absence.
    expect(of(gap(60, 90))).toEqual(both);
    expect(of(gap(0, 30))).toEqual(both);
  });

  it('reports a meter though its parent was away too, because it has a ledger of its own', () => {
    const child = entity('sensor.child', { ownerId: 'sensor.meter' });
    const away = { 'sensor.meter': [gap(0, 30)], 'sensor.child': [gap(0, 30)], 'sensor.plug': [] };
    expect(reported([meter, child, plug], away)).toEqual([
      ['sensor.meter', 'record'],
      ['sensor.child', 'record'],
    ]);
  });

  it('reports a device that was away once, and an outage of the home as one', () => {
    const away = { 'sensor.meter': [gap(0, 30)], 'sensor.power': [gap(0, 30.1)], 'sensor.plug': [] };
    expect(reported([meter, sensor, plug], away)).toEqual([['sensor.meter', 'record']]);
    const outage = {
      'sensor.meter': [gap(0, 30)],
      'sensor.power': [gap(0, 31)],
      'sensor.plug': [gap(1, 31)],
    };
    expect(reported([meter, sensor, plug], outage)).toEqual([[null, 'record']]);
  });
});
