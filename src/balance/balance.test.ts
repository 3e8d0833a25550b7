/**
 * Goal: every milliwatt-hour that the home used has exactly one source.
 * Method: random quarter-hours, also impossible ones (meters that don't tick together); cases by hand from the
 * frontend's tests.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceOf, matchFlows, selfConsumption, selfSufficiency } from './balance.ts';

const amount = fc.oneof(fc.constant(0), fc.integer({ min: -1000, max: 5_000_000 }));
const quarter = fc.record({
  gridInMwh: amount,
  gridOutMwh: amount,
  solarMwh: amount,
  batteryInMwh: amount,
  batteryOutMwh: amount,
});
const clamp = (value: number) => Math.max(0, value);

describe('balanceOf', () => {
  it('gives the home exactly what its sources gave: used = solar + battery + grid', () => {
    fc.assert(
      fc.property(quarter, (sources) => {
        const balance = balanceOf(sources);
        if (balance === null) throw new Error('all sources are known');
        expect(balance.solarToHomeMwh + balance.batteryToHomeMwh + balance.gridToHomeMwh).toBe(
          balance.homeMwh,
        );
        const inward = clamp(sources.gridInMwh) + clamp(sources.solarMwh) + clamp(sources.batteryOutMwh);
        const outward = clamp(sources.gridOutMwh) + clamp(sources.batteryInMwh);
        expect(balance.homeMwh - balance.unexplainedMwh).toBe(inward - outward);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no more from a source than it gave, and none backwards', () => {
    fc.assert(
      fc.property(quarter, (sources) => {
        const balance = balanceOf(sources);
        if (balance === null) throw new Error('all sources are known');
        const solar = balance.solarToHomeMwh + balance.solarToBatteryMwh + balance.solarToGridMwh;
        const battery = balance.batteryToHomeMwh + balance.batteryToGridMwh;
        const grid = balance.gridToHomeMwh + balance.gridToBatteryMwh;
        expect(solar).toBeLessThanOrEqual(clamp(sources.solarMwh));
        expect(battery).toBeLessThanOrEqual(clamp(sources.batteryOutMwh));
        expect(grid).toBeLessThanOrEqual(clamp(sources.gridInMwh));
        expect(Math.min(...Object.values(balance))).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('charges the battery from the grid with what the home did not use, and with what it did when it must', () => {
    const sources = { gridInMwh: 10, gridOutMwh: 0, solarMwh: 0, batteryInMwh: 12, batteryOutMwh: 5 };
    expect(balanceOf(sources)).toMatchObject({
      ...{ homeMwh: 3, gridToBatteryMwh: 10, gridToHomeMwh: 0, batteryToHomeMwh: 3, unexplainedMwh: 0 },
    });
  });

  it('takes nothing from a grid that gave nothing, whatever fractions round to', () => {
    const sources = { gridIn: 0, gridOut: 0, solar: 0.1, batteryIn: 0, batteryOut: 0.2 };
    expect(matchFlows(sources)).toMatchObject({ gridToHome: 0, solarToHome: 0.1, batteryToHome: 0.2 });
  });

  it('knows no part of nothing, and one of the least', () => {
    expect([selfSufficiency(0, 0), selfConsumption(0, 0)]).toEqual([null, null]);
    expect([selfSufficiency(1, 0.25), selfConsumption(1, 0.25)]).toEqual([0.75, 0.25]);
  });

  it('charges the battery from the grid when more came in than the home used', () => {
    const balance = balanceOf({
      gridInMwh: 10,
      gridOutMwh: 0,
      solarMwh: 3,
      batteryInMwh: 9,
      batteryOutMwh: 0,
    });
    expect(balance).toMatchObject({
      homeMwh: 4,
      gridToBatteryMwh: 6,
      solarToBatteryMwh: 3,
      gridToHomeMwh: 4,
    });
  });

  it('exports the sun before the battery', () => {
    const balance = balanceOf({
      gridInMwh: 0,
      gridOutMwh: 5,
      solarMwh: 4,
      batteryInMwh: 0,
      batteryOutMwh: 3,
    });
    expect(balance).toMatchObject({
      solarToGridMwh: 4,
      batteryToGridMwh: 1,
      batteryToHomeMwh: 2,
      homeMwh: 2,
    });
  });

  it('matches the power of a moment as it does energy', () => {
    const watts = fc.integer({ min: -20_000, max: 20_000 });
    fc.assert(
      fc.property(watts, fc.integer({ min: 0, max: 20_000 }), watts, (gridW, solarW, batteryW) => {
        // A sensor that reports both directions shows one at a time.
        const flows = matchFlows({
          gridIn: gridW,
          gridOut: -gridW,
          solar: solarW,
          batteryIn: -batteryW,
          batteryOut: batteryW,
        });
        expect(Math.min(...Object.values(flows))).toBeGreaterThanOrEqual(0);
        expect(flows.home - flows.unexplained).toBe(gridW + solarW + batteryW);
        expect(flows.solarToHome + flows.batteryToHome + flows.gridToHome).toBe(flows.home);
      }),
    );
  });

  it('knows no home without one of its sources', () => {
    expect(
      balanceOf({ gridInMwh: 1, gridOutMwh: 0, solarMwh: null, batteryInMwh: 0, batteryOutMwh: 0 }),
    ).toBeNull();
  });

  it('knows no home while any source is not known', () => {
    const perhaps = fc.option(amount, { nil: null });
    const unsure = fc.record({
      gridInMwh: perhaps,
      gridOutMwh: perhaps,
      solarMwh: perhaps,
      batteryInMwh: perhaps,
      batteryOutMwh: perhaps,
    });
    fc.assert(
      fc.property(unsure, (sources) => {
        const isKnown = Object.values(sources).every((value) => value !== null);
        expect(balanceOf(sources) !== null).toBe(isKnown);
      }),
    );
  });
});

describe('selfSufficiency, selfConsumption', () => {
  const known = fc.option(fc.integer({ min: -1000, max: 5_000_000 }), { nil: null });

  it('are parts of a whole, or not known', () => {
    fc.assert(
      fc.property(known, known, (whole, part) => {
        const clampedPart = part === null ? null : Math.max(0, part);
        for (const share of [selfSufficiency(whole, clampedPart), selfConsumption(whole, clampedPart)]) {
          if (whole === null || part === null || whole <= 0) expect(share).toBeNull();
          else {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('are by hand what they say', () => {
    expect(selfSufficiency(8, 6)).toBe(0.25);
    expect(selfSufficiency(8, 0)).toBe(1);
    expect(selfConsumption(8, 2)).toBe(0.25);
    expect(selfConsumption(8, 8)).toBe(1);
  });
});
