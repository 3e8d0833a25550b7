/**
 * Goal: stored readings of a power sensor and its switch are posted as if all were read at once.
 * Method: readings by hand behind the port; the calls to it, and the quarter-hours at the ends of a range.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { PowerReading, SwitchReading } from '../evidence.ts';
import { noEvidence } from '../testing/memory-corrections.ts';
import { readPower } from './stored-power.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const gapUs = 60 * minute;
const rules = { pageSize: 50, powerGapUs: gapUs, onAboveMw: 5000 };
const power = (minutes: number, watts: number): PowerReading => ({
  ...{ atUs: start + minutes * minute, powerMw: watts * 1000, origin: 'stream' },
});
const off = (minutes: number): SwitchReading => ({
  ...{ atUs: start + minutes * minute, isOn: false, origin: 'stream' },
});

function stored(powers: readonly PowerReading[], switches: readonly SwitchReading[] = []) {
  const asked: unknown[][] = [];
  const evidence = {
    ...noEvidence,
    powers: async (...question: [string, number, number, number]) => {
      asked.push(question);
      return powers.filter(({ atUs }) => atUs >= question[1] && atUs < question[2]).slice(0, question[3]);
    },
    switches: async (...question: [string, number, number, number]) => {
      asked.push(question);
      const before = switches.findLast(({ atUs }) => atUs < question[1]);
      const inside = switches.filter(({ atUs }) => atUs >= question[1] && atUs < question[2]);
      return [...(before ? [before] : []), ...inside.slice(0, question[3])];
    },
    around: async (id: string, startUs: number, endUs: number) => {
      const all: readonly { readonly atUs: number }[] = id.startsWith('switch') ? switches : powers;
      return {
        beforeUs: all.findLast(({ atUs }) => atUs < startUs)?.atUs ?? null,
        afterUs: all.find(({ atUs }) => atUs >= endUs)?.atUs ?? null,
      };
    },
  };
  const read = async (
    startMinute: number,
    stopMinute: number,
    nowMinute: number,
    switchId?: string,
    given: Partial<typeof rules> = {},
  ) => {
    const meter = { entityId: 'sensor.power', posts: 'power', ...(switchId ? { switchId } : {}) } as const;
    const at = (minutes: number) => start + minutes * minute;
    const entries = await readPower(
      evidence,
      { ...rules, ...given },
      meter,
      at(startMinute),
      at(stopMinute),
      at(nowMinute),
    );
    return entries.map((one) => [
      (one.quarterHourStartUs - start) / quarterHourUs,
      one.amountMicro,
      one.coveredUs / minute,
      one.isProvisional,
    ]);
  };
  return { asked, read };
}

describe('stored power', () => {
  it('is carried in from before the range, and settled by readings at its end or later', async () => {
    const { read } = stored([power(-30, 600), power(15, 60)]);
    expect(await read(0, 15, 15)).toEqual([[0, 150_000, 15, false]]);
    expect(await read(15, 30, 15)).toEqual([]);
    // The future is not known.
    expect(await read(15, 30, 20)).toEqual([[1, 5000, 5, true]]);
    expect(await stored([power(-30, 600), power(16, 60)]).read(0, 15, 20)).toEqual([[0, 150_000, 15, false]]);
    expect(await stored([power(-30, 600)]).read(0, 15, 20)).toEqual([[0, 150_000, 15, true]]);
  });

  it('is settled by the switch as well, wherever its last state lies', async () => {
    const { read } = stored([power(0, 600)], [off(10), off(15)]);
    expect(await read(0, 15, 20)).toEqual([[0, 150_000, 15, true]]);
    expect(await read(0, 15, 20, 'switch.device')).toEqual([[0, 100_000, 15, false]]);
    expect(await stored([], [off(-300)]).read(0, 15, 20, 'switch.device')).toEqual([[0, 0, 15, true]]);
  });

  it('is posted in parts where it is more than ten pages, and loses nothing', async () => {
    const values = Array.from({ length: 120 }, (_, n) => power(5 * n + 1, 100 + n));
    const states = Array.from({ length: 120 }, (_, n) => ({ ...off(5 * n + 2), isOn: n % 3 !== 0 }));
    const few = { pageSize: 1, powerGapUs: 10 * minute };
    for (const [powers, switches] of [
      [values, []],
      [[], states],
      [values, states],
    ] as const) {
      const { asked, read } = stored(powers, switches);
      const whole = await read(0, 610, 620, 'switch.device', { powerGapUs: 10 * minute });
      expect(whole.length).toBeGreaterThanOrEqual(40);
      expect(await read(0, 610, 620, 'switch.device', few)).toEqual(whole);
      expect(asked.length).toBeLessThan(200);
    }
    // Ten around a quarter-hour are the limit.
    const { read } = stored(Array.from({ length: 10 }, (_, n) => power(n, 600)));
    await expect(read(0, 15, 20, undefined, few)).rejects.toThrow('more than 10 values of sensor.power');
    expect(await stored(values).read(0, 30, 620, undefined, { ...few, powerGapUs: 5 * minute })).toHaveLength(
      2,
    );
  });

  it('is read ten pages at a time, as far around the range as a value is carried', async () => {
    const { asked, read } = stored([]);
    await read(0, 15, 15, 'switch.device');
    expect(asked).toEqual([
      ['sensor.power', start - gapUs, start + quarterHourUs + gapUs, 500],
      ['switch.device', start, start + quarterHourUs + gapUs, 500],
    ]);
  });
});
