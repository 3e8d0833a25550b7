import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerPage } from '../ledger/entries/ledger-store.ts';
import type { PostedEntry } from '../ledger/entries/revision.ts';
import { RunningLedger } from '../ledger/posting/running-ledger.ts';
import { MemoryLedger } from '../ledger/testing/memory-ledger.ts';
import type { Period } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import type { QualityCount } from './coverage.ts';
import { RunningViews } from './running-views.ts';
import { MemoryViews } from './testing/memory-views.ts';

const zone = 'Europe/Brussels';
/** In the home's clock 23:00 of the day before its clock was put back. */
const midnightUs = Date.parse('2026-10-24T21:00:00Z') * 1000;
const ids = ['sensor.one', 'sensor.two', 'home:use'];
const periods: readonly Period[] = ['quarter', 'hour', 'day', 'week', 'month', 'year'];

const arbitraryEntry = fc.record({
  id: fc.constantFrom(...ids),
  quarter: fc.integer({ min: 0, max: 120 }),
  amountMicro: fc.integer({ min: 0, max: 5_000_000 }),
  quality: fc.constantFrom('measured', 'recovered', 'estimated'),
  isWhole: fc.boolean(),
  kind: fc.constantFrom('quantity', 'quantity', 'restart'),
  onTimeUs: fc.option(fc.integer({ min: 0, max: quarterHourUs })),
  registerMicro: fc.integer({ min: 0, max: 9_000_000 }),
});
type Given = typeof arbitraryEntry extends fc.Arbitrary<infer T> ? T : never;

function pageOf(given: Given, isRunning: boolean): LedgerPage {
  const quarterHourStartUs = midnightUs + given.quarter * quarterHourUs;
  const entry: PostedEntry = {
    kind: given.kind as PostedEntry['kind'],
    quarterHourStartUs,
    amountMicro: given.amountMicro,
    quality: given.quality as PostedEntry['quality'],
    coveredUs: given.isWhole ? quarterHourUs : 60_000_000,
    reason: 'counted',
    firstEvidenceUs: quarterHourStartUs,
    lastEvidenceUs: quarterHourStartUs + 60_000_000,
    isProvisional: isRunning,
    onTimeUs: given.onTimeUs,
    revision: isRunning ? 0 : 1,
    postedAtUs: 0,
    cause: 'first',
  };
  const state = { baselineMicro: 0, registerMicro: given.registerMicro } as never;
  return { entityId: given.id, entries: [entry], openings: [{ quarterHourStartUs, state }] };
}

/** All of it in the store, and the same with the quarter-hours from `openQuarterHour` on in memory. */
async function both(given: readonly Given[], openQuarterHour: number) {
  const whole = new MemoryLedger();
  const stored = new MemoryLedger();
  const nowUs = midnightUs + openQuarterHour * quarterHourUs + 1;
  const running = new RunningLedger({
    store: stored,
    summed: async () => undefined,
    clock: { nowUs: () => nowUs },
  });
  for (const one of given) {
    const page = pageOf(one, one.quarter >= openQuarterHour);
    await whole.write([page]);
    await running.write([page]);
  }
  expect(stored.all().every((entry) => entry.quarterHourStartUs < nowUs - 1)).toBe(true);
  return {
    whole: new MemoryViews(whole, zone),
    running: new RunningViews(new MemoryViews(stored, zone), running),
  };
}

const sumOf = (rows: readonly QualityCount[], field: 'quarters' | 'coveredUs') =>
  rows.reduce((sum, row) => sum + row[field], 0);

/** A whole quarter-hour of a meter. */
const given = (id: string, quarter: number, amountMicro = 1000): Given => ({
  ...{ id, quarter, amountMicro, quality: 'measured', isWhole: true, kind: 'quantity', onTimeUs: null },
  registerMicro: quarter,
});

