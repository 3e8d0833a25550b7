/**
 * Goal: Home Assistant may begin its total anew (a purge of the short-term rows does it), and we may begin in the middle of an
 * hour, without anybody being asked about it; an hour whose readings are not the same is found all the same.
 * Method: a register reported every seven minutes, so that an hour spread over the time between readings is not core's, with the
 * rows that core makes of it; the total is put back to 0 in the middle.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import type { Reading } from '../../recording/reading.ts';
import { MemoryReadingStore, reading } from '../../recording/testing/doubles.ts';
import { hourUs } from '../../units/durations.ts';
import { countedAsCore } from '../detectors/hours-differ.ts';
import { meterId, ReconciledHome } from '../testing/reconciled-home.ts';
import { checkHours, isCorrected } from './hour-check.ts';

const startUs = Date.UTC(2026, 10, 24, 6) * 1000;
const hours = 6;

let home: ReconciledHome;
let all: Reading[];

beforeEach(async () => {
  home = new ReconciledHome();
  // Uneven, or the spread would come out even.
  all = Array.from({ length: Math.floor((hours * 60) / 7) + 1 }, (_, place) =>
    reading(meterId, startUs + place * 7 * 60_000_000, 3653 + place / 4 + (place % 3) / 10),
  );
  await home.readings.append(all);
  await home.post({ startUs, endUs: startUs + hours * hourUs }, 'readings');
});

/** @param anewUs since when the total counts from 0; what lies between the readings around it is in no total */
function rowsOf(reported: readonly Reading[], anewUs: number) {
  const path = (pathStartUs: number, pathEndUs: number) =>
    reported
      .filter(({ atUs }) => atUs >= pathStartUs && atUs < pathEndUs)
      .map(({ atUs, value }) => ({ atUs, registerMicro: Math.round((value ?? 0) * 1e6) }));
  return Array.from({ length: hours }, (_, hour) => {
    const endUs = startUs + (hour + 1) * hourUs;
    const counted = path(endUs <= anewUs ? 0 : anewUs, endUs);
    return {
      ...{ startUs: endUs - hourUs, endUs, period: 'hour' as const },
      state: (counted.at(-1)?.registerMicro ?? 0) / 1e6,
      sum: countedAsCore('rising', counted) / 1e6,
    };
  });
}

const meter = { entityId: meterId, kind: 'rising', unit: 'kWh' } as const;
const check = (rows: Parameters<typeof checkHours>[2]) =>
  checkHours({ readings: home.readings, ledger: home.ledger }, meter, rows, []);

describe('the hour in which recording began', () => {
  const begunUs = startUs + 2 * hourUs + 41 * 60_000_000;
  /** Home Assistant's five-minute rows of the time before, as the import brings them, and our readings after. */
  async function begin(extraKwh: number): Promise<Parameters<typeof checkHours>[2]> {
    const other = new ReconciledHome();
    const register = (endUs: number) =>
      (all.findLast(({ atUs }) => atUs < endUs)?.value ?? 0) + (endUs > startUs + 2 * hourUs ? extraKwh : 0);
    const fiveUs = hourUs / 12;
    const rows = Array.from({ length: Math.floor((begunUs - startUs) / fiveUs) }, (_, place) => {
      const endUs = startUs + (place + 1) * fiveUs;
      return {
        ...({ entityId: meterId, period: '5minute', unit: 'kWh', mean: null, min: null, max: null } as const),
        ...{ startUs: endUs - fiveUs, endUs, state: register(endUs), sum: register(endUs) - 3653 },
      };
    });
    await other.kept.append(rows);
    await other.readings.append(
      all.flatMap((one) => (one.atUs < begunUs ? [] : [{ ...one, value: (one.value ?? 0) + extraKwh }])),
    );
    await other.post({ startUs, endUs: startUs + hours * hourUs }, 'readings');
    home = other;
    return rowsOf(all, startUs);
  }

  it('is as much as Home Assistant counted, but for a step at its end', async () => {
    const rows = await begin(0);
    const entries = await home.ledger.current(meterId, startUs + 2 * hourUs, startUs + 3 * hourUs);
    expect(entries.some(({ quality }) => quality !== 'measured')).toBe(true);
    expect(await check(rows)).toMatchObject({ differing: 0, findings: [] });
  });

  it('is found when it is not', async () => {
    expect(await check(await begin(1))).toMatchObject({
      differing: 1,
      findings: [{ startUs: startUs + 2 * hourUs }],
    });
  });
});

describe('an hour whose total began anew', () => {
  it.each([0, 20, 55])('is compared by the register beside it (minute %d)', async (minute) => {
    const rows = rowsOf(all, startUs + 3 * hourUs + minute * 60_000_000);
    expect((rows[3]?.sum ?? 0) - (rows[2]?.sum ?? 0)).toBeLessThan(0);
    expect(await check(rows)).toEqual({ hours: 5, differing: 0, findings: [] });
  });

  it('is found when its readings are not ours', async () => {
    const theirs = all.map((one) =>
      one.atUs >= startUs + 3 * hourUs ? { ...one, value: (one.value ?? 0) + 2 } : one,
    );
    const found = await check(rowsOf(theirs, startUs + 3 * hourUs));
    expect(found).toMatchObject({ hours: 5, differing: 1, findings: [{ startUs: startUs + 3 * hourUs }] });
  });
});

