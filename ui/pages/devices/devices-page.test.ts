/**
 * Goal: devices are ranked and indented as in the API, and the unmetered rest is shown as it is.
 * Method: a small tree by hand, with a rest, without, and with a negative one.
 */
import { describe, expect, it } from 'vitest';
import type { DevicesAnswer } from '../../../src/schemas/balance.ts';
import { periodAround } from '../../period/period.ts';
import { en } from '../../texts/en.ts';
import { deviceLines, mostUsing } from './device-rows.ts';
import { sentenceOf } from './sentence.ts';

const plain = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, ' ');
const device = (id: string, kwh: number | null, parent: string | null = null) => ({
  entity_id: `sensor.${id}`,
  name: id,
  area: null,
  parent: parent === null ? null : `sensor.${parent}`,
  energy_kwh: kwh,
  own_kwh: kwh,
  cost: null,
  share: kwh === null ? null : kwh / 20,
  on_time_seconds: null,
  coverage: 1,
  quality: 'measured' as const,
  provisional: false,
});
const answerOf = (untracked: number | null, home: number | null = 20): DevicesAnswer => ({
  time_range: { start: '2026-11-20T23:00:00Z', end: '2026-11-21T23:00:00Z' },
  currency: 'EUR',
  home_kwh: home,
  tracked_kwh: 10,
  untracked_kwh: untracked,
  devices: [
    device('kitchen', 8),
    device('oven', 5, 'kitchen'),
    device('dishwasher', 2, 'kitchen'),
    device('pump', 2),
    device('silent', null),
  ],
});
const day = periodAround('day', Temporal.PlainDate.from('2026-11-21'));
const sentence = (answer: DevicesAnswer) =>
  plain(
    sentenceOf(answer, day, Date.parse('2026-11-21T12:00:00Z'), en.devices, {
      language: 'en-GB',
      zone: 'Europe/Brussels',
    }),
  );

describe('devices', () => {
  it('are indented below their parents, with bars on one scale', () => {
    const lines = deviceLines(answerOf(1));
    expect(lines.map(({ depth }) => depth)).toEqual([0, 1, 1, 0, 0]);
    expect(lines.map(({ hasChildren }) => hasChildren)).toEqual([true, false, false, false, false]);
    expect(lines.map(({ length }) => length)).toEqual([1, 5 / 8, 2 / 8, 2 / 8, 0]);
    expect(deviceLines(answerOf(16))[0]?.length).toBe(0.5);
  });

  it('name the device that used most, not its parent', () => {
    expect(mostUsing(answerOf(1))?.name).toBe('oven');
    expect(sentence(answerOf(10))).toBe(
      'oven used most: 5.00 kWh, 25 % of what the home used so far today. 10.0 kWh went to what no device meter sees.',
    );
  });

  it('say that they metered more than the home', () => {
    expect(sentence(answerOf(-2))).toContain('The devices metered 2.00 kWh more than the home used');
    expect(sentence(answerOf(-0.005))).not.toContain('more than the home');
  });

  it('say nothing about a home that is not known', () => {
    expect(sentence(answerOf(null, null))).not.toContain('no device meter sees');
    const none = { ...answerOf(null, null), devices: [device('silent', null)] };
    expect(sentence(none)).toBe('What the devices used is not known so far today.');
  });
});
