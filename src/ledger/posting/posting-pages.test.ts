/**
 * Goal: a meter's entries do not depend on how its past was cut into pages.
 * Method: random lives, with silences where a page may end, are posted in pages of some dozen pieces of evidence and
 * compared with one posting of everything. The stores are lists in memory.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { Entry } from '../entries/entry.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { CounterEvidence, SwitchReading } from '../evidence.ts';
import { postCounter } from './counter-posting.ts';
import { postPages } from './posting-pages.ts';
import { usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;

const life = fc
  .array(
    fc.record({
      waitUs: fc.integer({ min: 5 * minute, max: 40 * minute }),
      byMicro: fc.option(fc.integer({ min: -20_000, max: 500_000 }), { freq: 3 }),
    }),
    { minLength: 60, maxLength: 150 },
  )
  .map((steps) => {
    let atUs = start;
    let register = 1_000_000;
    return steps.map(({ waitUs, byMicro }): CounterEvidence => {
      atUs += waitUs;
      if (byMicro !== null) register = Math.max(0, register + byMicro);
      const registerMicro = byMicro === null ? null : register;
      return { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
    });
  });

/** @param isSure a full page is known to be the last one or not */
function source(
  evidence: readonly CounterEvidence[],
  switches?: readonly SwitchReading[],
  isSure = true,
): EvidenceSource {
  const none = () => Promise.reject(new Error('not asked for'));
  return {
    registers: async (_, startUs, limit) => {
      const items = evidence.filter((item) => item.atUs >= startUs);
      return {
        items: items.slice(0, limit),
        isLast: items.length < limit || (isSure && items.length === limit),
      };
    },
    registerBefore: none,
    powers: none,
    switches: async (_, startUs, endUs, limit) => {
      if (switches === undefined) return await none();
      const before = switches.findLast(({ atUs }) => atUs < startUs);
      const inside = switches.filter(({ atUs }) => atUs >= startUs && atUs < endUs).slice(0, limit);
      return before ? [before, ...inside] : inside;
    },
    around: none,
    amounts: none,
  };
}

