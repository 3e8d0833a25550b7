/**
 * Goal: what a correction excludes does not come back by Home Assistant's rows, which repeat the same register until
 * the next reading; and all of it is there again after the correction is removed.
 * Method: a spike by hand, with rows until the return; then spikes of any length, posted by pages, excluded and
 * restored in a ledger that is posted step by step, compared with what the meter delivered.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../recording/reading.ts';
import { MemoryReadingStore } from '../../recording/testing/doubles.ts';
import { intervalAt } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { standingCorrections, withRepeats } from '../evidence/corrected-evidence.ts';
import type { Correction } from '../evidence/correction.ts';
import { StoredEvidence } from '../evidence/stored-evidence.ts';
import type { CounterEvidence, StatisticsRow } from '../evidence.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { MemoryStatisticsStore } from '../testing/statistics-doubles.ts';
import { repost, usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const at = (minutes: number) => start + Math.round(minutes * minute);
const entityId = 'sensor.meter';
const meter = { entityId, posts: 'register', kind: 'rising' } as const;

function reading(minutes: number, value: number | null): Reading {
  return {
    ...{ entityId, atUs: at(minutes), value, absence: value === null ? 'unavailable' : null, unit: 'kWh' },
    ...{ sourceUnit: 'kWh', lastResetAtUs: null, origin: 'history' },
  };
}

function exclusion(from: number, until: number): Correction {
  const common = { correctionId: 'one', entityId, notes: '', createdAtUs: 0, ticketId: null };
  return { kind: 'exclusion', ...common, startUs: at(from), endUs: at(until) + 1 };
}

/** Rows as Home Assistant makes them from the readings: each has the last register at its end. */
async function home(readings: readonly Reading[], untilMinute: number) {
  const store = new MemoryReadingStore();
  await store.append(readings);
  const statistics = new MemoryStatisticsStore();
  for (let minutes = 0; minutes < untilMinute; minutes += 5) {
    const last = readings.findLast(({ atUs, value }) => atUs < at(minutes + 5) && value !== null);
    if (last === undefined) continue;
    const none = { sum: null, mean: null, min: null, max: null, unit: 'kWh' };
    const row = { entityId, startUs: at(minutes), endUs: at(minutes + 5), state: last.value, ...none };
    await statistics.append([{ ...row, period: '5minute' }]);
  }
  let declared: readonly Correction[] = [];
  const evidence = new StoredEvidence({
    readings: store,
    statistics,
    corrections: async () => declared,
    kindOf: () => 'rising',
  });
  const ledger = new MemoryLedger();
  const clock = { nowUs: () => at(untilMinute), monotonicMs: () => 0 };
  const post = async (startUs: number, endUs: number, pageSize: number) =>
    repost({ evidence, ledger, clock, heldUntil: () => null }, { ...usualRules, pageSize }, meter, {
      ...{ startUs, endUs, cause: 'corrected' },
    });
  const correct = async (list: readonly Correction[], pageSize: number) => {
    const [one] = [...list, ...declared];
    declared = list;
    if (one?.kind === 'exclusion') await post(one.startUs, one.endUs, pageSize);
  };
  const total = () =>
    ledger
      .all()
      .filter(({ kind, reason }) => kind === 'quantity' && reason !== 'withdrawn')
      .reduce((sum, { amountMicro }) => sum + amountMicro, 0);
  return { evidence, ledger, post, correct, total };
}

const spiked = [
  ...[reading(0, 5234.1), reading(10, 5234.2), reading(12, null)],
  ...[reading(14, 0), reading(27.2, 5234.3), reading(37.2, 5234.4)],
];

