/**
 * Goal: while a device's switch is known to be off its power counts as 0, its on-time is the switch's, and both depend
 * on the readings and not on the order or the moment in which they arrive.
 * Method: vectors by hand; random lives of a power sensor (or register) and a switch, reported in random batches to a
 * posting worker whose clock goes on, compared with one posting of everything and with sums by the minute.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quietLog } from '../../recording/testing/doubles.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { intervalAt } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { Entry } from '../entries/entry.ts';
import type { Meter } from '../entries/meter.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { PowerReading, RegisterReading, SwitchReading } from '../evidence.ts';
import { postCounter } from '../posting/counter-posting.ts';
import { PostingWorker } from '../posting/posting-worker.ts';
import { usualRules } from '../posting/reposting.ts';
import { verifyMeter } from '../posting/verification.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { postPower } from './power-posting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const always = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;
const rules = { maxGapUs: usualRules.powerGapUs, onAboveMw: usualRules.onAboveMw };
const power = (minutes: number, watts: number | null): PowerReading => ({
  atUs: start + minutes * minute,
  powerMw: watts === null ? null : watts * 1000,
  origin: 'stream',
});
const switched = (minutes: number, isOn: boolean | null): SwitchReading => ({
  atUs: start + minutes * minute,
  isOn,
  origin: 'stream',
});

describe('a power sensor beside a switch, by hand', () => {
  const post = (powers: PowerReading[], switches: SwitchReading[], minutes: number) =>
    postPower(rules, { powers, switches }, ...always, start + minutes * minute);

  it('counts nothing while the switch is off, whatever the sensor reports', () => {
    const entries = post(
      [power(0, 60), power(5, 40), power(12, 40), power(15, 60)],
      [switched(5, false), switched(13, true)],
      15,
    );
    // 60 W for five minutes, nothing for eight, 40 W for two.
    expect(entries).toEqual([
      {
        kind: 'quantity',
        quarterHourStartUs: start,
        amountMicro: Math.round((60 * 5 + 40 * 2) / 0.06),
        quality: 'measured',
        coveredUs: quarterHourUs,
        reason: 'switched_off',
        firstEvidenceUs: start,
        lastEvidenceUs: start + 15 * minute,
        isProvisional: false,
        // Before the first state of the switch the power decides.
        onTimeUs: 7 * minute,
      },
    ]);
  });

  it('measures hours of silence while it is off', () => {
    const entries = post([power(0, 60), power(600, 60)], [switched(10, false)], 600);
    expect(entries).toHaveLength(40);
    expect(entries.every((entry) => entry.coveredUs === quarterHourUs && !entry.isProvisional)).toBe(true);
    expect(entries.reduce((sum, entry) => sum + entry.amountMicro, 0)).toBe(10_000);
  });

  it('lets the power alone decide while the switch is absent', () => {
    const [entry] = post([power(0, 60), power(15, 60)], [switched(0, false), switched(5, null)], 15);
    expect(entry).toMatchObject({ amountMicro: 10_000, onTimeUs: 10 * minute });
  });

  it('counts on-time by the switch and not by the power', () => {
    const [entry] = post([power(0, 1), power(15, 1)], [switched(0, true)], 15);
    expect(entry).toMatchObject({ amountMicro: 250, reason: 'integrated', onTimeUs: quarterHourUs });
  });
});

interface Life {
  readonly values: readonly { atUs: number; value: number | null }[];
  readonly switches: readonly SwitchReading[];
}

/** Whole minutes, so that a sum minute by minute is exact; instants of both may meet. */
const series = <T>(value: fc.Arbitrary<T>) =>
  fc
    .array(fc.record({ wait: fc.integer({ min: 1, max: 90 }), value }), { minLength: 1, maxLength: 25 })
    .map((steps) => {
      let atUs = start;
      return steps.map((step) => {
        atUs += step.wait * minute;
        return { atUs, value: step.value };
      });
    });
