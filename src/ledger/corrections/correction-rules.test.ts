/**
 * Goal: a correction is refused only where it can't be true or contradicts another, exactly at the instant.
 * Method: by hand, on both sides of every limit; and by property: of two amounts that share no instant both
 * are accepted, of two that do only one.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourUs } from '../../units/durations.ts';
import type { Meter } from '../entries/meter.ts';
import type {
  AmountCorrection,
  Correction,
  ExchangeCorrection,
  ExclusionCorrection,
} from '../evidence/correction.ts';
import { refusalOf } from './correction-rules.ts';

const nowUs = Date.UTC(2026, 10, 21) * 1000;
const year2000Us = Date.UTC(2000, 0, 1) * 1000;
const days400Us = 400 * 24 * hourUs;
const rising: Meter = { entityId: 'sensor.meter', posts: 'register', kind: 'rising' };
const net: Meter = { ...rising, kind: 'net' };
const power: Meter = { entityId: 'sensor.meter', posts: 'power' };
const declared = { correctionId: 'a', entityId: 'sensor.meter', notes: '', createdAtUs: 0, ticketId: null };
const exchange = (atUs: number): ExchangeCorrection => ({
  ...{ ...declared, kind: 'exchange', atUs, oldRegisterMicro: null, newRegisterMicro: 0 },
});
const exclusion = (startUs: number, endUs: number): ExclusionCorrection => ({
  ...{ ...declared, kind: 'exclusion', startUs, endUs: endUs + 1 },
});
const amount = (startUs: number, endUs: number, amountMicro = 1): AmountCorrection => ({
  ...{ ...declared, kind: 'amount', startUs, endUs, amountMicro },
});
const field = (correction: Correction, others: readonly Correction[] = [], meter: Meter | null = rising) =>
  refusalOf(correction, meter, others, nowUs)?.field ?? null;

describe('a correction', () => {
  it('needs a meter, and is one of at most five hundred', () => {
    expect(refusalOf(exchange(nowUs), null, [], nowUs)).toMatchObject({
      field: 'entityId',
      isConflict: false,
    });
    const many = Array.from({ length: 500 }, (_, index) => exclusion(index * hourUs, index * hourUs));
    expect(refusalOf(exclusion(nowUs, nowUs), rising, many, nowUs)).toMatchObject({
      ...{ kind: 'refused', field: 'entityId', isConflict: true },
    });
    expect(field(exclusion(nowUs, nowUs), many.slice(1))).toBeNull();
  });

  it('lies after the year 2000 and not in the future', () => {
    for (const [one, name] of [
      [exchange, 'atUs'],
      [(us: number) => exclusion(us, us), 'startUs'],
    ] as const) {
      expect(field(one(year2000Us))).toBeNull();
      expect(field(one(year2000Us - 1))).toBe(name);
      expect(field(one(nowUs))).toBeNull();
      expect(field(one(nowUs + 1))).toBe(name);
      expect(field(one(Number.NaN))).toBe(name);
    }
    expect(field(amount(nowUs - hourUs, nowUs))).toBeNull();
    expect(field(amount(nowUs - hourUs, nowUs + 1))).toBe('endUs');
  });

  it('ends after its start, an exclusion also at it, and lasts at most 400 days', () => {
    expect(field(exclusion(nowUs - 5, nowUs - 5))).toBeNull();
    expect(field(exclusion(nowUs - 5, nowUs - 6))).toBe('endUs');
    expect(field(amount(nowUs - 5, nowUs - 4))).toBeNull();
    expect(field(amount(nowUs - 5, nowUs - 5))).toBe('endUs');
    expect(field(amount(nowUs - 5, Number.NaN))).toBe('endUs');
    expect(field(exclusion(nowUs - days400Us, nowUs))).toBeNull();
    expect(field(exclusion(nowUs - days400Us - 1, nowUs))).toBe('endUs');
  });

  it('can not be negative for a meter that only counts up', () => {
    const span = [nowUs - hourUs, nowUs] as const;
    expect(field(amount(...span, 0))).toBeNull();
    expect(field(amount(...span, -1))).toBe('amountMicro');
    expect(field(amount(...span, -1), [], net)).toBeNull();
    expect(field(amount(...span, -1), [], power)).toBeNull();
  });

  it('exchanges a meter with a register, once per instant', () => {
    expect(field(exchange(nowUs), [], power)).toBe('entityId');
    expect(refusalOf(exchange(nowUs), rising, [exchange(nowUs)], nowUs)).toMatchObject({
      ...{ field: 'atUs', isConflict: true },
    });
    expect(field(exchange(nowUs), [exchange(nowUs - 1), exclusion(nowUs - hourUs, nowUs)])).toBeNull();
  });

  it('may meet a declared amount at its ends, and not inside', () => {
    const at = nowUs - 10 * hourUs;
    const around = [amount(at, at + hourUs)];
    expect(
      [at - 1, at, at + 1, at + hourUs - 1, at + hourUs].map((us) => field(exchange(us), around)),
    ).toEqual([...[null, null, 'atUs', 'atUs', null]]);
    expect(refusalOf(exchange(at + 1), rising, around, nowUs)?.isConflict).toBe(true);
    const exchanged = [exchange(at)];
    expect(field(amount(at, at + 5), exchanged)).toBeNull();
    expect(field(amount(at - 5, at), exchanged)).toBeNull();
    expect(field(amount(at - 1, at + 1), exchanged)).toBe('startUs');
    expect(field(exclusion(at - 1, at + 1), [...exchanged, ...around])).toBeNull();
    expect(field(amount(at, at + hourUs), [exclusion(at, at + hourUs)])).toBeNull();
  });

  it('accepts amounts that share no instant, and no others', () => {
    const span = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(span, span, ([from, length], [otherFrom, otherLength]) => {
        const at = (steps: number) => nowUs - 100 + steps;
        const one = amount(at(from), at(from + length));
        const other = amount(at(otherFrom), at(otherFrom + otherLength));
        const shared = Array.from({ length }, (_, step) => from + step).some(
          (step) => step >= otherFrom && step < otherFrom + otherLength,
        );
        expect(refusalOf(one, rising, [other], nowUs)?.isConflict ?? false).toBe(shared);
      }),
    );
  });
});
