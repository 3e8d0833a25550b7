/**
 * Goal: the meter's own month peak is answered beside ours for the home and for a connection, as it is now or as it was
 * recorded, and never in place of ours.
 * Method: the app in memory over the sampled home with a DSMR meter's sensor put in, and quarters that the test writes.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sensorState } from '../../home/testing/doubles.ts';
import type { Reading } from '../../recording/reading.ts';
import { gridConnections } from '../../schemas/grid-connections.ts';
import { type CapacityMonth, capacityMonth } from '../../schemas/p1.ts';
import { instantFromIso } from '../../units/instant.ts';
import { TestApi } from '../testing/test-api.ts';
import { postedEntry } from '../testing/test-ledger.ts';

const peakId = 'sensor.electricity_meter_maximum_demand_current_month';
const at = (iso: string) => instantFromIso(iso) ?? 0;
let api: TestApi;

async function withMeter(kilowatts: string, options: { isTracked?: boolean } = {}): Promise<void> {
  api = new TestApi();
  api.homeAssistant.currentStates.push(sensorState(peakId, 'kW', 'power', null, kilowatts));
  await api.ready();
  if (options.isTracked)
    await api.home.setTracked([...api.home.tracked().map((one) => one.entityId), peakId]);
  // The 1st of November until now: one quarter of 4 kW among those of 1 kW.
  const quarters = Array.from({ length: 52 }, (_, index) =>
    postedEntry(at('2026-10-31T23:00:00Z') + index * 900_000_000, {
      amountMicro: index === 20 ? 1_000_000 : 250_000,
    }),
  );
  api.ledger.ledger.entries.set('home:grid_in', quarters);
}

async function month(query = '2026-11'): Promise<CapacityMonth> {
  const response = await api.fetch(`/v1/capacity/month/${query}`);
  expect(response.status).toBe(200);
  return capacityMonth.parse(await response.json());
}

function read(iso: string, value: number): Reading {
  return {
    ...{ entityId: peakId, atUs: at(iso), value, absence: null, unit: 'W', sourceUnit: 'kW' },
    ...{ lastResetAtUs: null, origin: 'stream' },
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-01T12:00:00Z'), toFake: ['Date'] });
  return () => vi.useRealTimers();
});

describe('the meter’s own peak', () => {
  it('that agrees is answered beside ours', async () => {
    await withMeter('4.009');
    expect(await month()).toMatchObject({
      ...{ monthly_peak_w: 4000, meter_peak_w: 4009, meter_difference_w: 9 },
      meter_difference_reason: 'rounding',
    });
    // As it is now it says nothing of another month.
    expect(await month('2026-10')).toMatchObject({ meter_peak_w: null, meter_difference_reason: null });
  });

  it('that is another is a finding, and ours stays', async () => {
    await withMeter('4.8');
    expect(await month()).toMatchObject({
      ...{ monthly_peak_w: 4000, meter_peak_w: 4800, meter_difference_w: 800 },
      meter_difference_reason: 'unexplained',
    });
    api.ledger.ledger.entries.get('home:grid_in')?.splice(30, 2);
    expect(await month()).toMatchObject({
      ...{ monthly_peak_w: 4000, meter_difference_w: 800, meter_difference_reason: 'not_measured' },
    });
  });

  it.each(['unavailable', 'unknown', ''])('that reports %j is not known', async (state) => {
    await withMeter(state);
    expect(await month()).toMatchObject({ meter_peak_w: null, meter_difference_w: null });
  });

  it('that is recorded is known for each month by its last reading', async () => {
    await withMeter('4.001', { isTracked: true });
    api.readings.rows = [
      read('2026-10-03T10:00:00Z', 2500),
      read('2026-10-20T10:00:00Z', 5123),
      read('2026-10-31T23:00:02Z', 0),
      read('2026-11-01T04:15:03Z', 4001),
    ];
    expect((await month('2026-10')).meter_peak_w).toBe(5123);
    expect((await month('2026-11')).meter_peak_w).toBe(4001);
    expect((await month('2026-09')).meter_peak_w).toBeNull();
  });

  it('is the home’s, unless a connection of other registers has it', async () => {
    await withMeter('4.1', { isTracked: true });
    api.readings.rows = [read('2026-11-01T04:15:03Z', 4100)];
    const list = async () =>
      gridConnections.parse(await (await api.fetch('/api/grid-connections')).json()).connections;
    expect((await list())[0]?.meter_peak).toBe(peakId);
    const named = await api.fetch('/api/grid-connections', {
      json: { name: 'Annex', offtake: ['sensor.kitchen_energy'], meter_peak: peakId },
    });
    expect(named.status).toBe(201);
    expect((await list()).map((one) => one.meter_peak)).toEqual([null, peakId]);
    expect((await month()).meter_peak_w).toBeNull();
    expect((await month('2026-11?device_id=annex')).meter_peak_w).toBe(4100);
  });
});