const life: fc.Arbitrary<Life> = fc.record({
  values: series(fc.option(fc.integer({ min: 0, max: 3000 }), { freq: 8 })),
  switches: series(fc.option(fc.boolean(), { freq: 8 })).map((list) =>
    list.map(({ atUs, value }): SwitchReading => ({ atUs, isOn: value, origin: 'stream' })),
  ),
});

const powersOf = (values: Life['values']): PowerReading[] =>
  values.map(({ atUs, value }) => ({
    atUs,
    powerMw: value === null ? null : value * 1000,
    origin: 'stream',
  }));
/** A register that goes up by each value. */
function registersOf(values: Life['values']): RegisterReading[] {
  let register = 0;
  return values.map(({ atUs, value }) => {
    register += value ?? 0;
    return {
      kind: 'reading',
      atUs,
      registerMicro: value === null ? null : register,
      lastResetAtUs: null,
      origin: 'stream',
    };
  });
}

const next = <T extends { atUs: number }>(list: readonly T[], afterUs: number) =>
  list.find((one) => one.atUs > afterUs);
const last = <T extends { atUs: number }>(list: readonly T[], beforeUs: number) =>
  list.findLast((one) => one.atUs < beforeUs);

const meterId = 'sensor.device';
const switchId = 'switch.device';
type Reported = { readonly id: string; readonly atUs: number };

/** What has arrived of a life, as posting reads it. */
function evidenceOf({ values, switches }: Life, has: (id: string, atUs: number) => boolean): EvidenceSource {
  const arrived = <T extends { atUs: number }>(id: string, list: readonly T[]) =>
    list.filter((one) => has(id, one.atUs));
  const instants = (id: string): readonly { atUs: number }[] =>
    arrived<{ atUs: number }>(id, id === switchId ? switches : values);
  return {
    registers: async (_, startUs, limit) => {
      const items = arrived(meterId, registersOf(values)).filter((item) => item.atUs >= startUs);
      return { items: items.slice(0, limit), isLast: items.length <= limit };
    },
    registerBefore: async (_, atUs) =>
      last(
        arrived(meterId, registersOf(values)).filter((one) => one.registerMicro !== null),
        atUs,
      )?.atUs ?? null,
    powers: async (_, startUs, endUs) =>
      arrived(meterId, powersOf(values)).filter((one) => one.atUs >= startUs && one.atUs < endUs),
    amounts: async () => [],
    switches: async (_, startUs, endUs, limit) => {
      const list = arrived(switchId, switches);
      const before = last(list, startUs);
      const inside = list.filter((one) => one.atUs >= startUs && one.atUs < endUs).slice(0, limit);
      return before ? [before, ...inside] : inside;
    },
    around: async (id, startUs, endUs) => ({
      beforeUs: last(instants(id), startUs)?.atUs ?? null,
      afterUs: next(instants(id), endUs - 1)?.atUs ?? null,
    }),
  };
}

/** A life, and the order and batches in which it is reported. */
const arrivals = life.chain((lived) => {
  const all: Reported[] = [
    ...lived.values.map(({ atUs }) => ({ id: meterId, atUs })),
    ...lived.switches.map(({ atUs }) => ({ id: switchId, atUs })),
  ];
  const inOrder = [...all].sort((a, b) => a.atUs - b.atUs);
  return fc.record({
    lived: fc.constant(lived),
    order: fc.oneof(
      fc.constant(inOrder),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    ),
    size: fc.integer({ min: 1, max: 6 }),
    holds: fc.boolean(),
  });
});

const settled = (entries: readonly Entry[]) => entries.filter((entry) => !entry.isProvisional);