describe('rows after an excluded reading', () => {
  it('do not bring the spike back', async () => {
    const { evidence, correct, post, total } = await home(spiked, 60);
    await post(start, at(60), 20_000);
    expect(total()).toBe(5_234_500_000);
    await correct([exclusion(14, 14)], 20_000);
    expect(total()).toBe(300_000);
    const { items } = await evidence.registers(entityId, start, 1000);
    const kindAt = (minutes: number) => items.find(({ atUs }) => atUs === at(minutes))?.kind;
    expect([14, 20, 25].map(kindAt)).toEqual(['excluded', 'excluded', 'excluded']);
    expect(kindAt(27.2)).toBe('reading');
    expect(await evidence.registerBefore(entityId, at(27))).toBe(at(10));
    await correct([], 20_000);
    expect(total()).toBe(5_234_500_000);
  });

  it('count again when they show another register', () => {
    const standing = standingCorrections([exclusion(14, 14)]);
    const row = (minutes: number, registerMicro: number): StatisticsRow => ({
      ...{
        kind: 'row',
        startUs: at(minutes - 5),
        atUs: at(minutes),
        registerMicro,
        changeMicro: null,
        period: '5minute',
      },
    });
    const before = {
      ...({
        kind: 'reading',
        atUs: at(14),
        registerMicro: 7,
        lastResetAtUs: null,
        origin: 'stream',
      } as const),
    };
    const repeats = (rows: readonly StatisticsRow[]) => withRepeats(standing, rows, before).outside.slice(1);
    expect(repeats([row(20, 7), row(25, 8), row(30, 6)])).toEqual([{ startUs: at(20), endUs: at(30) + 1 }]);
    expect(repeats([row(20, 9)])).toEqual([]);
    expect(repeats([row(20, 7), row(25, 5), row(30, 7)])).toEqual([intervalAt(at(20)), intervalAt(at(30))]);
    const good = { ...before, atUs: at(22), registerMicro: 7 };
    expect(withRepeats(standing, [row(20, 7), good, row(30, 7)], before).outside.slice(1)).toEqual([
      intervalAt(at(20)),
    ]);
    expect(withRepeats(standing, [row(20, 7)], null)).toEqual(standing);
    expect(withRepeats(standing, [row(20, 7)], { ...before, atUs: at(13) })).toEqual(standing);
    expect(withRepeats(standingCorrections([]), [row(20, 7)], before).outside).toEqual([]);
  });

  it('add up to what was delivered, however long the spike is, and as before after the removal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 1, max: 400, noNaN: true }),
        fc.constantFrom(0, 1.5, 4000, 9000),
        fc.constantFrom(120, 20_000),
        fc.boolean(),
        async (minutesAway, value, pageSize, isStepwise) => {
          const back = 71.3 + minutesAway;
          const readings = [
            ...[0, 12, 24, 36, 48, 60, 71].map((minutes, n) => reading(minutes, 5000 + n * 0.25)),
            reading(71.3, value),
            ...[0, 7, 14, 90].map((minutes, n) => reading(back + minutes, 5002 + n * 0.25)),
          ];
          const until = Math.ceil(back) + 120;
          const { correct, post, total, ledger, evidence } = await home(readings, until);
          if (isStepwise) for (const { atUs } of readings) await post(atUs, atUs, pageSize);
          await post(start, at(until), pageSize);
          const before = total();
          const corrections = [exclusion(71.3, 71.3)];
          await correct(corrections, pageSize);
          expect(total()).toBe(2_750_000);
          // The same as one posting of everything.
          const fresh = await home(readings, until);
          await fresh.correct(corrections, pageSize);
          await fresh.post(start, at(until), pageSize);
          const plain = (one: MemoryLedger) =>
            one
              .all()
              .filter(({ reason }) => reason !== 'withdrawn')
              .map(({ quarterHourStartUs, kind, amountMicro, quality }) => [
                quarterHourStartUs,
                kind,
                amountMicro,
                quality,
              ]);
          expect(plain(ledger)).toEqual(plain(fresh.ledger));
          const pieces: CounterEvidence[] = [];
          for (let startUs = start; ; ) {
            const { items, isLast } = await evidence.registers(entityId, startUs, pageSize);
            pieces.push(...items);
            if (isLast) break;
            startUs = (items.at(-1)?.atUs ?? startUs) + 1;
          }
          const away = pieces.filter(({ atUs }) => atUs >= at(71.3) && atUs < at(back));
          expect(away.every(({ kind }) => kind === 'excluded')).toBe(true);
          await correct([], pageSize);
          expect(total()).toBe(before);
        },
      ),
      { numRuns: 60 },
    );
  });
});