describe('sums with the quarter-hour in memory', () => {
  it('are in the order of time when a clock was put back and earlier quarter-hours run again', async () => {
    const stored = new MemoryLedger();
    await stored.write([pageOf(given('sensor.one', 8), false)]);
    const clock = { nowUs: () => midnightUs + 4 * quarterHourUs };
    const ledger = new RunningLedger({ store: stored, summed: async () => undefined, clock });
    await ledger.write([pageOf(given('sensor.one', 4), true), pageOf(given('sensor.two', 5), true)]);
    const views = new RunningViews(new MemoryViews(stored, zone), ledger);
    const quarters = (rows: readonly { startUs: number }[]) =>
      rows.map(({ startUs }) => (startUs - midnightUs) / quarterHourUs);
    const until = midnightUs + 12 * quarterHourUs;
    expect(quarters(await views.buckets(ids, 'quarter', midnightUs, until))).toEqual([4, 5, 8]);
    expect(quarters(await views.sideBySide([ids], 'quarter', midnightUs, until))).toEqual([4, 5, 8]);
  });

  it('have one register past a range, and none before an empty one', async () => {
    const { whole, running } = await both(
      [1, 2, 4, 5, 6].map((quarter) => given('sensor.one', quarter)),
      2,
    );
    for (const views of [whole, running]) {
      const registers = async (from: number, until: number, period: Period = 'quarter') =>
        (
          await views.registers(
            'sensor.one',
            period,
            midnightUs + from * quarterHourUs,
            midnightUs + until * quarterHourUs,
          )
        ).map(({ registerMicro }) => registerMicro);
      expect(await registers(0, 4)).toEqual([1, 2, 4]);
      expect(await registers(0, 3)).toEqual([1, 2, 4]);
      expect(await registers(0, 5)).toEqual([1, 2, 4, 5]);
      expect(await registers(3, 3, 'hour')).toEqual([4]);
    }
  });

  it('are what they are when all is in the store', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryEntry, { maxLength: 60 }),
        fc.integer({ min: 0, max: 121 }),
        fc.constantFrom(...periods),
        fc.tuple(fc.integer({ min: -10, max: 125 }), fc.integer({ min: -10, max: 125 })),
        async (given, openQuarterHour, period, [one, other]) => {
          const { whole, running } = await both(given, openQuarterHour);
          const startUs = midnightUs + Math.min(one, other) * quarterHourUs;
          const endUs = midnightUs + Math.max(one, other) * quarterHourUs;
          const asked = [ids, period, startUs, endUs] as const;
          const sorted = (buckets: Awaited<ReturnType<typeof whole.buckets>>) =>
            buckets.toSorted((a, b) => a.startUs - b.startUs || a.entityId.localeCompare(b.entityId));
          expect(sorted(await running.buckets(...asked))).toEqual(sorted(await whole.buckets(...asked)));
          expect(await running.sums(...asked)).toEqual(await whole.sums(...asked));
          const groups = [[ids[0] ?? ''], [ids[1] ?? '', ids[2] ?? '']];
          expect(await running.sideBySide(groups, period, startUs, endUs)).toEqual(
            await whole.sideBySide(groups, period, startUs, endUs),
          );
          expect(await running.firsts(ids)).toEqual(await whole.firsts(ids));
          expect(await running.extent(ids)).toEqual(await whole.extent(ids));
          expect(await running.quarterHoursWithin(ids[0] ?? '', [{ startUs, endUs }])).toEqual(
            await whole.quarterHoursWithin(ids[0] ?? '', [{ startUs, endUs }]),
          );
          // Empty ranges of registers are excluded by the port.
          if (startUs < endUs)
            expect(await running.registers(ids[0] ?? '', period, startUs, endUs)).toEqual(
              await whole.registers(ids[0] ?? '', period, startUs, endUs),
            );
          const byDay = period === 'quarter' ? 'quarter' : 'day';
          const counted = async (views: typeof whole | typeof running) =>
            Map.groupBy(await views.qualityCounts(ids, byDay, startUs, endUs), (row) =>
              [row.entityId, row.startUs, row.quality].join(' '),
            );
          const totals = (rows: Awaited<ReturnType<typeof counted>>) =>
            [...rows].map(([key, some]) => [key, sumOf(some, 'quarters'), sumOf(some, 'coveredUs')]).sort();
          expect(totals(await counted(running))).toEqual(totals(await counted(whole)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
