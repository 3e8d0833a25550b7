/**
 * Goal: Home Assistant may begin its total anew (a purge of the short-term rows does it), and we may begin in the middle of an
 * hour, without anybody being asked about it; an hour whose readings are not the same is found all the same.
 * Method: a register told every seven minutes, so that an hour spread over the time between readings is not core's, with the
 * rows that core makes of it; the total is put back to 0 in the middle.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../recording/reading.ts';
import { reading } from '../../recording/testing/doubles.ts';
import { countedAsCore } from '../detectors/hours-differ.ts';
import { meterId, ReconciledHome } from '../testing/reconciled-home.ts';
import { checkHours } from './hour-check.ts';

const startUs = Date.UTC(2026, 10, 24, 6) * 1000;
const hourUs = 3_600_000_000;
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
function rowsOf(told: readonly Reading[], anewUs: number) {
  const path = (startUs: number, endUs: number) =>
    told
      .filter(({ atUs }) => atUs >= startUs && atUs < endUs)
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
