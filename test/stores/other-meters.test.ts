/**
 * Goal: meters that no rule was written for come out right: ties, resets, falls, days of absence, readings beside the
 * quarter-hour, reported in any order, in zones of every kind.
 * Method: lives are drawn from a seed, shuffled, played into the real stores in two batches, each posted before the
 * next, and asked for through the whole application; every answer is held against test/reference.
 */

import { describe, expect, it } from 'vitest';
import { balance } from '../../src/schemas/balance.ts';
import { capacityMonth } from '../../src/schemas/p1.ts';
import { dayUs, minuteUs, quarterHourUs } from '../../src/units/durations.ts';
import { monthPeaks, type RegisterState, reckon, seeded, sumsBy } from '../reference/meter-reckoner.ts';
import { PlayedHome } from './played-home.ts';
import { freshEntity } from './questdb-fixture.ts';
import { compare, comparePeaks, readingOf, shuffled } from './reckoned-answers.ts';

const us = (iso: string) => Date.parse(iso) * 1000;

interface Life {
  readonly zone: string;
  /** Local midnights. */
  readonly from: string;
  readonly until: string;
  /** Readings lie so far from the quarter-hour's boundary, at most. */
  readonly jitterMinutes: number;
  readonly seed: number;
}

/** What a meter shows over its life. Uses are multiples of 50 Wh, so that many quarter-hours are equally high. */
function lifeOf({ from, until, jitterMinutes, seed }: Life): RegisterState[] {
  const random = seeded(seed);
  const states: RegisterState[] = [];
  let registerWh = 4_000_000;
  /** Until when it can't be seen. */
  let absentUntilUs = 0;
  for (let atUs = us(from); atUs <= us(until); atUs += quarterHourUs) {
    const isDay = new Date(atUs / 1000).getUTCHours() > 5;
    registerWh += 50 * Math.floor(random() ** 3 * (isDay ? 18 : 6));
    const chance = random();
    const besideUs = Math.round((random() - 0.5) * 2 * jitterMinutes) * minuteUs;
    // What it shows lies in the months that are asked for.
    const seenUs = Math.min(us(until), Math.max(us(from), atUs + besideUs));
    if (seenUs < absentUntilUs) continue;
    // Three days without the meter, which goes on counting.
    if (chance < 0.0004) {
      absentUntilUs = seenUs + 3 * dayUs + Math.floor(random() * dayUs);
      states.push({ atUs: seenUs, micro: null });
      continue;
    }
    // It begins anew near 0.
    if (chance > 0.9996) registerWh = Math.floor(random() * 3) * 50;
    // It shows a little less for once, which is no use and no injection.
    const isDip = chance > 0.97 && chance < 0.98;
    states.push({ atUs: seenUs, micro: BigInt(isDip ? Math.max(0, registerWh - 10) : registerWh) * 1000n });
  }
  return states;
}

const brussels = { zone: 'Europe/Brussels' };
const kathmandu = { zone: 'Asia/Kathmandu', from: '2020-01-30T18:15:00Z', until: '2020-03-31T18:15:00Z' };
const lordHowe = { zone: 'Australia/Lord_Howe', from: '2016-03-09T13:00:00Z', until: '2016-05-09T13:30:00Z' };
const stJohns = { zone: 'America/St_Johns', from: '2012-10-10T02:30:00Z', until: '2012-12-10T03:30:00Z' };
/** The home's flows have one name in the store, so each life has a year and more that no other test has. */
const lives: Life[] = [
  { ...brussels, from: '2017-09-30T22:00:00Z', until: '2017-12-31T23:00:00Z', jitterMinutes: 0, seed: 1 },
  {
    ...brussels,
    from: '2014-02-28T23:00:00Z',
    until: '2014-04-30T22:00:00Z',
    jitterMinutes: 6,
    seed: 2,
  },
  { ...kathmandu, jitterMinutes: 4, seed: 3 },
  { ...lordHowe, jitterMinutes: 0, seed: 4 },
  { ...stJohns, jitterMinutes: 7, seed: 5 },
];

describe.each(lives)('a meter in $zone from $from (seed $seed)', (life) => {
  const { zone, from, until, seed } = life;

  it('comes out as it was, however it comes in', async () => {
    const states = lifeOf(life);
    const quarters = reckon(states);
    // The seed must have drawn what this is about.
    expect(states.some(({ micro }) => micro === null)).toBe(true);
    expect([...quarters.values()].filter(({ isMeasured }) => !isMeasured).length).toBeGreaterThan(3 * 96);
    const meter = freshEntity('other_meter');
    const home = new PlayedHome({ imports: [meter], exports: [] }, us(until) + dayUs);
    await home.start(zone);
    const mixed = shuffled(states, seed + 100);
    for (const batch of [mixed.slice(0, mixed.length / 2), mixed.slice(mixed.length / 2)]) {
      await home.play(meter, batch.map(readingOf));
      await home.settle();
    }
    await compare(home, meter, quarters, zone);
    await comparePeaks(home, quarters, zone);
    const range = `start_time=${encodeURIComponent(from)}&end_time=${encodeURIComponent(until)}`;
    const days = await home.get(`/api/balance?${range}&period=day`, balance);
    const dates = sumsBy(quarters, zone, 'date');
    const known = days.rows.filter((row) => row.grid_in_kwh !== null);
    expect(known.map((row) => row.start.slice(0, 10))).toEqual([...dates.keys()].sort());
    for (const row of known)
      expect(row.grid_in_kwh).toBeCloseTo(
        (dates.get(row.start.slice(0, 10))?.toNumber() ?? Number.NaN) / 1e6,
        5,
      );
    // The bill: the mean of twelve months, each raised to the floor.
    const peaks = monthPeaks(quarters, zone);
    const counted: number[] = [];
    for (const month of [...sumsBy(quarters, zone, 'month').keys()].sort()) {
      const answer = await home.get(`/v1/capacity/month/${month}`, capacityMonth);
      const peak = peaks.get(month);
      if (peak !== undefined) counted.push(Math.max((peak.micro * 4) / 1000, answer.floor_w));
      const twelve = counted.slice(-12);
      const mean = twelve.reduce((sum, powerW) => sum + powerW, 0) / twelve.length;
      expect(answer.billed_peak_w, month).toBeCloseTo(mean, 1);
    }
    expect(counted.length).toBeGreaterThan(1);
    await home.stop();
  }, 300_000);
});
