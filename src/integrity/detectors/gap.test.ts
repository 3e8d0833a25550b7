/**
 * Goal: each gap is reported once, as an outage of the home where all entities share it.
 * Method: by hand; and random gaps of random entities, whose time must be in the answer exactly once or be too short to report.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minuteUs } from '../../units/durations.ts';
import { absences, type Gap, gapUs, joinGaps, silences, sortGaps } from './gap.ts';
import { gapFinding } from './gap-finding.ts';

const reported = (minute: number, value: number | null = 1) => ({ atUs: minute * minuteUs, value });
const gap = (from: number, until: number, isOpen = false): Gap => ({
  startUs: from * minuteUs,
  endUs: until * minuteUs,
  isOpen,
});

describe('absences', () => {
  it('last until a value is reported again, or are open', () => {
    const readings = [
      reported(0),
      reported(10, null),
      reported(12, null),
      reported(30),
      reported(40, null),
      reported(45),
      reported(50, null),
    ];
    expect(absences(readings, 100 * minuteUs)).toEqual([gap(10, 30), gap(50, 100, true)]);
    expect(absences(readings, 55 * minuteUs)).toEqual([gap(10, 30)]);
  });
});

describe('silences', () => {
  const rows = (...minutes: number[]) => minutes.map((minute) => minute * minuteUs);

  it('are where neither row nor reading is', () => {
    expect(silences(rows(0, 5, 30, 35), [], 0, 40 * minuteUs)).toEqual([gap(10, 30)]);
    expect(silences(rows(0, 5, 15), [], 0, 40 * minuteUs)).toEqual([]);
    // What was recorded by us in between is known.
    expect(silences(rows(0, 60), [reported(25), reported(30)], 0, 70 * minuteUs)).toEqual([
      gap(5, 25),
      gap(30, 60),
    ]);
    // An absence reports nothing.
    expect(silences(rows(0, 60), [reported(25, null)], 0, 70 * minuteUs)).toEqual([gap(5, 60)]);
  });

  it('begin with the first row there is, and end with the last', () => {
    expect(silences([], [], 0, 600 * minuteUs)).toEqual([]);
    expect(silences(rows(100), [], 0, 600 * minuteUs)).toEqual([]);
  });
});

describe('sortGaps', () => {
  it('makes one outage of what all share, and leaves each its own', () => {
    const sorted = sortGaps(
      new Map([
        ['a', [gap(10, 60)]],
        ['b', [gap(10.5, 61)]],
        ['c', [gap(9, 60.5), gap(100, 200)]],
      ]),
    );
    expect(sorted.home).toEqual([gap(10.5, 60)]);
    expect([...sorted.entities]).toEqual([['c', [gap(100, 200)]]]);
  });

  it('calls nothing an outage of a home of one entity', () => {
    const sorted = sortGaps(new Map([['a', [gap(10, 60)]]]));
    expect(sorted.home).toEqual([]);
    expect(sorted.entities.get('a')).toEqual([gap(10, 60)]);
  });

  it('has every minute of every gap once, except ends that are too short', () => {
    const gaps = fc
      .array(fc.tuple(fc.nat(400), fc.integer({ min: 11, max: 90 })), { maxLength: 5 })
      .map((list) => joinGaps(list.map(([from, length]) => gap(from, from + length))));
    fc.assert(
      fc.property(fc.array(gaps, { minLength: 1, maxLength: 4 }), (lists) => {
        const own = new Map(lists.map((list, place) => [`sensor.${place}`, list]));
        const { home, entities } = sortGaps(own);
        const holds = (list: readonly Gap[], minute: number) =>
          list.some(({ startUs, endUs }) => startUs <= minute * minuteUs && minute * minuteUs < endUs);
        for (const [entityId, list] of own)
          for (let minute = 0; minute < 500; minute += 1) {
            const rest = entities.get(entityId) ?? [];
            const count = Number(holds(home, minute)) + Number(holds(rest, minute));
            if (!holds(list, minute)) expect(holds(rest, minute)).toBe(false);
            else expect(count).toBeLessThanOrEqual(1);
          }
        for (const one of [...home, ...[...entities.values()].flat()])
          expect(one.endUs - one.startUs).toBeGreaterThan(gapUs);
        // What nobody shares is reported as it is.
        if (home.length === 0) for (const [id, list] of own) expect(entities.get(id) ?? []).toEqual(list);
      }),
    );
  });
});

describe('gapFinding', () => {
  it('has choices where a value can be set, and none where the register bridges it', () => {
    const register = { kind: 'register', entityId: 'sensor.meter' } as const;
    expect(gapFinding(register, gap(10, 60)).choices).toEqual([]);
    expect(gapFinding(register, gap(10, 60, true)).choices).toEqual(['accept']);
    expect(gapFinding({ kind: 'power', entityId: 'sensor.w' }, gap(10, 60)).choices).toContain('set_value');
    expect(gapFinding({ kind: 'home' }, gap(10, 60))).toMatchObject({ entityId: null, kind: 'gap' });
    expect(gapFinding(register, gap(10, 60)).evidence).toEqual([
      { name: 'gap_seconds', value: 3000, unit: 's' },
    ]);
  });
});
