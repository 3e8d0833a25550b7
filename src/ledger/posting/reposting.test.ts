/**
 * Goal: the ledger depends on the readings and not on how they arrive; late ones revise exactly what they change.
 * Method: random lives of a meter arrive in random batches in random order, each followed by a posting of what is new;
 * the current state is compared with one posting of everything, and the journal with the current state.
 * The stores are lists in memory; test/stores has the real ones behind the same ports.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { Entry } from '../entries/entry.ts';
import type { Meter } from '../entries/meter.ts';
import type { PostedEntry } from '../entries/revision.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { CounterEvidence, PowerReading } from '../evidence.ts';
import { postPower } from '../power/power-posting.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { postCounter } from './counter-posting.ts';
import { repost, usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;

function source(evidence: readonly CounterEvidence[], powers: readonly PowerReading[]): EvidenceSource {
  const sorted = [...evidence].sort((a, b) => a.atUs - b.atUs);
  const sortedPowers = [...powers].sort((a, b) => a.atUs - b.atUs);
  return {
    registers: async (_, startUs, limit) => {
      const items = sorted.filter((item) => item.atUs >= startUs);
      return { items: items.slice(0, limit), isLast: items.length <= limit };
    },
    registerBefore: async (_, atUs) =>
      sorted.findLast((item) => item.atUs < atUs && !(item.kind === 'reading' && item.registerMicro === null))
        ?.atUs ?? null,
    powers: async (_, startUs, endUs) =>
      sortedPowers.filter((item) => item.atUs >= startUs && item.atUs < endUs),
    amounts: async () => [],
    switches: async () => [],
    around: async (_, startUs, endUs) => ({
      beforeUs: sortedPowers.findLast((item) => item.atUs < startUs)?.atUs ?? null,
      afterUs: sortedPowers.find((item) => item.atUs >= endUs)?.atUs ?? null,
    }),
  };
}

const nowUs = start + 30 * 24 * 60 * minute;
const clock = { nowUs: () => nowUs, monotonicMs: () => 0 };

function unposted(entry: PostedEntry & { entityId?: string }): Entry {
  const { entityId: _entityId, revision: _revision, postedAtUs: _postedAtUs, cause: _cause, ...rest } = entry;
  return rest;
}

/** Instants, each with a value that rises, falls a little (for good, and back), falls to 0, overflows, or is absent. */
const life = fc
  .tuple(
    fc.constantFrom<number>(1_000_000, 100_000_000),
    fc.array(
      fc.record({
        waitUs: fc.integer({ min: 1, max: 90 * minute }),
        byMicro: fc.option(fc.integer({ min: -20_000, max: 500_000 }), { freq: 8 }),
        odd: fc.nat(40),
      }),
      { minLength: 1, maxLength: 120 },
    ),
  )
  .map(([firstMicro, steps]) => {
    let atUs = start;
    let register = firstMicro;
    let missing = 0;
    const next = (odd: number, byMicro: number) => {
      const move = (micro: number) => {
        missing -= micro;
        return register + micro;
      };
      if (odd < 2) return Math.abs(byMicro);
      if (odd < 4) return move(-Math.trunc(Math.abs(register) / 15));
      if (odd < 6) return move(missing);
      if (odd < 7) return -Math.abs(register);
      return register < 0 ? register + byMicro : Math.max(0, register + byMicro);
    };
    return steps.map(({ waitUs, byMicro, odd }): CounterEvidence => {
      atUs += waitUs;
      if (byMicro !== null) register = next(odd, byMicro);
      const registerMicro = byMicro === null ? null : register;
      return { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
    });
  });

/** The same evidence cut into batches in an order of its own. */
const arrivals = life.chain((evidence) =>
  fc
    .tuple(
      fc.shuffledSubarray(evidence, { minLength: evidence.length, maxLength: evidence.length }),
      fc.integer({ min: 1, max: 8 }),
    )
    .map(([order, size]) => {
      const batches: CounterEvidence[][] = [];
      for (let at = 0; at < order.length; at += size) batches.push(order.slice(at, at + size));
      return { evidence, batches };
    }),
);

async function postInBatches(
  meter: Meter,
  batches: readonly (readonly CounterEvidence[])[],
  pageSize: number,
) {
  const ledger = new MemoryLedger();
  const arrived: CounterEvidence[] = [];
  for (const batch of batches) {
    arrived.push(...batch);
    const instants = batch.map((item) => item.atUs);
    const powers = arrived.map(
      (item): PowerReading => ({
        atUs: item.atUs,
        powerMw: item.kind === 'reading' ? item.registerMicro : null,
        origin: 'stream',
      }),
    );
    const deps = { evidence: source(arrived, powers), ledger, clock, heldUntil: () => null };
    const change = {
      startUs: Math.min(...instants),
      endUs: Math.max(...instants) + 1,
      cause: 'readings',
    } as const;
    await repost(deps, { ...usualRules, pageSize }, meter, change);
  }
  return ledger;
}

/** Leaves out withdrawn entries, which one posting of everything does not have. */
const standing = (ledger: MemoryLedger) => ledger.all().filter((entry) => entry.reason !== 'withdrawn');

describe('repost', () => {
  it('gives a register the same entries in whatever order and batches its readings arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        fc.constantFrom<'rising' | 'net'>('rising', 'net'),
        fc.constantFrom(60, 20_000),
        async ({ evidence, batches }, kind, pageSize) => {
          const ledger = await postInBatches(
            { entityId: 'sensor.meter', posts: 'register', kind },
            batches,
            pageSize,
          );
          const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = usualRules;
          const rules = { kind, maxGapUs, quarterHourGapUs, certainMicro };
          const whole = postCounter(rules, null, evidence, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
          expect(standing(ledger).map(unposted)).toEqual(whole.entries);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives a power sensor the same entries in whatever order and batches its readings arrive', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ evidence, batches }) => {
        const ledger = await postInBatches({ entityId: 'sensor.power', posts: 'power' }, batches, 20_000);
        const readings = evidence.map(
          (item): PowerReading => ({
            atUs: item.atUs,
            powerMw: item.kind === 'reading' ? item.registerMicro : null,
            origin: 'stream',
          }),
        );
        const rules = { maxGapUs: usualRules.powerGapUs, onAboveMw: usualRules.onAboveMw };
        const whole = postPower(
          rules,
          { powers: readings, switches: [] },
          Number.MIN_SAFE_INTEGER,
          Number.MAX_SAFE_INTEGER,
          nowUs,
        );
        expect(standing(ledger).map(unposted)).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  it('journals every final state once, the newest of which is the current one', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ batches }) => {
        const meter: Meter = { entityId: 'sensor.meter', posts: 'register', kind: 'rising' };
        const ledger = await postInBatches(meter, batches, 20_000);
        for (const entry of ledger.all()) {
          const revisions = ledger.revisions.filter(
            (one) => one.quarterHourStartUs === entry.quarterHourStartUs && one.kind === entry.kind,
          );
          expect(revisions.map((one) => one.revision)).toEqual(revisions.map((_, index) => index + 1));
          if (entry.revision > 0) expect({ ...revisions.at(-1), entityId: entry.entityId }).toEqual(entry);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('writes nothing when nothing is new', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (evidence) => {
        const meter: Meter = { entityId: 'sensor.meter', posts: 'register', kind: 'rising' };
        const ledger = await postInBatches(meter, [evidence], 20_000);
        const before = ledger.all();
        const deps = { evidence: source(evidence, []), ledger, clock, heldUntil: () => null };
        const instants = evidence.map((item) => item.atUs);
        const change = {
          startUs: Math.min(...instants),
          endUs: Math.max(...instants) + 1,
          cause: 'readings',
        } as const;
        const again = await repost(deps, usualRules, meter, change);
        expect(again.entriesWritten).toBe(0);
        expect(ledger.all()).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });
});