/** Reports all of a life, and posts after each batch; the clock is at the newest report. */
async function post(
  meter: Meter,
  { lived, order, size, holds }: { lived: Life; order: readonly Reported[]; size: number; holds: boolean },
) {
  const ledger = new MemoryLedger();
  const arrived = new Set<string>();
  let nowUs = start;
  const evidence = evidenceOf(lived, (id, atUs) => arrived.has(`${id} ${atUs}`));
  const keeper = new PostingWorker(
    {
      evidence,
      ledger,
      readable: async () => undefined,
      mark: { load: async () => null, save: async () => undefined },
      receivedSince: async () => new Map(),
      heldUntil: () => null,
      clock: { nowUs: () => nowUs, monotonicMs: () => 0 },
      log: quietLog,
    },
    1_000_000,
    { ...usualRules, pageSize: 40 },
  );
  keeper.setMeters([meter]);
  keeper.start();
  for (let at = 0; at < order.length; at += size) {
    const batch = order.slice(at, at + size);
    for (const { id, atUs } of batch) {
      arrived.add(`${id} ${atUs}`);
      nowUs = Math.max(nowUs, atUs);
      keeper.markDirty(id, intervalAt(atUs));
    }
    await keeper.settle();
    if (!holds) continue;
    nowUs += 7 * minute;
    keeper.markDirty(meterId, intervalAt(nowUs));
    await keeper.settle();
  }
  await keeper.stop();
  const entries = ledger
    .all()
    .filter((entry) => entry.reason !== 'withdrawn')
    .map(({ entityId: _id, revision: _r, postedAtUs: _p, cause: _c, ...entry }): Entry => entry);
  return { entries, evidence, ledger };
}

describe('a device with a switch, in any order', () => {
  it('that reports power has the settled entries of one posting of everything', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrival) => {
        const meter: Meter = { entityId: meterId, posts: 'power', switchId };
        const { entries, evidence, ledger } = await post(meter, arrival);
        const { values, switches } = arrival.lived;
        const whole = postPower(rules, { powers: powersOf(values), switches }, ...always, start + 1e12);
        expect(settled(entries)).toEqual(settled(whole));
        const until = start + 400 * quarterHourUs;
        const { findings } = await verifyMeter({ evidence, ledger }, usualRules, meter, start, until);
        expect(findings.filter(({ check }) => check !== 'journal')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('with a register has the amounts of the register alone, and the on-time of the switch', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (arrival) => {
        const meter: Meter = { entityId: meterId, posts: 'register', kind: 'rising', switchId };
        const { entries } = await post(meter, arrival);
        const { values, switches } = arrival.lived;
        const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = usualRules;
        const alone = postCounter(
          { kind: 'rising', maxGapUs, quarterHourGapUs, certainMicro },
          null,
          registersOf(values),
          ...always,
        );
        const whole = alone.entries.map((entry) => ({
          ...entry,
          onTimeUs: onMinutes(switches, entry.quarterHourStartUs),
        }));
        expect(settled(entries)).toEqual(settled(whole));
      }),
      { numRuns: 150 },
    );
  });

  it('counts each minute by its state', () => {
    fc.assert(
      fc.property(life, ({ values, switches }) => {
        const powers = powersOf(values);
        const entries = postPower(rules, { powers, switches }, ...always, start);
        for (const entry of settled(entries)) {
          let work = 0;
          let covered = 0;
          for (
            let atUs = entry.quarterHourStartUs;
            atUs < entry.quarterHourStartUs + quarterHourUs;
            atUs += minute
          ) {
            const isOn = last(switches, atUs + 1)?.isOn ?? null;
            const held = last(powers, atUs + 1);
            const isKnown = held !== undefined && held.powerMw !== null && atUs < held.atUs + rules.maxGapUs;
            if (isOn !== false && isKnown) work += held.powerMw ?? 0;
            if (isOn === false || isKnown) covered += minute;
          }
          expect(entry.coveredUs).toBe(covered);
          expect(Math.abs(entry.amountMicro - work / 60)).toBeLessThanOrEqual(0.5);
        }
      }),
    );
  });
});

/** Minute by minute; null when the switch is known in none of them. */
function onMinutes(switches: readonly SwitchReading[], quarterHour: number): number | null {
  let onUs: number | null = null;
  for (let atUs = quarterHour; atUs < quarterHour + quarterHourUs; atUs += minute) {
    const isOn = last(switches, atUs + 1)?.isOn ?? null;
    if (isOn !== null) onUs = (onUs ?? 0) + (isOn ? minute : 0);
  }
  return onUs;
}
