/**
 * Goal: history returns exactly what was sent live, whatever was done to the home in between.
 * Method: a clock that the test moves, random steps of time and random interventions; every sent state is saved and
 * compared with what the recorder derives afterwards, for every entity.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { House } from '../model/house.ts';
import { History, type Recorded } from '../recorder/history.ts';
import { Home } from './home.ts';

const startUs = Date.parse('2026-11-10T17:50:00Z') * 1000;

// A house is a pure function: runs may share it.
const houses = new Map<number, House>();

function setUp(seed: number) {
  const clock = { us: startUs };
  const house =
    houses.get(seed) ?? new House({ seed, timeZone: 'Europe/Brussels', installedOn: '2026-11-01' });
  houses.set(seed, house);
  const home = new Home({ house, nowUs: () => clock.us, p1Seconds: 1 });
  const reported = new Map<string, Recorded[]>();
  const removed: string[] = [];
  home.start();
  home.listen((event) => {
    if (event.kind !== 'state_changed') return;
    if (event.after === null) removed.push(event.before?.entityId ?? '');
    if (event.after?.change.text == null) return;
    const { entityId, change } = event.after;
    const list = reported.get(entityId) ?? [];
    reported.set(entityId, list);
    list.push({
      state: change.text ?? '',
      attributes: change.attributes,
      lastUpdatedUs: change.atUs,
      lastChangedUs: change.changedUs,
    });
  });
  return { clock, home, reported, removed, history: new History(home, 10) };
}

type Step =
  | { readonly do: 'wait'; readonly us: number }
  | { readonly do: 'put'; readonly text: string; readonly withAttributes: boolean }
  | { readonly do: 'away' | 'back' | 'restart' | 'still' | 'on' };

const touched = [
  'sensor.p1_meter_power',
  'sensor.p1_meter_energy_import_tariff_1',
  'sensor.by_hand',
] as const;

const step: fc.Arbitrary<{ step: Step; entityId: (typeof touched)[number] }> = fc.record({
  entityId: fc.constantFrom(...touched),
  step: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('wait' as const), us: fc.integer({ min: 0, max: 20_000_000 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('put' as const),
        text: fc.constantFrom('1', '2', '8.01', 'unknown'),
        withAttributes: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'away' as const,
          'back' as const,
          'restart' as const,
          'still' as const,
          'on' as const,
        ),
      }),
    },
  ),
});

function take(home: Home, clock: { us: number }, entityId: string, step: Step): void {
  const isByHand = entityId === 'sensor.by_hand';
  switch (step.do) {
    case 'wait':
      clock.us += step.us;
      home.advance();
      return;
    case 'put':
      home.put(
        entityId,
        step.text,
        step.withAttributes ? { unit_of_measurement: 'kWh', n: step.text } : undefined,
      );
      return;
    case 'away':
    case 'back':
      if (!isByHand) home.setAvailable(entityId, step.do === 'back');
      return;
    case 'restart':
      if (entityId.includes('import')) home.restartMeter(entityId);
      return;
    default:
      home.standStill(step.do === 'still');
  }
}

describe('home', () => {
  it('returns in history what it sent live', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.array(step, { minLength: 1, maxLength: 40 }),
        (seed, steps) => {
          const { clock, home, reported, history } = setUp(seed);
          for (const one of steps) take(home, clock, one.entityId, one.step);
          clock.us += 5_000_000;
          home.advance();
          for (const entityId of home.entities.keys()) {
            const live = reported.get(entityId) ?? [];
            expect(history.recorded(entityId, startUs, home.cursorUs() + 1)).toEqual(live);
            const last = live.at(-1);
            if (last !== undefined) expect(history.inForceAt(entityId, home.cursorUs())).toEqual(last);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 30_000);

  it('reports the same however time is cut up', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9_000_000 }), { minLength: 1, maxLength: 30 }),
        (steps) => {
          const cut = setUp(5);
          const whole = setUp(5);
          for (const us of steps) {
            cut.clock.us += us;
            cut.home.advance();
          }
          whole.clock.us = cut.clock.us;
          whole.home.advance();
          expect([...cut.reported].sort()).toEqual([...whole.reported].sort());
        },
      ),
      { numRuns: 15 },
    );
  }, 30_000);

  it('is where it would have been after a restart', () => {
    const { clock, home } = setUp(9);
    clock.us += 3_600_000_000;
    home.advance();
    const again = new Home({
      house: new House({ seed: 9, timeZone: 'Europe/Brussels', installedOn: '2026-11-01' }),
      nowUs: () => clock.us,
      p1Seconds: 1,
    });
    again.start();
    const states = (one: Home) =>
      [...one.entities.values()].map(({ entityId, current }) => [entityId, current]);
    expect(states(again)).toEqual(states(home));
  });

  it('lets an unreliable entity fall away now and then, and come back', () => {
    const { clock, home, reported } = setUp(3);
    clock.us += 2 * 86_400_000_000;
    home.advance();
    const texts = (reported.get('sensor.dryer_energy') ?? []).map(({ state }) => state);
    const spells = texts.filter((text) => text === 'unavailable').length;
    expect(spells).toBeGreaterThan(1);
    expect(texts[texts.indexOf('unavailable') + 1]).toMatch(/^\d/);
    expect(reported.get('sensor.fridge_energy')?.some(({ state }) => state === 'unavailable')).toBe(false);
  });

  it('moves an entity to its new id with its history', () => {
    const { clock, home, removed, history } = setUp(3);
    clock.us += 60_000_000;
    home.advance();
    const before = history.recorded('sensor.p1_meter_power', startUs, home.cursorUs() + 1);
    home.rename('sensor.p1_meter_power', 'sensor.grid');
    expect(removed).toEqual(['sensor.p1_meter_power']);
    expect(history.recorded('sensor.grid', startUs, home.cursorUs() + 1)).toEqual(before);
    expect(before.length).toBeGreaterThan(10);
  });

  it('keeps the history of an entity that was removed, and takes no state out of order', () => {
    const { clock, home, history } = setUp(3);
    home.put('sensor.by_hand', '1');
    clock.us += 1_000_000;
    home.remove('sensor.by_hand');
    expect(home.entities.has('sensor.by_hand')).toBe(false);
    expect(
      history.recorded('sensor.by_hand', startUs, home.cursorUs() + 1).map(({ state }) => state),
    ).toEqual(['1']);
    clock.us += 1_000_000;
    home.put('sensor.by_hand', '2');
    const both = history.recorded('sensor.by_hand', startUs, home.cursorUs() + 1);
    expect(both.map(({ state }) => state)).toEqual(['1', '2']);
    home.put('sensor.other', '1');
    expect(() => home.put('sensor.other', '2', {}, startUs)).toThrow(RangeError);
    expect(() => home.put('sensor.p1_meter_power', '2', {}, clock.us - 1)).toThrow(RangeError);
  });
});
