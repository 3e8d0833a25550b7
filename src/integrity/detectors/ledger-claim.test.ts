/**
 * Goal: what the ledger must hold around a spike is bounded by the readings that are left, and holds for the real posting.
 * Method: by hand; and random lives with a spike left out, posted by the ledger itself.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postCounter } from '../../ledger/posting/counter-posting.ts';
import { usualRules } from '../../ledger/posting/reposting.ts';
import { minuteUs, quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { claimMicro, claimOf } from './ledger-claim.ts';
import type { RegisterPoint } from './register-path.ts';

const startUs = quarterHourStartUs(1_780_000_000_000_000);
const rising = { kind: 'rising' } as const;
const point = (minutes: number, kwh: number): RegisterPoint => ({
  atUs: startUs + Math.round(minutes * minuteUs),
  registerMicro: Math.round(kwh * 1e6),
});

describe('claimOf', () => {
  const path = [point(-10, 5), point(5, 5.2), point(10, 5.3), point(20, 5.7), point(40, 6)];
  const spike = { before: path[2] as RegisterPoint, after: path[3] as RegisterPoint };

  it('is what lies within the quarter-hours, and what reaches into them', () => {
    expect(claimOf(rising, path, spike)).toEqual({
      ...{ startUs, endUs: startUs + 2 * quarterHourUs },
      ...{ leastMicro: 500_000 - claimMicro, mostMicro: 1_000_000 + claimMicro },
    });
  });

  it('takes what ends or begins at its ends for outside, and what lies at them for inside', () => {
    const edges = [point(-10, 5), point(0, 5.1), point(10, 5.3), point(20, 5.7), point(30, 6), point(40, 7)];
    expect(claimOf(rising, edges, spike)).toMatchObject({
      leastMicro: 600_000 - claimMicro,
      mostMicro: 900_000 + claimMicro,
    });
    // The quarter of the first reading after has to be reached.
    expect(claimOf(rising, [point(-10, 5), point(5, 5.2), point(15, 5.3)], spike)).not.toBeNull();
    expect(claimOf(rising, [point(-10, 5), point(5, 5.2), point(14.9, 5.3)], spike)).toBeNull();
  });

  it('counts as the ledger does: from 0 where it began anew', () => {
    const again = [...path.slice(0, 3), point(20, 0.2), point(40, 0.3)];
    expect(claimOf(rising, again, { ...spike, after: again[3] as RegisterPoint })).toMatchObject({
      leastMicro: 300_000 - claimMicro,
      mostMicro: 600_000 + claimMicro,
    });
  });

  it('of a net register is what it moved, either way', () => {
    const net = [point(-10, 5), point(5, 4.8), point(10, 4.9), point(20, 5), point(40, 4.7)];
    expect(claimOf({ kind: 'net' }, net, spike)).toMatchObject({
      leastMicro: -700_000 - claimMicro,
      mostMicro: 700_000 + claimMicro,
    });
  });

  it('is none where nothing follows, or where it is counted back to before', () => {
    expect(claimOf(rising, path.slice(0, 3), spike)).toBeNull();
    expect(claimOf(rising, [], spike)).toBeNull();
    expect(claimOf(rising, path.slice(0, 4), spike)).not.toBeNull();
    const lower = Array.from({ length: 9 }, (_, n) => point(30 * n, n === 0 ? 100 : 92 + n / 10));
    const late = { before: lower[6] as RegisterPoint, after: lower[7] as RegisterPoint };
    expect(claimOf(rising, lower, late)).toBeNull();
  });

  it('holds for what the ledger posts', () => {
    const life = fc.array(
      fc.record({
        minutes: fc.double({ min: 0.2, max: 40, noNaN: true }),
        kwh: fc.double({ min: 0, max: 2, noNaN: true }),
      }),
      { minLength: 4, maxLength: 30 },
    );
    // As the property found it: it takes these very fractions.
    const stoodThenMoved = [
      { minutes: 0.2, kwh: 0 },
      { minutes: 0.2, kwh: 0 },
      { minutes: 5.864507671646091, kwh: 0 },
      { minutes: 2.999131816666666, kwh: 0 },
      { minutes: 5.7363605033539065, kwh: 0 },
      { minutes: 0.2, kwh: 0.010000499999999413 },
      { minutes: 0.2, kwh: 9.999999983634213e-7 },
      { minutes: 0.2, kwh: 0.0000010000000001397782 },
      { minutes: 0.2, kwh: 0 },
      { minutes: 0.2, kwh: 9.999999983634211e-7 },
      { minutes: 0.2, kwh: 0 },
      { minutes: 0.2, kwh: 0 },
    ];
    fc.assert(
      fc.property(life, fc.nat(), (steps, seed) => {
        let [minutes, kwh] = [0, 10];
        const points = steps.map((step) => {
          minutes += step.minutes;
          kwh += step.kwh;
          return point(minutes, kwh);
        });
        const place = 1 + (seed % (points.length - 2));
        const [before, after] = [points[place - 1], points[place]];
        if (before === undefined || after === undefined) throw new Error('inside');
        const claim = claimOf(rising, points, { before, after });
        if (claim === null) throw new Error('a claim');
        const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = usualRules;
        const { entries } = postCounter(
          { kind: 'rising', maxGapUs, quarterHourGapUs, certainMicro },
          null,
          points.map(({ atUs, registerMicro }) => ({
            ...{ kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' },
          })),
          claim.startUs,
          claim.endUs,
        );
        const counted = entries.reduce(
          (sum, entry) => sum + (entry.kind === 'quantity' ? entry.amountMicro : 0),
          0,
        );
        expect(counted).toBeGreaterThanOrEqual(claim.leastMicro);
        expect(counted).toBeLessThanOrEqual(claim.mostMicro);
      }),
      // A step after a stretch in which the register stood, by a register that moves often afterwards.
      { examples: [[stoodThenMoved, 0]] },
    );
  });
});
