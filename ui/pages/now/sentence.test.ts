/**
 * Goal: the sentence says what is, in watts that add up, and never claims what is not known.
 * Method: a home of each kind by example; the flows behind it by properties (nothing is lost, nothing is negative).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Now, NowEntity } from '../../../src/contract/now.ts';
import { en } from '../../texts/en.ts';
import { flowsOf } from './flows.ts';
import { sentenceOf } from './sentence.ts';

const roleEntity = (role: NowEntity['role']): NowEntity => ({
  entity_id: `sensor.${role}`,
  friendly_name: role,
  role,
  quantity: 'power',
  area: null,
  parent: null,
  state: null,
  absence: null,
  unit: 'W',
  timestamp: null,
  today: null,
  readings_today: 0,
});
function home(
  roles: NowEntity['role'][],
  grid: number | null,
  solar: number | null,
  battery: number | null,
  homeW: number | null,
): Now {
  return {
    at: '2026-11-21T08:00:00Z',
    time_zone: 'Europe/Brussels',
    midnight: null,
    power: { grid_w: grid, solar_w: solar, battery_w: battery, home_w: homeW },
    entities: roles.map(roleEntity),
  };
}
const full: NowEntity['role'][] = ['grid_power', 'solar_power', 'battery_power'];
const say = (now: Now) => sentenceOf(now, en, 'en-GB').replace(/\u00a0/g, ' ');

describe('sentence', () => {
  it.each([
    [home(full, 440, 800, 0, 1240), 'The home uses 1.24 kW right now, 800 W of it from the sun.'],
    [home(full, 440, 0, 0, 440), 'The home uses 440 W right now, all of it from the grid.'],
    [
      home(full, 100, 800, 340, 1240),
      'The home uses 1.24 kW right now, 800 W of it from the sun and 340 W from the battery.',
    ],
    [
      home(full, -500, 2000, -900, 600),
      'The home uses 600 W right now, all of it from the sun. 900 W goes into the battery and 500 W goes to the grid.',
    ],
    [home(['grid_power'], 440, null, null, 440), 'The home uses 440 W right now, all of it from the grid.'],
    [home(['grid_power'], 0, null, null, 0), 'The home uses 0 W right now.'],
  ])('says what is', (now, text) => {
    expect(say(now)).toBe(text);
  });

  it('says what is not known, and what is known all the same', () => {
    expect(say(home(full, null, 800, 0, null))).toBe(
      'What the home uses is not known right now: nothing is heard of the grid. 800 W comes from the sun.',
    );
    expect(say(home(full, null, null, null, null))).toBe(
      'What the home uses is not known right now: nothing is heard of the grid, the sun and the battery.',
    );
    expect(say(home(['device_power'], null, null, null, null))).toBe(
      'What the home uses is not known: no power sensor of the grid is recorded.',
    );
  });

  it('does not hide that sensors disagree', () => {
    expect(say(home(full, -900, 500, 0, -400))).toContain('The sensors disagree by 400 W');
  });
});

describe('flows', () => {
  const watts = fc.integer({ min: -20_000, max: 20_000 });
  it('accounts for every watt that the home uses', () => {
    fc.assert(
      fc.property(watts, fc.integer({ min: 0, max: 20_000 }), watts, (gridW, solarW, batteryW) => {
        const flows = flowsOf({ gridW, solarW, batteryW });
        for (const [name, value] of Object.entries(flows))
          if (name !== 'homeW') expect(value).toBeGreaterThanOrEqual(0);
        const fed = flows.solarToHomeW + flows.batteryToHomeW + flows.gridToHomeW;
        expect(fed).toBeLessThanOrEqual(Math.max(0, flows.homeW));
        if (flows.homeW >= 0) expect(fed).toBe(flows.homeW);
        expect(flows.homeW).toBe(gridW + solarW + batteryW);
      }),
    );
  });

  it('charges from the sun before it exports', () => {
    expect(flowsOf({ gridW: -100, solarW: 1000, batteryW: -600 })).toMatchObject({
      solarToBatteryW: 600,
      solarToGridW: 100,
      solarToHomeW: 300,
    });
  });
});
