/**
 * Goal: a message changes only the entities that it names, and a late reading never replaces a newer value.
 * Method: example messages on a small home.
 */
import { describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../src/schemas/live.ts';
import type { Now, NowEntity } from '../../src/schemas/now.ts';
import { newestAtMs, withReadings } from './live-now.ts';

const entity = (entityId: string, rest: Partial<NowEntity> = {}): NowEntity => ({
  entity_id: entityId,
  friendly_name: entityId,
  role: 'device',
  quantity: 'energy',
  area: null,
  parent: null,
  state: 10,
  absence: null,
  unit: 'kWh',
  timestamp: '2026-11-21T08:00:00.000000Z',
  today: 1,
  readings_today: 5,
  ...rest,
});
const home: Now = {
  at: '2026-11-21T08:00:01Z',
  time_zone: 'Europe/Brussels',
  midnight: '2026-11-20T23:00:00Z',
  power: { grid_w: 100, solar_w: null, battery_w: null, home_w: 100, flows: null },
  entities: [entity('sensor.a'), entity('sensor.b')],
};
const message = (
  rest: Partial<Extract<LiveMessage, { type: 'readings' }>>,
): Extract<LiveMessage, { type: 'readings' }> => ({
  type: 'readings',
  seq: 1,
  readings: [],
  power: home.power,
  today: {},
  counts: {},
  ...rest,
});
const reading = (state: number | null, timestamp: string) => ({
  entity_id: 'sensor.a',
  timestamp,
  state,
  absence: state === null ? ('unavailable' as const) : null,
  unit: 'kWh',
});

describe('live', () => {
  it('changes the named entity and keeps the other object', () => {
    const next = withReadings(
      home,
      message({
        readings: [reading(11, '2026-11-21T08:00:05Z')],
        today: { 'sensor.a': 2 },
        counts: { 'sensor.a': 6 },
      }),
    );
    expect(next.entities[0]).toMatchObject({ state: 11, today: 2, readings_today: 6 });
    expect(next.entities[1]).toBe(home.entities[1]);
  });

  it('shows an absence', () => {
    const next = withReadings(home, message({ readings: [reading(null, '2026-11-21T08:00:05Z')] }));
    expect(next.entities[0]).toMatchObject({ state: null, absence: 'unavailable', today: 1 });
  });

  it('counts a late reading without replacing the newer value', () => {
    const next = withReadings(
      home,
      message({ readings: [reading(9, '2026-11-21T07:00:00Z')], counts: { 'sensor.a': 6 } }),
    );
    expect(next.entities[0]).toMatchObject({
      state: 10,
      timestamp: '2026-11-21T08:00:00.000000Z',
      readings_today: 6,
    });
  });

  it('shows a total that is no longer known as null', () => {
    const next = withReadings(home, message({ today: { 'sensor.b': null } }));
    expect(next.entities[1]?.today).toBeNull();
  });

  it('finds the newest reading', () => {
    expect(newestAtMs(home)).toBe(Date.parse('2026-11-21T08:00:00Z'));
    expect(newestAtMs({ ...home, entities: [] })).toBeNull();
  });
});
