/**
 * Goal: wrong values of a register are corrected in the ledger by a nightly check, or become a ticket; and so it stays.
 * Method: lives from public reports, with Home Assistant's five-minute rows, through evidence, posting, detectors, tickets
 * and corrections, with stores in memory; each is checked twice, and undone at last.
 */

import { describe, expect, it } from 'vitest';
import { CorrectionService } from '../../ledger/corrections/correction-service.ts';
import { quantityIn } from '../../ledger/corrections/quantity-in.ts';
import { StoredEvidence } from '../../ledger/evidence/stored-evidence.ts';
import { repost, usualRules } from '../../ledger/posting/reposting.ts';
import { verifyMeter } from '../../ledger/posting/verification.ts';
import { MemoryCorrections } from '../../ledger/testing/memory-corrections.ts';
import { MemoryLedger } from '../../ledger/testing/memory-ledger.ts';
import { MemoryStatisticsStore } from '../../ledger/testing/statistics-doubles.ts';
import type { Reading } from '../../recording/reading.ts';
import { MemoryReadingStore, quietLog } from '../../recording/testing/doubles.ts';
import { minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { MemoryTicketStore } from '../testing/doubles.ts';
import { Tickets } from '../tickets/tickets.ts';
import { checkRegister } from './reading-check.ts';

const entityId = 'sensor.meter';
const meter = { entityId, posts: 'register', kind: 'rising' } as const;
const startUs = Date.UTC(2026, 5, 16) * 1000;
const rowUs = 5 * minuteUs;
type Reported = readonly [minute: number, kwh: number | null];
const each = (minutes: number, from: number, ...kwh: readonly number[]) =>
  kwh.map((value, n): Reported => [from + n * minutes, value]);
const range = (count: number, kwh: (place: number) => number) =>
  Array.from({ length: count }, (_, n) => kwh(n));

async function played(reported: readonly Reported[]) {
  const readings = new MemoryReadingStore();
  const statistics = new MemoryStatisticsStore();
  const list = reported.map(
    ([minute, value]): Reading => ({
      ...{ entityId, atUs: startUs + Math.round(minute * minuteUs), value, unit: 'kWh', sourceUnit: 'kWh' },
      ...{ absence: value === null ? 'unavailable' : null, lastResetAtUs: null, origin: 'history' },
    }),
  );
  await readings.append(list);
  const endUs = (list.at(-1)?.atUs ?? startUs) + 60 * minuteUs;
  const none = { sum: null, mean: null, min: null, max: null, unit: 'kWh', period: '5minute' as const };
  for (let atUs = startUs; atUs < endUs; atUs += rowUs) {
    const last = list.findLast((one) => one.atUs < atUs + rowUs);
    if (last?.value == null) continue;
    await statistics.append([{ ...none, entityId, startUs: atUs, endUs: atUs + rowUs, state: last.value }]);
  }
  const ledger = new MemoryLedger();
  const store = new MemoryCorrections();
  const clock = { nowUs: () => endUs, monotonicMs: () => 0 };
  const evidenceWith = (corrections: StoredEvidenceCorrections) =>
    new StoredEvidence({ readings, statistics, corrections, kindOf: () => 'rising' });
  const evidence = evidenceWith((id) => store.of(id));
  const waiting: Interval[] = [{ startUs, endUs }];
  const settle = async () => {
    for (const span of waiting.splice(0))
      await repost({ evidence, ledger, clock, heldUntil: () => null }, usualRules, meter, {
        ...span,
        cause: 'corrected',
      });
  };
  await settle();
  const desk = new CorrectionService({
    ...{ corrections: store, ledger, clock, log: quietLog, heldUntil: () => null },
    evidenceWith: (declared) => evidenceWith(async () => declared),
    postingWorker: { markDirty: (_, span) => void waiting.push(span), settle },
    meterOf: () => meter,
    unposted: { load: async () => [], save: async () => undefined },
  });
  const ticketStore = new MemoryTicketStore();
  const tickets = new Tickets({
    ...{ store: ticketStore, corrections: desk, clock, log: quietLog },
    counted: (id, span) => quantityIn(ledger, id, span),
  });
  const look = async () => {
    const found = await checkRegister(
      readings,
      entityId,
      { kind: 'rising', unit: 'kWh' },
      () => null,
      startUs,
      endUs,
    );
    await tickets.report(found, null, null);
    return [...ticketStore.tickets.values()].map(({ kind, status }) => `${kind} ${status}`);
  };
  const total = async () => (await quantityIn(ledger, entityId, { startUs: startUs - rowUs, endUs })) ?? 0;
  const undo = async () => {
    for (const { ticketId, decision } of ticketStore.tickets.values())
      if (decision !== null) await tickets.undo(ticketId);
  };
  const findings = async () =>
    (await verifyMeter({ evidence, ledger }, usualRules, meter, startUs, endUs)).findings;
  return { look, total, undo, findings };
}
type StoredEvidenceCorrections = ConstructorParameters<typeof StoredEvidence>[0]['corrections'];

const mended = (count: number) => Array.from({ length: count }, () => 'spike mended');

describe('a register in a nightly check', () => {
  it.each<[string, Reported[], number, string[]]>([
    [
      'that repeats an old value',
      [...each(5, 25, 1.95, 1.98, 2, 2.02, 2.04, 2.06, 2.08), ...each(5, 60, 2.1, 1.75, 2.12, 1.75, 2.15)],
      0.2,
      mended(2),
    ],
    [
      'that reports 0 for one poll of five minutes',
      each(5, 0, ...range(73, (n) => (n === 51 ? 0 : 4 + n / 40))),
      1.8,
      mended(1),
    ],
    [
      'that reports 0 for one poll of an hour',
      each(60, 0, ...range(24, (n) => (n === 15 ? 0 : 4 + n / 2))),
      11.5,
      mended(1),
    ],
    [
      'that reports 0 for thirteen minutes after an absence',
      [
        [0, 5234.1],
        [10, 5234.2],
        [12, null],
        [14, 0],
        [27.2, 5234.3],
        [37.2, 5234.4],
      ],
      0.3,
      mended(1),
    ],
    [
      'that reports an old value after days, and then 0',
      [
        [0, 11.98],
        [60, 12.02],
        [65, null],
        [7200, 10.42],
        [7200.05, 0],
        [7260, 0.05],
      ],
      0.09,
      mended(1),
    ],
    [
      'that reports the value of another for one poll',
      each(5, 0, ...range(20, (n) => (n === 12 ? 1004 : 1000 + n / 10))),
      1.9,
      mended(1),
    ],
    [
      'that goes on lower by 7 %',
      each(30, 0, ...range(9, (n) => 17_266 + n / 2), ...range(17, (n) => 16_070 + n / 2)),
      12,
      ['register_fell open'],
    ],
    [
      'that runs over into the negative',
      each(30, 0, ...range(4, (n) => 2_147_480 + n), ...range(12, (n) => n - 2_147_483)),
      14,
      ['register_fell open'],
    ],
    [
      'that is a group without a member for two hours',
      each(10, 0, ...range(20, (n) => 100 + n / 10 - (n >= 4 && n < 16 ? 7 : 0))),
      1.9,
      [],
    ],
    ['that begins anew', each(5, 0, 10.1, 10.12, 10.14, 0, 0.02, 0.04, 0.06), 0.1, []],
    [
      'that begins anew each day',
      each(60, 0, ...range(24, (n) => n / 2), ...range(24, (n) => n * 0.4)),
      20.7,
      [],
    ],
    ['that dips', each(10, 0, 114.71, 116.7, 114.71, 117.4, 114.71, 118.1), 3.39, []],
  ])('%s', async (_, reported, kwh, expected) => {
    const { look, total, undo, findings } = await played(reported);
    const before = await total();
    expect(await look()).toEqual(expected);
    expect((await total()) / 1e6).toBeCloseTo(kwh, 6);
    expect(await findings()).toEqual([]);
    expect(await look()).toEqual(expected);
    expect((await total()) / 1e6).toBeCloseTo(kwh, 6);
    await undo();
    expect(await total()).toBe(before);
    expect(await findings()).toEqual([]);
  });
});
