/**
 * Goal: a flow that is not what its meters give, and a bucket that is not what its entries add up to, is found, in
 * its own quarter-hour; what may be a round behind, and what was withdrawn, is not.
 * Method: a ledger in memory, whose flows and views are made to say something else, over more than one step of a week.
 */

import { describe, expect, it } from 'vitest';
import { postedEntry, TestLedger } from '../api/testing/test-ledger.ts';
import { connectionPlan, connectionSources } from '../balance/flow-plan.ts';
import type { PostedEntry } from '../ledger/entries/revision.ts';
import type { Finding } from '../ledger/posting/verification.ts';
import { dayUs, quarterHourUs } from '../units/durations.ts';
import { verifyFlows, verifyViews } from './verification.ts';

const startUs = Date.UTC(2026, 10, 1, 23) * 1000;
const plan = connectionPlan('connection:a');
const sources = connectionSources(['sensor.in'], []);
const [flow = ''] = plan.every;

function ledgerOf(days: number): TestLedger {
  const ledger = new TestLedger();
  const meter = Array.from({ length: days * 96 }, (_, index) =>
    postedEntry(startUs + index * quarterHourUs, { amountMicro: index % 7, postedAtUs: 5 }),
  );
  const flows = plan.post(sources, new Map([['sensor.in', meter]])).get(flow) ?? [];
  ledger.entries.set('sensor.in', meter);
  ledger.entries.set(
    flow,
    flows.map((entry) => ({ ...postedEntry(entry.quarterHourStartUs), ...entry })),
  );
  return ledger;
}
function change(ledger: TestLedger, id: string, index: number, extra: Partial<PostedEntry>): void {
  const entries = ledger.entries.get(id) ?? [];
  const found = entries[index];
  if (found !== undefined) entries[index] = { ...found, ...extra };
}
/** Which days of a series are read, from the first day of the test on. */
function daysRead(ledger: TestLedger, id: string): [fromDay: number, untilDay: number][] {
  const read: [number, number][] = [];
  const current = ledger.current.bind(ledger);
  ledger.current = async (entityId, firstUs, lastUs) => {
    if (entityId === id) read.push([(firstUs - startUs) / dayUs, (lastUs - startUs) / dayUs]);
    return await current(entityId, firstUs, lastUs);
  };
  return read;
}
const at = (findings: readonly Finding[]) =>
  findings.map(({ quarterHourStartUs }) => ((quarterHourStartUs ?? 0) - startUs) / quarterHourUs);

describe('flows', () => {
  const found = async (ledger: TestLedger, postedUntilUs = 5, endUs = startUs + 16 * dayUs) => {
    const findings: Finding[] = [];
    await verifyFlows(ledger, sources, startUs + 1, endUs, postedUntilUs, (one) => findings.push(one), plan);
    return findings;
  };

  it('that follow their meters are no finding', async () => {
    expect(await found(ledgerOf(16))).toEqual([]);
  });

  it('are found where they say something else, are missing, or rest on nothing', async () => {
    const ledger = ledgerOf(16);
    change(ledger, flow, 3, { amountMicro: 99 });
    change(ledger, flow, 7 * 96, { reason: 'withdrawn' });
    change(ledger, 'sensor.in', 15 * 96, { kind: 'restart' });
    const findings = await found(ledger);
    expect(at(findings)).toEqual([3, 7 * 96, 15 * 96]);
    expect(findings.map(({ entityId, check }) => [entityId, check])).toEqual(Array(3).fill([flow, 'flows']));
    expect(findings.map(({ detail }) => detail)).toEqual([
      'should follow its meters: amountMicro 3, not 99',
      'should follow its meters: no entry',
      `${(15 * 96) % 7} where not all meters are known`,
    ]);
  });

  it('may be a round behind a meter that may grow or was posted since', async () => {
    const ledger = ledgerOf(1);
    for (const index of [3, 4, 5]) change(ledger, flow, index, { amountMicro: 99 });
    change(ledger, 'sensor.in', 3, { isProvisional: true });
    change(ledger, 'sensor.in', 4, { postedAtUs: 6 });
    expect(at(await found(ledger))).toEqual([5]);
    expect(at(await found(ledger, 6))).toEqual([4, 5]);
  });

  it('are looked at up to the end that was asked', async () => {
    const ledger = ledgerOf(8);
    for (const index of [7 * 96 - 1, 7 * 96, 7 * 96 + 1]) change(ledger, flow, index, { amountMicro: 99 });
    expect(at(await found(ledger, 5, startUs + 7 * dayUs))).toEqual([7 * 96 - 1]);
    expect(at(await found(ledger, 5, startUs + 7 * dayUs + quarterHourUs))).toEqual([7 * 96 - 1, 7 * 96]);
  });

  it('are read a week at a time', async () => {
    const ledger = ledgerOf(16);
    const read = daysRead(ledger, flow);
    await found(ledger);
    expect(read.splice(0)).toEqual([
      [0, 7],
      [7, 14],
      [14, 16],
    ]);
    await found(ledger, 5, startUs + 7 * dayUs);
    expect(read).toEqual([[0, 7]]);
  });
});

