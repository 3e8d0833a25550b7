/**
 * Goal: of an entity's readings and Home Assistant's rows come its gaps, and of all entities' gaps the findings.
 * Method: readings in memory; entities of a home by hand.
 */

import { describe, expect, it } from 'vitest';
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
  const rows = (from: number, until: number) =>
    Array.from({ length: (until - from) / 5 }, (_, n) => at(from + 5 * n));

  it('finds absences and silences, and joins what touches', async () => {
    const store = new MemoryReadingStore();
    await store.append([
      reading('sensor.a', at(-30), null),
      reading('sensor.a', at(12), 1),
      reading('sensor.a', at(60), 2),
      reading('sensor.a', at(100), null),
      reading('sensor.a', at(130), 3),
    ]);
    // Nothing from 65 until 90, and the reading at 70 was ours alone.
    await store.append([reading('sensor.a', at(70), 2.5)]);
    const starts = [...rows(0, 65), ...rows(90, 100), ...rows(130, 180)];
    const { gaps, frozen } = await checkContinuity(store, entity('sensor.a'), starts, at(0), at(180), true);
    expect(gaps).toEqual([gap(-30, 12), gap(70, 90), gap(100, 130)]);
    expect(frozen).toBeNull();
  });

  it('has no gap of a silent entity with rows', async () => {
    const store = new MemoryReadingStore();
    await store.append([reading('sensor.a', at(1), 1)]);
    const found = await checkContinuity(store, entity('sensor.a'), rows(0, 600), at(0), at(600), true);
    expect(found.gaps).toEqual([]);
  });

  it('finds a power sensor that hangs, and no other entity', async () => {
    const store = new MemoryReadingStore();
    await store.append(
      Array.from({ length: 60 }, (_, minute) => reading('sensor.a', at(minute), minute + 1)),
    );
    const check = (unit: 'W' | 'kWh', isHeld: boolean) =>
      checkContinuity(store, entity('sensor.a', { unit }), rows(0, 1200), at(0), at(1200), isHeld);
    expect((await check('W', true)).frozen).toMatchObject({
      kind: 'frozen',
      startUs: at(59),
      endUs: at(1200),
    });
    // Where nobody knows whether it stands still, it does not hang.
    expect((await check('W', false)).frozen).toBeNull();
    expect((await check('kWh', true)).frozen).toBeNull();
  });

  it('checks ten thousand absences, and nothing after them', async () => {
    const absent = async (count: number) => {
      const store = new MemoryReadingStore();
      const reported = Array.from({ length: count }, (_, n) => reading('sensor.a', at(0) + n, null));
      await store.append([...reported, reading('sensor.a', at(30), 1), reading('sensor.a', at(50), null)]);
      return (await checkContinuity(store, entity('sensor.a'), [], at(0), at(90), true)).gaps;
    };
    expect(await absent(10_000)).toEqual([gap(0, 30), gap(50, 90, true)]);
    expect(await absent(20_000)).toEqual([gap(0, 90, true)]);
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
