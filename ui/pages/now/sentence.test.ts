/**
 * Goal: the sentence names the power of the home and its sources, which add up, and what is not known.
 * Method: a home of each kind by example, with the flows of the API.
 */
import { describe, expect, it } from 'vitest';
import type { Now, NowEntity } from '../../../src/schemas/now.ts';
import { en } from '../../texts/en.ts';
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
  feeds: { sun?: number; battery?: number; grid?: number } = {},
): Now {
  return {
    at: '2026-11-21T08:00:00Z',
    time_zone: 'Europe/Brussels',
    midnight: null,
    power: {
      ...{ grid_w: grid, solar_w: solar, battery_w: battery, home_w: homeW },
      flows:
        homeW === null
          ? null
          : {
              solar_to_home_w: feeds.sun ?? 0,
              solar_to_battery_w: 0,
              solar_to_grid_w: 0,
              battery_to_home_w: feeds.battery ?? 0,
              battery_to_grid_w: 0,
              grid_to_home_w: feeds.grid ?? 0,
              grid_to_battery_w: 0,
            },
    },
    entities: roles.map(roleEntity),
  };
}
const full: NowEntity['role'][] = ['grid_power', 'solar_power', 'battery_power'];
const textOf = (now: Now) => sentenceOf(now, en, 'en-GB').replace(/\u00a0/g, ' ');

describe('sentence', () => {
  it.each([
    [
      home(full, 440, 800, 0, 1240, { sun: 800, grid: 440 }),
      'The home uses 1.24 kW right now, 800 W of it from the sun.',
    ],
    [home(full, 440, 0, 0, 440, { grid: 440 }), 'The home uses 440 W right now, all of it from the grid.'],
    [
      home(full, 100, 800, 340, 1240, { sun: 800, battery: 340, grid: 100 }),
      'The home uses 1.24 kW right now, 800 W of it from the sun and 340 W from the battery.',
    ],
    [
      home(full, -500, 2000, -900, 600, { sun: 600 }),
      'The home uses 600 W right now, all of it from the sun. 900 W goes into the battery and 500 W goes to the grid.',
    ],
    [
      home(['grid_power'], 440, null, null, 440, { grid: 440 }),
      'The home uses 440 W right now, all of it from the grid.',
    ],
    [home(['grid_power'], 0, null, null, 0), 'The home uses 0 W right now.'],
  ])('names the power and its sources', (now, text) => {
    expect(textOf(now)).toBe(text);
  });

  it('names what is not known, and what is known nevertheless', () => {
    expect(textOf(home(full, null, 800, 0, null))).toBe(
      'What the home uses is not known right now: nothing is heard of the grid. 800 W comes from the sun.',
    );
    expect(textOf(home(full, null, null, null, null))).toBe(
      'What the home uses is not known right now: nothing is heard of the grid, the sun and the battery.',
    );
    expect(textOf(home(['device_power'], null, null, null, null))).toBe(
      'What the home uses is not known: no power sensor of the grid is recorded.',
    );
  });

  it('says that sensors disagree', () => {
    expect(textOf(home(full, -900, 500, 0, -400))).toContain('The sensors disagree by 400 W');
  });
});