describe('an hour that differs', () => {
  const quarterHourUs = hourUs / 4;
  /**
   * @param theirs what Home Assistant's total and register moved by in the hour; a register that it does not report is null
   * @param oursKwh what the ledger holds
   * @param reported our readings, by minute of the hour
   */
  async function differs(
    theirs: { sum: number; register: number | null },
    oursKwh: number,
    reported: readonly (readonly [minute: number, kwh: number])[],
  ): Promise<boolean> {
    const readings = new MemoryReadingStore();
    await readings.append(
      reported.map(([minute, kwh]) => reading(meterId, startUs + minute * 60_000_000, kwh)),
    );
    const entry: Omit<PostedEntry, 'quarterHourStartUs'> = {
      ...{ kind: 'quantity', amountMicro: (oursKwh / 4) * 1e6, quality: 'measured', reason: 'counted' },
      ...{
        coveredUs: quarterHourUs,
        firstEvidenceUs: 0,
        lastEvidenceUs: 0,
        isProvisional: false,
        onTimeUs: null,
      },
      ...{ revision: 0, cause: null, postedAtUs: 0 },
    };
    const entries = [0, 1, 2, 3].map((n) => ({ ...entry, quarterHourStartUs: startUs + n * quarterHourUs }));
    const row = (hour: number, sum: number, state: number | null) => {
      const endUs = startUs + hour * hourUs;
      return { startUs: endUs - hourUs, endUs, period: 'hour' as const, sum, state };
    };
    const { register } = theirs;
    const rows = [
      row(0, 50, register === null ? null : 100),
      row(1, 50 + theirs.sum, register && 100 + register),
    ];
    const ledger = { current: async () => entries };
    const { hours, differing } = await checkHours({ readings, ledger }, meter, rows, []);
    expect(hours).toBe(1);
    return differing === 1;
  }

  it('is found where only Home Assistant counted, though our register stood', async () => {
    const reported = [
      [-10, 100],
      [10, 100],
      [50, 100],
    ] as const;
    expect(await differs({ sum: 5, register: null }, 0, reported)).toBe(true);
  });

  // Reported so seldom that a step at the hour's end explains nothing.
  const seldom = [
    [-30, 100],
    [30, 101],
    [90, 102],
  ] as const;
  it.each([
    ['total', { sum: 1, register: 7 }, false],
    ['register', { sum: 7, register: 1 }, false],
    ['neither', { sum: 7, register: 7 }, true],
  ] as const)('is none where the same readings make it by its %s', async (_, theirs, expected) => {
    expect(await differs(theirs, 0.4, seldom)).toBe(expected);
  });

  it('is found where our readings begin with it, for what came before them is not known', async () => {
    expect(
      await differs({ sum: 1, register: null }, 3, [
        [0, 100],
        [50, 101],
      ]),
    ).toBe(true);
  });

  // Home Assistant counts a reading at the very end in the hour after, we what was used until then.
  const atItsEnd = [
    [5, 100.1],
    [50, 101],
    [60, 102],
  ] as const;
  it.each([
    ['total', { sum: 1, register: 9 }, false],
    ['register', { sum: 9, register: 1 }, false],
    ['neither', { sum: 9, register: 9 }, true],
  ] as const)('is none where a step at its end explains its %s', async (_, theirs, expected) => {
    expect(await differs(theirs, 2, atItsEnd)).toBe(expected);
  });
});

describe('many hours', () => {
  it('are read no more than a day at a time, each once', async () => {
    const asked: (readonly [number, number])[] = [];
    const ledger = {
      current: async (_: string, askedStartUs: number, askedEndUs: number) => {
        asked.push([askedStartUs, askedEndUs]);
        return [];
      },
    };
    const rows = Array.from({ length: 61 }, (_, hour) => ({
      ...{ startUs: startUs + hour * hourUs, endUs: startUs + (hour + 1) * hourUs },
      ...{ period: 'hour' as const, sum: hour, state: hour },
    }));
    expect(await checkHours({ readings: home.readings, ledger }, meter, rows, [])).toMatchObject({
      hours: 60,
    });
    const at = (hour: number) => startUs + hour * hourUs;
    expect(asked).toEqual([
      [at(1), at(25)],
      [at(25), at(49)],
      [at(49), at(61)],
    ]);
  });
});

describe('a declared correction', () => {
  const declared = { correctionId: 'c', entityId: meterId, notes: '', createdAtUs: 0, ticketId: null };
  const exchange = (atUs: number) =>
    ({ ...declared, kind: 'exchange', atUs, oldRegisterMicro: null, newRegisterMicro: 0 }) as const;
  const amount = (askedStartUs: number, askedEndUs: number) =>
    ({ ...declared, kind: 'amount', startUs: askedStartUs, endUs: askedEndUs, amountMicro: 0 }) as const;
  const stretch = { startUs, endUs: startUs + 2 * hourUs };

  it.each([
    ['exchange in their last moment', exchange(stretch.endUs - 1), true],
    ['exchange at their end', exchange(stretch.endUs), false],
    ['exchange an hour before', exchange(startUs - hourUs), true],
    ['exchange longer before', exchange(startUs - hourUs - 1), false],
    ['amount that begins in them', amount(stretch.endUs - 1, stretch.endUs + 9), true],
    ['amount that begins at their end', amount(stretch.endUs, stretch.endUs + 9), false],
    ['amount until an hour before', amount(startUs - 3 * hourUs, startUs - hourUs), true],
    ['amount until longer before', amount(startUs - 3 * hourUs, startUs - hourUs - 1), false],
    ['amount around them', amount(startUs - hourUs, stretch.endUs + hourUs), true],
  ])('of hours: an %s', (_, one, expected) => {
    expect(isCorrected(stretch, one)).toBe(expected);
  });
});
