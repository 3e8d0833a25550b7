/**
 * Goal: the home's quarter-hours rest on all of its sources or on none.
 * Method: by hand; a quarter-hour with one source missing, a home without solar, and the data quality of the worst
 * source. What is reported of random meters, also of those that run backwards, is held against the identity of the
 * balance.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../ledger/entries/entry.ts';
import { quarterHourUs } from '../units/durations.ts';
import { flowIds, flowIdsOf, postFlows, postTotal, totalIds } from './flow-posting.ts';
import type { BalanceSources } from './sources.ts';

const sources = {
  gridIn: ['sensor.day', 'sensor.night'],
  gridOut: [],
  solar: ['sensor.solar'],
  batteryIn: [],
  batteryOut: [],
};

function entry(quarter: number, amountMicro: number, more: Partial<Entry> = {}): Entry {
  return {
    kind: 'quantity',
    quarterHourStartUs: quarter * quarterHourUs,
    amountMicro,
    quality: 'measured',
    coveredUs: quarterHourUs,
    reason: 'counted',
    firstEvidenceUs: 0,
    lastEvidenceUs: quarterHourUs,
    isProvisional: false,
    onTimeUs: null,
    ...more,
  };
}

describe('postFlows', () => {
  it('adds tariffs together and leaves out quarter-hours with a source missing', () => {
    const flows = postFlows(
      sources,
      new Map([
        ['sensor.day', [entry(0, 100), entry(1, 100)]],
        ['sensor.night', [entry(0, 50), entry(1, 50)]],
        ['sensor.solar', [entry(0, 30), entry(1, 999, { reason: 'withdrawn' })]],
      ]),
    );
    expect(flows.get('home:use')?.map((flow) => [flow.quarterHourStartUs, flow.amountMicro])).toEqual([
      [0, 180],
    ]);
    expect(flows.get('home:solar_to_home')?.map((flow) => flow.amountMicro)).toEqual([30]);
    expect(flows.get('home:grid_to_home')?.map((flow) => flow.amountMicro)).toEqual([150]);
    // The grid's own total needs no sun.
    expect(flows.get('home:grid_in')?.map((flow) => flow.amountMicro)).toEqual([150, 150]);
  });

  it('has quarter-hours in the order of time, with the first and last evidence of all their sources', () => {
    const grid = {
      gridIn: ['sensor.day', 'sensor.night'],
      gridOut: [],
      solar: [],
      batteryIn: [],
      batteryOut: [],
    };
    const flows = postFlows(
      grid,
      new Map([
        ['sensor.day', [entry(2, 1, { firstEvidenceUs: 3, lastEvidenceUs: 5 }), entry(0, 1)]],
        ['sensor.night', [entry(2, 1, { firstEvidenceUs: 2, lastEvidenceUs: 4 }), entry(0, 1)]],
      ]),
    );
    expect(flows.get('home:grid_in')?.map((flow) => flow.quarterHourStartUs / quarterHourUs)).toEqual([0, 2]);
    expect(flows.get('home:grid_in')?.[1]).toMatchObject({ firstEvidenceUs: 2, lastEvidenceUs: 5 });
  });

  it('has flows of a battery where one of its two registers is known, and none of a grid that there is not', () => {
    const none: BalanceSources = { gridIn: [], gridOut: [], solar: [], batteryIn: [], batteryOut: [] };
    expect(flowIdsOf(none)).toEqual(['home:use', 'home:unexplained']);
    const hasBattery = (part: Partial<BalanceSources>) =>
      flowIdsOf({ ...none, ...part }).includes('home:battery_to_home');
    expect(flowIdsOf({ ...none, gridIn: ['sensor.grid'] })).toContain('home:grid_to_home');
    expect(hasBattery({})).toBe(false);
    expect(hasBattery({ batteryIn: ['sensor.in'] })).toBe(true);
    expect(hasBattery({ batteryOut: ['sensor.out'] })).toBe(true);
    expect(hasBattery({ batteryIn: ['sensor.in'], batteryOut: ['sensor.out'] })).toBe(true);
  });

  it('has no flows that the home can not have', () => {
    expect(flowIdsOf({ ...sources, solar: [] })).toEqual([
      'home:use',
      'home:unexplained',
      'home:grid_to_home',
      'home:grid_in',
    ]);
  });

  it('is as good as its worst source', () => {
    const flows = postFlows(
      sources,
      new Map([
        ['sensor.day', [entry(0, 1)]],
        ['sensor.night', [entry(0, 1, { quality: 'hourly', coveredUs: 0 })]],
        ['sensor.solar', [entry(0, 1, { isProvisional: true, coveredUs: 7 })]],
      ]),
    );
    expect(flows.get('home:use')).toMatchObject([{ quality: 'hourly', coveredUs: 0, isProvisional: true }]);
  });

  it('takes an export that is counted downwards for none, in the totals as in the flows', () => {
    const withExport = { ...sources, gridIn: ['sensor.day'], gridOut: ['sensor.back'] };
    const flows = postFlows(
      withExport,
      new Map([
        ['sensor.day', [entry(0, 48)]],
        ['sensor.back', [entry(0, -50)]],
        ['sensor.solar', [entry(0, 100)]],
      ]),
    );
    const amounts = [totalIds.gridOut, flowIds.homeMwh].map((id) => flows.get(id)?.[0]?.amountMicro);
    expect(amounts).toEqual([0, 148]);
    expect(postTotal(['sensor.back'], new Map([['sensor.back', [entry(0, -50)]]]))[0]?.amountMicro).toBe(0);
  });

  it('reports totals and flows that agree in every quarter-hour that has a home', () => {
    const registers = fc.array(fc.option(fc.integer({ min: -1000, max: 100_000 }), { nil: null }), {
      maxLength: 2,
    });
    const kinds = { gridIn: registers, gridOut: registers, solar: registers };
    const homes = fc.record({ ...kinds, batteryIn: registers, batteryOut: registers });
    fc.assert(
      fc.property(homes, (amounts) => {
        const named = Object.entries(amounts).map(
          ([kind, list]) => [kind, list.map((_, index) => `sensor.${kind.toLowerCase()}_${index}`)] as const,
        );
        const home = Object.fromEntries(named) as Record<keyof typeof amounts, string[]>;
        const entries = new Map(
          named.flatMap(([kind, ids]) =>
            ids.flatMap((id, index) => {
              const amountMicro = amounts[kind as keyof typeof amounts][index];
              return amountMicro == null ? [] : [[id, [entry(0, amountMicro)]] as const];
            }),
          ),
        );
        const flows = postFlows(home, entries);
        const of = (id: string) => flows.get(id as 'home:use')?.[0]?.amountMicro ?? null;
        const use = of(flowIds.homeMwh);
        const isKnown = Object.values(amounts).every((list) =>
          list.every((amountMicro) => amountMicro !== null),
        );
        expect(use !== null).toBe(isKnown && entries.size > 0);
        if (use === null) return;
        const inward = [totalIds.gridIn, totalIds.solar, totalIds.batteryOut].map((id) => of(id) ?? 0);
        const outward = [totalIds.gridOut, totalIds.batteryIn].map((id) => of(id) ?? 0);
        const sum = (list: number[]) => list.reduce((all, one) => all + one, 0);
        expect(use - (of(flowIds.unexplainedMwh) ?? 0)).toBe(sum(inward) - sum(outward));
      }),
      { numRuns: 1000 },
    );
  });
});
