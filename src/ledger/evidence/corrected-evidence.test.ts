/**
 * Goal: contradicting corrections apply in the same way whatever their order, and exclude what lies within them and
 * nothing beside it.
 * Method: by hand, each list in both orders, at the ends of intervals and just beside them.
 */
import { describe, expect, it } from 'vitest';
import type { RegisterReading, StatisticsRow } from '../evidence.ts';
import { correctedEvidence, spanAt, standingCorrections } from './corrected-evidence.ts';
import type { AmountCorrection, Correction, ExchangeCorrection } from './correction.ts';

const common = { correctionId: 'one', entityId: 'sensor.meter', notes: '', createdAtUs: 0, ticketId: null };
const amount = (startUs: number, endUs: number, amountMicro = 1): AmountCorrection => ({
  ...{ kind: 'amount', ...common, startUs, endUs, amountMicro },
});
const exchange = (
  atUs: number,
  newRegisterMicro: number,
  oldRegisterMicro: number | null,
): ExchangeCorrection => ({ kind: 'exchange', ...common, atUs, newRegisterMicro, oldRegisterMicro });
const exclusion = (startUs: number, endUs: number): Correction => ({
  ...{ kind: 'exclusion', ...common, startUs, endUs: endUs + 1 },
});

/** Fails unless the result is the same in both orders. */
function standing(...corrections: readonly Correction[]) {
  const found = standingCorrections(corrections);
  const { amounts, exchanges } = standingCorrections([...corrections].reverse());
  expect({ amounts, exchanges }).toEqual({ amounts: found.amounts, exchanges: found.exchanges });
  return found;
}
const spans = (...amounts: readonly AmountCorrection[]) =>
  standing(...amounts).amounts.map(({ startUs, endUs, amountMicro }) => [startUs, endUs, amountMicro]);

describe('amounts', () => {
  it('apply side by side, and of those that overlap the first', () => {
    expect(spans(amount(0, 10), amount(10, 20), amount(20, 30), amount(25, 40))).toEqual([
      ...[
        [0, 10, 1],
        [10, 20, 1],
        [20, 30, 1],
      ],
    ]);
    expect(spans(amount(0, 10), amount(10, 20), amount(15, 30))).toEqual([
      ...[
        [0, 10, 1],
        [10, 20, 1],
      ],
    ]);
    expect(spans(amount(0, 10), amount(9, 20))).toEqual([[0, 10, 1]]);
  });

  it('that begin together apply by the shorter, then the smaller one', () => {
    expect(spans(amount(5, 30, 1), amount(5, 20, 9))).toEqual([[5, 20, 9]]);
    expect(spans(amount(5, 20, 9), amount(5, 20, 4))).toEqual([[5, 20, 4]]);
    expect(spans(amount(5, 20, 9), amount(7, 8, 4))).toEqual([[5, 20, 9]]);
  });

  it('without length are ignored', () => {
    expect(spans(amount(5, 5))).toEqual([]);
    expect(spans(amount(5, 6))).toEqual([[5, 6, 1]]);
  });
});

describe('exchanges', () => {
  const applied = (...corrections: readonly Correction[]) =>
    standing(...corrections).exchanges.map(({ atUs, newRegisterMicro, oldRegisterMicro }) => [
      ...[atUs, newRegisterMicro, oldRegisterMicro],
    ]);

  it('apply in the order of time, of one instant the smaller register', () => {
    expect(applied(exchange(9, 1, 7), exchange(3, 2, 7))).toEqual([
      ...[
        [3, 2, 7],
        [9, 1, 7],
      ],
    ]);
    expect(applied(exchange(3, 2, 7), exchange(3, 1, 9))).toEqual([[3, 1, 9]]);
    expect(applied(exchange(3, 1, 9), exchange(3, 1, 7))).toEqual([[3, 1, 7]]);
    expect(applied(exchange(3, 1, 7), exchange(3, 1, null))).toEqual([[3, 1, null]]);
  });

  it('have no effect inside an amount, but at its ends', () => {
    const inside = [10, 11, 19, 20].map((atUs) => exchange(atUs, atUs, null));
    expect(applied(amount(10, 20), ...inside)).toEqual([
      ...[
        [10, 10, null],
        [20, 20, null],
      ],
    ]);
  });
});

describe('correctedEvidence', () => {
  const reading = (atUs: number): RegisterReading => ({
    ...{ kind: 'reading', atUs, registerMicro: atUs, lastResetAtUs: null, origin: 'stream' },
  });
  const row = (startUs: number, atUs: number): StatisticsRow => ({
    ...{ kind: 'row', startUs, atUs, registerMicro: atUs, changeMicro: 5, period: 'hour' },
  });
  const changes = (rows: readonly StatisticsRow[], ...corrections: readonly Correction[]) =>
    correctedEvidence(rows, standing(...corrections)).map((piece) =>
      piece.kind === 'row' ? piece.changeMicro : piece.kind,
    );

  it('excludes what lies in an exclusion, its last instant included, and leaves a mark', () => {
    const pieces = [reading(9), reading(10), reading(20), reading(21)];
    const kinds = correctedEvidence(pieces, standing(exclusion(10, 20))).map(({ kind }) => kind);
    expect(kinds).toEqual(['reading', 'excluded', 'excluded', 'reading']);
    expect(spanAt([{ startUs: 10, endUs: 20 }], 15)).toEqual({ startUs: 10, endUs: 20 });
    expect(correctedEvidence(pieces, standing())).toEqual(pieces);
  });

  it('drops the change of a row that an exclusion reaches into', () => {
    expect(changes([row(0, 10), row(10, 20)], exclusion(5, 6))).toEqual([null, 5]);
    expect(changes([row(6, 10)], exclusion(5, 6))).toEqual([null]);
    expect(changes([row(7, 10)], exclusion(5, 6))).toEqual([5]);
    expect(changes([row(0, 4)], exclusion(5, 6))).toEqual([5]);
    expect(changes([row(0, 5)], exclusion(5, 6))).toEqual(['excluded']);
    expect(changes([row(6, 10)], exclusion(5, 6), exclusion(30, 40))).toEqual([null]);
    // An amount of one microsecond has no inside.
    expect(changes([row(5, 11)], amount(10, 11))).toEqual([5, 'delivered'].reverse());
  });

  it('places an amount at its end, then the exchange there, then the reading', () => {
    const pieces = [reading(10), reading(15), reading(20)];
    const found = correctedEvidence(pieces, standing(amount(10, 20, 7), exchange(20, 3, null)));
    expect(found.map(({ kind, atUs }) => [kind, atUs])).toEqual([
      ...[
        ['reading', 10],
        ['excluded', 15],
        ['delivered', 20],
        ['exchange', 20],
        ['reading', 20],
      ],
    ]);
    expect(found[2]).toEqual({ kind: 'delivered', atUs: 20, amountMicro: 7 });
  });
});