describe('views', () => {
  const found = async (
    ledger: TestLedger,
    change: (bucket: { startUs: number }, period: string) => object | null,
    endUs = startUs + 16 * dayUs,
  ) => {
    const buckets: TestLedger['buckets'] = async (ids, period, askedStartUs, askedEndUs) =>
      (await ledger.buckets(ids, period, askedStartUs, askedEndUs)).flatMap((bucket) => {
        const changed = change(bucket, period);
        return changed === null ? [] : [{ ...bucket, ...changed }];
      });
    const views = Object.assign(Object.create(ledger), { buckets });
    const findings: Finding[] = [];
    await verifyViews(ledger, views, ['sensor.in'], startUs, endUs, (one) => findings.push(one));
    return findings;
  };

  it('that add up are no finding, whatever was withdrawn or restarted', async () => {
    const ledger = ledgerOf(16);
    change(ledger, 'sensor.in', 5, { reason: 'withdrawn' });
    change(ledger, 'sensor.in', 6, { kind: 'restart' });
    expect(await found(ledger, () => ({}))).toEqual([]);
  });

  it.each([
    ['an amount', { amountMicro: 999 }],
    ['a time', { coveredUs: 1 }],
    ['a count of quarters', { quarters: 9 }],
    ['a bucket that is missing', null],
  ])('are found by %s, in hours and in days, to the last of them', async (_, wrong) => {
    for (const [period, lengthUs] of [
      ['hour', 4 * quarterHourUs],
      ['day', dayUs],
    ] as const)
      for (const index of [0, 6, 7, 15]) {
        const placeUs = startUs + index * lengthUs;
        const findings = await found(ledgerOf(16), (bucket, of) =>
          of === period && bucket.startUs === placeUs ? wrong : {},
        );
        expect(findings.map(({ quarterHourStartUs, check }) => [quarterHourStartUs, check])).toEqual([
          [placeUs, 'views'],
        ]);
        expect(findings[0]?.detail).toContain(`the ${period} has ${wrong === null ? 'nothing' : ''}`);
      }
  });

  it('are read a week at a time', async () => {
    const ledger = ledgerOf(16);
    const read = daysRead(ledger, 'sensor.in');
    await found(ledger, () => ({}));
    expect(read.splice(0)).toEqual([
      [0, 7],
      [7, 14],
      [14, 16],
    ]);
    await found(ledger, () => ({}), startUs + 7 * dayUs);
    expect(read).toEqual([[0, 7]]);
  });

  it('are looked at up to the last day that is over', async () => {
    const wrongFrom = (day: number) => (bucket: { startUs: number }) =>
      bucket.startUs >= startUs + day * dayUs ? { amountMicro: 999 } : {};
    const noonUs = startUs + 2.5 * dayUs;
    expect(await found(ledgerOf(4), wrongFrom(2), noonUs)).toEqual([]);
    expect(await found(ledgerOf(4), wrongFrom(1), noonUs)).toHaveLength(24 + 1);
  });

  it('are found where they have quarter-hours and no amount', async () => {
    const findings = await found(ledgerOf(1), (bucket, period) =>
      period === 'day' && bucket.startUs === startUs ? { amountMicro: null } : {},
    );
    expect(findings.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('the day has null in 96 quarter-hours'),
    ]);
  });

  it('are found where no entry is', async () => {
    const ledger = ledgerOf(16);
    const all = ledger.entries.get('sensor.in') ?? [];
    const [first] = await ledger.buckets(['sensor.in'], 'day', startUs, startUs + 1);
    ledger.entries.set('sensor.in', all.slice(96));
    const buckets: TestLedger['buckets'] = async (ids, period, askedStartUs, askedEndUs) => [
      ...(first !== undefined && period === 'day' && askedStartUs === startUs ? [first] : []),
      ...(await ledger.buckets(ids, period, askedStartUs, askedEndUs)),
    ];
    const findings: Finding[] = [];
    const views = Object.assign(Object.create(ledger), { buckets });
    await verifyViews(ledger, views, ['sensor.in'], startUs, startUs + 2 * dayUs, (one) =>
      findings.push(one),
    );
    expect(findings.map(({ detail }) => detail)).toEqual([
      `the day has ${first?.amountMicro} in 96 quarter-hours, ${dayUs} µs of them measured, its entries say nothing`,
    ]);
  });
});
