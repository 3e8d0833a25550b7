/**
 * Goal: the home's quarter-hours rest on all of its sources or on none.
 * Method: by hand; a quarter with one source missing, a home without solar, and the grounds of the worst source.
 */
import { describe, expect, it } from 'vitest';
import type { Entry } from '../ledger/entry.ts';
import { quarterUs } from '../units/quarter.ts';
import { flowsOf, postFlows } from './flow-posting.ts';

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
    quarterStartUs: quarter * quarterUs,
    amountMicro,
    quality: 'measured',
    coveredUs: quarterUs,
    reason: 'counted',
    firstEvidenceUs: 0,
    lastEvidenceUs: quarterUs,
    isProvisional: false,
    onTimeUs: null,
    ...more,
  };
}

describe('postFlows', () => {
  it('adds tariffs together and leaves out quarters with a source missing', () => {
    const flows = postFlows(
      sources,
      new Map([
        ['sensor.day', [entry(0, 100), entry(1, 100)]],
        ['sensor.night', [entry(0, 50), entry(1, 50)]],
        ['sensor.solar', [entry(0, 30), entry(1, 999, { reason: 'withdrawn' })]],
      ]),
    );
    expect(flows.get('home:use')?.map((flow) => [flow.quarterStartUs, flow.amountMicro])).toEqual([[0, 180]]);
    expect(flows.get('home:solar_to_home')?.map((flow) => flow.amountMicro)).toEqual([30]);
    expect(flows.get('home:grid_to_home')?.map((flow) => flow.amountMicro)).toEqual([150]);
    // The grid's own total needs no sun.
    expect(flows.get('home:grid_in')?.map((flow) => flow.amountMicro)).toEqual([150, 150]);
  });

  it('has no flows that the home can not have', () => {
    expect(flowsOf({ ...sources, solar: [] })).toEqual([
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
});
