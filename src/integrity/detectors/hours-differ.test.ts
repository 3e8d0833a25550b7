/**
 * Goal: an hour that is not Home Assistant's is found, and one that differs for a known reason is not.
 * Method: by hand; and random lives of a register whose hours Home Assistant counts by its own rule from the same readings.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../ledger/entries/entry.ts';
import type { RecordedStatistics } from '../../ledger/evidence/statistics-evidence.ts';
import { postCounter } from '../../ledger/posting/counter-posting.ts';
import { hourUs, quarterHourUs } from '../../units/durations.ts';
import {
  boundaryStep,
  compareStretch,
  countedAsCore,
  hoursFindings,
  isWithinTolerance,
  stretchesOf,
} from './hours-differ.ts';

function row(hour: number, sum: number | null, state: number | null = sum): RecordedStatistics {
  return { startUs: hour * hourUs, endUs: (hour + 1) * hourUs, period: 'hour', state, sum };
}

function quarters(hour: number, amounts: readonly number[], extra: Partial<Entry> = {}): Entry[] {
  return amounts.map((amountMicro, place) => ({
    ...{ kind: 'quantity', quarterHourStartUs: hour * hourUs + place * quarterHourUs, amountMicro },
    ...{
      quality: 'measured',
      coveredUs: quarterHourUs,
      reason: 'counted',
      isProvisional: false,
      onTimeUs: null,
    },
    ...{ firstEvidenceUs: 0, lastEvidenceUs: 0 },
    ...extra,
  }));
}

const compareHour = (sum: number, entries: readonly Entry[], state = sum) => {
  const [stretch] = stretchesOf([row(0, 10, 100), row(1, 10 + sum, 100 + state)]);
  if (stretch === undefined) throw new Error('a stretch');
  return compareStretch(stretch, entries).kind;
};

describe('stretchesOf', () => {
  it('begins with the second row, and takes hours without a row together', () => {
    expect(stretchesOf([row(0, 3653), row(1, 3654), row(4, 3660)])).toEqual([
      { startUs: hourUs, endUs: 2 * hourUs, theirsMicro: 1_000_000, registerMicro: 1_000_000 },
      { startUs: 2 * hourUs, endUs: 5 * hourUs, theirsMicro: 6_000_000, registerMicro: 6_000_000 },
    ]);
    expect(stretchesOf([row(0, null), row(1, 5)])).toEqual([]);
  });

  it('has nothing to compare where a total began anew and no register beside it shows what was counted', () => {
    expect(stretchesOf([row(0, 3653, 100), row(1, 1, 2)])).toEqual([]);
    expect(stretchesOf([row(0, 3653, null), row(1, 1, null)])).toEqual([]);
    expect(stretchesOf([row(0, 3653, 100), row(1, 1, 102)])).toMatchObject([{ registerMicro: 2_000_000 }]);
    // A register that may fall, and fell.
    expect(stretchesOf([row(0, 3653, 100), row(1, 3652, 99)])).toMatchObject([
      { theirsMicro: -1_000_000, registerMicro: null },
    ]);
  });
});

describe('compareStretch', () => {
  it.each([
    ['agrees', 1, quarters(1, [250_000, 250_000, 250_000, 251_500])],
    ['differs', 1, quarters(1, [250_000, 250_000, 250_000, 260_000])],
    ['explained', 1, quarters(1, [250_000, 250_000, 250_000])],
    ['explained', 1, quarters(1, [1, 1, 1, 1], { isProvisional: true })],
    ['explained', 1, quarters(1, [1, 1, 1, 1], { quality: 'estimated' })],
    ['explained', 1, quarters(1, [1, 1, 1, 1], { quality: 'hourly' })],
  ] as const)('%s', (kind, sum, entries) => {
    expect(compareHour(sum, entries)).toBe(kind);
  });

  it('knows a sum that began anew by the register beside it', () => {
    expect(compareHour(-4000, quarters(1, [250_000, 250_000, 250_000, 250_000]), 1)).toBe('explained');
    expect(compareHour(3653, quarters(1, [250_000, 250_000, 250_000, 250_000]), 1)).toBe('explained');
  });

  it('allows 2 Wh and half a percent', () => {
    expect(isWithinTolerance(1000, 3000)).toBe(true);
    expect(isWithinTolerance(1000, 3001)).toBe(false);
    expect(isWithinTolerance(995_000, 1_000_000)).toBe(true);
    expect(isWithinTolerance(994_999, 1_000_000)).toBe(false);
  });
});

describe('the same readings', () => {
  it('are never a difference: what core counts from them is explained by its rule', () => {
    const steps = fc.array(
      fc.record({
        minutes: fc.integer({ min: 1, max: 45 }),
        change: fc.oneof(fc.integer({ min: 0, max: 900_000 }), fc.constantFrom(-5000, -1)),
      }),
      { minLength: 20, maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        let [atUs, registerMicro] = [0, 50_000_000];
        const points = [{ atUs, registerMicro }];
        for (const { minutes, change } of list) {
          atUs += minutes * 60_000_000 + 7;
          registerMicro += change;
          points.push({ atUs, registerMicro });
        }
        const evidence = points.map((point) => ({
          ...{ kind: 'reading', lastResetAtUs: null, origin: 'stream' },
          ...point,
        })) as Parameters<typeof postCounter>[2];
        const rules = {
          kind: 'rising',
          maxGapUs: hourUs,
          quarterHourGapUs: hourUs,
          certainMicro: 10_000,
        } as const;
        const { entries } = postCounter(rules, null, evidence, 0, atUs + hourUs);
        // Core's rows: the register last reported before each hour's end, and the sum by its own rule.
        const reportedBefore = (us: number) => points.filter((point) => point.atUs < us);
        const rows = Array.from({ length: Math.floor(atUs / hourUs) }, (_, hour) => {
          const reported = reportedBefore((hour + 1) * hourUs);
          const state = (reported.at(-1)?.registerMicro ?? 0) / 1e6;
          return row(hour, countedAsCore('rising', reported) / 1e6, state);
        });
        for (const stretch of stretchesOf(rows)) {
          const { startUs, endUs, theirsMicro } = stretch;
          if (compareStretch(stretch, entries).kind !== 'differs') continue;
          const path = [
            ...reportedBefore(startUs).slice(-1),
            ...reportedBefore(endUs).filter((point) => point.atUs >= startUs),
          ];
          expect(isWithinTolerance(countedAsCore('rising', path), theirsMicro)).toBe(true);
        }
      }),
    );
  });
});

describe('boundaryStep', () => {
  const path = [0, 10, 40].map((minute) => ({ atUs: minute * 60_000_000, registerMicro: minute * 1000 }));

  it.each([
    [5, 10_000],
    [10, 10_000],
    [0, 0],
    [20, 0],
    [50, 0],
  ])('at minute %d is what was counted between the readings around it', (minute, step) => {
    expect(boundaryStep(path, minute * 60_000_000)).toBe(step);
  });
});

describe('hoursFindings', () => {
  it('makes one of hours that follow on one another', () => {
    const stretch = (hour: number) => ({
      ...{ startUs: hour * hourUs, endUs: (hour + 1) * hourUs },
      ...{ oursMicro: 1_000_000, theirsMicro: 1_500_000 },
    });
    const found = hoursFindings('sensor.meter', 'kWh', [stretch(1), stretch(2), stretch(5)]);
    expect(found.map(({ startUs, endUs }) => [startUs / hourUs, endUs / hourUs])).toEqual([
      [1, 3],
      [5, 6],
    ]);
    expect(found[0]?.evidence).toEqual([
      { name: 'ours', value: 2, unit: 'kWh' },
      { name: 'theirs', value: 3, unit: 'kWh' },
      { name: 'difference', value: -1, unit: 'kWh' },
    ]);
  });
});
