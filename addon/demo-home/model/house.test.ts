/**
 * Goal: the demo home obeys physics and is the same house after a restart.
 * Method: random seeds, instants and spans, held against sums made second by second and against a second instance.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loads } from './appliances.ts';
import { battery, type Channel, channels } from './day.ts';
import { House } from './house.ts';

const installedOn = '2026-10-20';
const firstUs = Date.parse('2026-10-20T00:00:00+02:00') * 1000;
// The clocks go back on 25 October 2026, well inside.
const lastUs = firstUs + 9 * 86_400_000_000;

const house = (seed: number) => new House({ seed, timeZone: 'Europe/Brussels', installedOn });
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const instants = fc.integer({ min: firstUs, max: lastUs - 600_000_000 });
const channel = fc.constantFrom<Channel>(...channels);
const runs = { numRuns: 60 };

describe('house', () => {
  it('has registers that are the integral of their power', () => {
    fc.assert(
      fc.property(
        seeds,
        instants,
        fc.integer({ min: 1, max: 150_000_000 }),
        channel,
        (seed, from, span, of) => {
          const home = house(seed);
          let joules = 0;
          for (let at = from; at < from + span; ) {
            const next = Math.min(from + span, (Math.floor(at / 1_000_000) + 1) * 1_000_000);
            joules += (home.rate(of, at) * (next - at)) / 1_000_000;
            at = next;
          }
          expect(home.register(of, from + span) - home.register(of, from)).toBeCloseTo(joules, 3);
        },
      ),
      runs,
    );
  });

  it('never has a register that falls', () => {
    fc.assert(
      fc.property(
        seeds,
        instants,
        fc.integer({ min: 0, max: 5_000_000 }),
        channel,
        (seed, from, step, of) => {
          const home = house(seed);
          expect(home.register(of, from + step)).toBeGreaterThanOrEqual(home.register(of, from));
        },
      ),
      runs,
    );
  });

  it('balances at every instant: import − export = loads − solar + charging − discharging', () => {
    fc.assert(
      fc.property(seeds, fc.array(instants, { minLength: 1, maxLength: 30 }), (seed, times) => {
        const home = house(seed);
        for (const at of times) {
          const of = (...names: Channel[]) => names.reduce((sum, name) => sum + home.rate(name, at), 0);
          const imported = of('import_day', 'import_night');
          const exported = of('export_day', 'export_night');
          expect(imported - exported).toBe(of(...loads) - of('solar') + of('charge') - of('discharge'));
          expect(Math.min(imported, exported)).toBe(0);
          for (const name of channels) expect(home.rate(name, at)).toBeGreaterThanOrEqual(0);
          expect(home.storedJ(at)).toBeGreaterThanOrEqual(battery.reserveJ);
          expect(home.storedJ(at)).toBeLessThanOrEqual(battery.capacityJ);
        }
      }),
      runs,
    );
  });

  it('balances over any span, in what the meters counted', () => {
    fc.assert(
      fc.property(seeds, instants, instants, (seed, a, b) => {
        const home = house(seed);
        const [from, to] = a < b ? [a, b] : [b, a];
        const of = (...names: Channel[]) =>
          names.reduce((sum, name) => sum + home.register(name, to) - home.register(name, from), 0);
        const grid = of('import_day', 'import_night') - of('export_day', 'export_night');
        expect(grid).toBeCloseTo(of(...loads) - of('solar') + of('charge') - of('discharge'), 2);
      }),
      runs,
    );
  });

  it('is the same house after a restart, whatever was asked before', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(instants, { minLength: 1, maxLength: 10 }),
        instants,
        channel,
        (seed, asked, at, of) => {
          const old = house(seed);
          for (const earlier of asked) old.register(of, earlier);
          const restarted = house(seed);
          expect(restarted.register(of, at)).toBe(old.register(of, at));
          expect(restarted.rate(of, at)).toBe(old.rate(of, at));
          expect(restarted.storedJ(at)).toBe(old.storedJ(at));
        },
      ),
      runs,
    );
  });

  it('counts in the day register from Monday to Friday between 7 and 22 by wall clock, else in the night one', () => {
    const home = house(7);
    let seen = 0;
    for (let at = firstUs; at < lastUs; at += 60_000_000) {
      const local = Temporal.Instant.fromEpochMilliseconds(at / 1000).toZonedDateTimeISO('Europe/Brussels');
      const isDay = local.dayOfWeek <= 5 && local.hour >= 7 && local.hour < 22;
      const wrong = isDay ? home.rate('import_night', at) : home.rate('import_day', at);
      expect(wrong).toBe(0);
      if (home.rate('import_day', at) > 0) seen++;
    }
    expect(seen).toBeGreaterThan(1000);
    // The day on which the clocks go back has 25 hours.
    expect(home.calendar.day(5).minutes).toBe(25 * 60);
  });

  it('lives: every appliance runs, the sun shines by day only, the battery fills and empties', () => {
    const home = house(2711);
    const least = new Map<Channel, number>();
    const most = new Map<Channel, number>();
    for (let at = firstUs; at < lastUs; at += 60_000_000) {
      for (const name of channels) {
        const rate = home.rate(name, at);
        least.set(name, Math.min(least.get(name) ?? Infinity, rate));
        most.set(name, Math.max(most.get(name) ?? 0, rate));
      }
      const hour = Math.floor(at / 3_600_000_000) % 24;
      if (hour >= 20 || hour < 3) expect(home.rate('solar', at)).toBe(0);
    }
    const idle = channels.filter((name) => (most.get(name) ?? 0) - (least.get(name) ?? 0) < 20);
    expect(idle).toEqual([]);
  });

  it('did not exist before its meters were put in', () => {
    expect(() => house(1).rate('solar', firstUs - 1)).toThrow(RangeError);
  });
});