describe('postPages', () => {
  it('posts the same quarter-hours in small pages as in one', async () => {
    await fc.assert(
      fc.asyncProperty(life, fc.integer({ min: 20, max: 40 }), async (evidence, pageSize) => {
        const rules = { ...usualRules, pageSize };
        const entries: Entry[] = [];
        let pages = 0;
        const meter = { entityId: 'sensor.meter', posts: 'register', kind: 'rising' } as const;
        const from = Number.MIN_SAFE_INTEGER;
        for await (const page of postPages(source(evidence), rules, meter, from, null, null, start)) {
          pages += 1;
          entries.push(...page.posting.entries);
        }
        const counterRules = {
          kind: 'rising',
          maxGapUs: rules.registerGapUs,
          quarterHourGapUs: rules.quarterHourGapUs,
          certainMicro: rules.certainMicro,
        } as const;
        const whole = postCounter(counterRules, null, evidence, from, Number.MAX_SAFE_INTEGER);
        expect(entries).toEqual(whole.entries);
        expect(pages).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  const meter = { entityId: 'sensor.meter', posts: 'register', kind: 'rising' } as const;
  const reading = (minutes: number, registerMicro: number | null): CounterEvidence => ({
    ...{
      kind: 'reading',
      atUs: start + minutes * minute,
      registerMicro,
      lastResetAtUs: null,
      origin: 'stream',
    },
  });
  async function posted(
    evidence: EvidenceSource,
    pageSize: number,
    nowUs: number,
    switchId?: string,
  ): Promise<Entry[]> {
    const entries: Entry[] = [];
    const switched = switchId === undefined ? meter : { ...meter, switchId };
    const rules = { ...usualRules, pageSize };
    const from = Number.MIN_SAFE_INTEGER;
    for await (const page of postPages(evidence, rules, switched, from, null, null, nowUs))
      entries.push(...page.posting.entries);
    return entries;
  }

  it('takes a quarter-hour with more readings than a page has', async () => {
    const dense = source(Array.from({ length: 40 }, (_, n) => reading(n / 2, n * 1000)));
    expect(await posted(dense, 4, start)).toEqual(await posted(dense, 1000, start));
    expect((await posted(dense, 4, start)).map((one) => one.amountMicro)).toEqual([30_000, 9000]);
  });

  it('loses nothing of a silence longer than a page: an absence, exclusions, or repeats', async () => {
    const at = (n: number) => start + (20 + 20 * n) * minute;
    const twenty = (piece: (n: number) => CounterEvidence) => Array.from({ length: 20 }, (_, n) => piece(n));
    const delivered = (atUs: number) => ({ kind: 'delivered', atUs, amountMicro: 1000 }) as const;
    const silences: [CounterEvidence[], number][] = [
      [twenty((n) => reading(20 + 20 * n, null)), 95_000],
      [twenty((n) => ({ kind: 'excluded', atUs: at(n) })), 95_000],
      [twenty((n) => reading(20 + 20 * n + (n % 4), 50_000)), 95_000],
      [
        twenty((n) => ({
          ...{ kind: 'row', startUs: at(n) - 10 * minute, atUs: at(n) + 10 * minute, registerMicro: 50_000 },
          ...{ changeMicro: null, period: 'hour' },
        })),
        95_000,
      ],
      // The user declares the amount of each part, and the register does not count.
      [twenty((n) => delivered(at(n))), 50_000 + 20 * 1000 + 5000],
    ];
    for (const [silence, sum] of silences) {
      const begun = [0, 3, 5, 7, 8, 10].map((minutes, n) => reading(minutes, 10_000 * n));
      const life = [...begun, ...silence, reading(430, 90_000), reading(460, 95_000)];
      const whole = await posted(source(life), 1000, start);
      const quantities = whole.filter(({ kind }) => kind === 'quantity');
      expect(quantities.reduce((all, one) => all + one.amountMicro, 0)).toBe(sum);
      // Also where the silence goes on.
      const silent = life.slice(0, -2);
      const wholeSilent = await posted(source(silent), 1000, start);
      for (const pageSize of [6, 7, 8, 9, 10, 11])
        for (const isSure of [true, false]) {
          expect(await posted(source(life, [], isSure), pageSize, start)).toEqual(whole);
          expect(await posted(source(silent, [], isSure), pageSize, start)).toEqual(wholeSilent);
        }
    }
  });

  it('accepts pages of two pieces, and refuses those of one, which would never end', async () => {
    const away = Array.from({ length: 6 }, (_, n) => reading(20 + 15 * n, null));
    const silent = source([reading(0, 0), reading(5, 5000), ...away, reading(130, 90_000)]);
    expect(await posted(silent, 2, start)).toEqual(await posted(silent, 1000, start));
    const life = [reading(0, 0), reading(5, 5000), reading(6, 6000)];
    await expect(posted(source(life), 1, start)).rejects.toThrow('a page of sensor.meter has one piece');
  });

  it('has the on-time of the switch, however many states it reported', async () => {
    const registers = Array.from({ length: 8 }, (_, n) => reading(20 * n, n * 1000));
    const states = Array.from(
      { length: 40 },
      (_, n): SwitchReading => ({
        ...{ atUs: start + (3 * n + 1) * minute, isOn: n % 3 !== 1, origin: 'stream' },
      }),
    );
    const isOn = (minutes: number) => states.findLast(({ atUs }) => atUs <= start + minutes * minute)?.isOn;
    const onMinutes = (quarterHour: number, untilMinute: number) =>
      Array.from({ length: 15 }, (_, n) => 15 * quarterHour + n).filter((at) => at < untilMinute && isOn(at))
        .length;
    // The last state holds until now, or until the last reading where the clock is behind it.
    for (const [now, until] of [
      [600, 600],
      [50, 140],
    ] as const)
      for (const pageSize of [4, 5, 1000]) {
        const entries = await posted(
          source(registers, states),
          pageSize,
          start + now * minute,
          'switch.device',
        );
        expect(entries.map(({ onTimeUs }) => (onTimeUs ?? 0) / minute)).toEqual(
          Array.from({ length: 10 }, (_, quarterHour) => onMinutes(quarterHour, until)),
        );
      }
    const restarted = [...registers, reading(141, 0), reading(149, 700)];
    const entries = await posted(source(restarted, states), 1000, start, 'switch.device');
    expect(entries.filter(({ kind }) => kind === 'restart').map(({ onTimeUs }) => onTimeUs)).toEqual([null]);
  });
});
