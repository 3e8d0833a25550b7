/**
 * Goal: whatever fails, in whatever order, the ledger in the end says what the meters delivered: sums to the last
 * unit, quarter-hours exactly where every reported value is known, marked as estimated where it is not; and it agrees
 * with its evidence.
 * Method: recording, coverage verification, heartbeat and posting as the process runs them, on a virtual clock, over
 * meters whose every true register is known. Faults are drawn from a seed: connection, subscription, stores, disk,
 * power, the process, Home Assistant's memory, the clock; the meters themselves reset, dip and fall away. A failure
 * prints its seed: SIMULATION_SEED=7 replays one, SIMULATION_SEEDS=2000 tries so many.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { usualRules } from './ledger/posting/reposting.ts';
import { baseUs } from './recording/testing/doubles.ts';
import { SimulatedChain } from './testing/simulated-chain.ts';

const one = process.env.SIMULATION_SEED;
const seedCount = Number(process.env.SIMULATION_SEEDS ?? 30);
const seeds = one === undefined ? Array.from({ length: seedCount }, (_, i) => i + 1) : [Number(one)];

describe('the whole chain under random faults', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: baseUs / 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(seeds)(
    'has the true ledger in the end (seed %d)',
    async (seed) => {
      const chain = new SimulatedChain(seed);
      await chain.begin();
      for (let step = 0; step < 60; step += 1) await chain.step();
      await chain.mend();
      for (const meter of chain.meters) {
        const { entityId, reported } = meter;
        const stored = chain.storedInstants(entityId);
        const known = chain.knownInstants(entityId);
        expect([entityId, stored]).toEqual([entityId, known]);
        for (const state of reported) state.isLost = !stored.includes(state.atUs);

        const { findings } = await chain.verify(entityId);
        expect(findings).toEqual([]);
        const entries = await chain.quantities(entityId);
        const sum = entries.reduce((total, { amountMicro }) => total + amountMicro, 0);
        expect([entityId, sum]).toEqual([entityId, meter.deliveredMicro]);
        const byQuarterHour = new Map(entries.map((entry) => [entry.quarterHourStartUs, entry]));
        for (const startUs of meter.wholeQuarterHours) {
          const entry = byQuarterHour.get(startUs);
          const off = Math.abs((entry?.amountMicro ?? Number.NaN) - meter.inQuarterHour(startUs));
          if (meter.isComplete(startUs)) expect(off, `${entityId} ${startUs}`).toBeLessThanOrEqual(1);
          else if (!(off <= usualRules.certainMicro) && meter.gapAround(startUs) > usualRules.registerGapUs)
            expect(entry?.quality, `${entityId} ${startUs}`).toBe('estimated');
        }
      }
      await chain.end();
    },
    60_000,
  );
});
