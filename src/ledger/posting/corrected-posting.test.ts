/**
 * Goal: corrections are evidence like readings: exact to the unit, in whatever order they and the readings arrive, and
 * without a trace in the current state after their removal.
 * Method: vectors worked by hand; then random lives of a meter that counts, resets, goes back a little, falls to a
 * middle value, vanishes for three days and comes back, with random corrections, all shuffled and in batches through
 * the correction service and the reposting; the ledger is compared with one posting of everything at once.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../recording/reading.ts';
import { MemoryReadingStore, quietLog } from '../../recording/testing/doubles.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { contains, type Interval, intervalAt } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { CorrectionService } from '../corrections/correction-service.ts';
import type { CounterKind } from '../counter/counter-state.ts';
import type { ChangeCause } from '../entries/cause.ts';
import type { Entry } from '../entries/entry.ts';
import type { Meter } from '../entries/meter.ts';
import type { PostedEntry } from '../entries/revision.ts';
import { correctedEvidence, standingCorrections } from '../evidence/corrected-evidence.ts';
import type { Correction } from '../evidence/correction.ts';
import { StoredEvidence } from '../evidence/stored-evidence.ts';
import type { PowerReading, RegisterReading } from '../evidence.ts';
import { postPower } from '../power/power-posting.ts';
import { MemoryCorrections } from '../testing/memory-corrections.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { MemoryStatisticsStore } from '../testing/statistics-doubles.ts';
import { type CounterPosting, postCounter } from './counter-posting.ts';
import { repost, usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const at = (minutes: number) => start + minutes * minute;
const entityId = 'sensor.meter';
const ever = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;
const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = usualRules;

function reading(minutes: number, value: number | null): Reading {
  return {
    ...{ entityId, atUs: at(minutes), value, absence: value === null ? 'unavailable' : null, unit: 'kWh' },
    ...{ sourceUnit: 'kWh', lastResetAtUs: null, origin: 'stream' },
  };
}

function registerOf({ atUs, value }: Reading): RegisterReading {
  const registerMicro = value === null ? null : Math.round(value * 1_000_000);
  return { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
}

function powerOf({ atUs, value }: Reading, excluded: readonly Interval[]): PowerReading {
  const isExcluded = excluded.some((span) => contains(span, atUs));
  const reading = {
    atUs,
    powerMw: value === null ? null : Math.round(value * 1000),
    origin: 'stream',
  } as const;
  return isExcluded ? { ...reading, isExcluded } : reading;
}

type Declared =
  | { kind: 'exclusion'; from: number; until: number }
  | { kind: 'amount'; from: number; until: number; kwh: number }
  | { kind: 'exchange'; at: number; old: number | null; new: number };

function correction(declared: Declared, correctionId = 'one'): Correction {
  const common = { correctionId, entityId, notes: '', createdAtUs: 0, ticketId: null };
  switch (declared.kind) {
    case 'exclusion':
      return { kind: 'exclusion', ...common, startUs: at(declared.from), endUs: at(declared.until) + 1 };
    case 'amount': {
      const amountMicro = Math.round(declared.kwh * 1_000_000);
      return {
        kind: 'amount',
        ...common,
        startUs: at(declared.from),
        endUs: at(declared.until),
        amountMicro,
      };
    }
    case 'exchange': {
      const oldRegisterMicro = declared.old === null ? null : Math.round(declared.old * 1_000_000);
      const newRegisterMicro = Math.round(declared.new * 1_000_000);
      return { kind: 'exchange', ...common, atUs: at(declared.at), oldRegisterMicro, newRegisterMicro };
    }
  }
}

function postRegister(
  readings: readonly Reading[],
  corrections: readonly Correction[],
  kind: CounterKind = 'rising',
): CounterPosting {
  const sorted = [...readings].sort((a, b) => a.atUs - b.atUs).map(registerOf);
  const evidence = correctedEvidence(sorted, standingCorrections(corrections));
  return postCounter({ kind, maxGapUs, quarterHourGapUs, certainMicro }, null, evidence, ...ever);
}

function sum(entries: readonly Entry[], kind: Entry['kind'] = 'quantity'): number {
  return entries.filter((entry) => entry.kind === kind).reduce((all, entry) => all + entry.amountMicro, 0);
}

describe('a register, corrected by hand', () => {
  it('drops an excluded spike and keeps the difference between the readings around it', () => {
    const spiked = [reading(0, 100), reading(5, 100.5), reading(6, 900), reading(7, 100.6), reading(20, 101)];
    const posting = postRegister(spiked, [correction({ kind: 'exclusion', from: 6, until: 6 })]);
    expect(sum(posting.entries)).toBe(1_000_000);
    expect(sum(posting.entries, 'restart')).toBe(0);
    expect(posting.entries[0]).toMatchObject({ reason: 'corrected', quality: 'measured' });
    expect(posting.entries[1]).toMatchObject({ reason: 'counted' });
  });

  it('spreads the difference around an exclusion of hours, and marks it estimated', () => {
    const mad = [reading(0, 100), reading(10, 5000), reading(50, 3), reading(60, 104)];
    const { entries } = postRegister(mad, [correction({ kind: 'exclusion', from: 10, until: 50 })]);
    expect(entries.map((entry) => entry.amountMicro)).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000]);
    expect(entries.every((entry) => entry.quality === 'estimated' && entry.reason === 'corrected')).toBe(
      true,
    );
    expect(entries.every((entry) => entry.coveredUs === 0)).toBe(true);
  });

  it('counts a declared amount in place of the register, and a restart explains the rest', () => {
    const jumped = [reading(0, 100), reading(30, 850), reading(45, 851)];
    const posting = postRegister(jumped, [correction({ kind: 'amount', from: 0, until: 30, kwh: 0.5 })]);
    expect(posting.entries).toMatchObject([
      { kind: 'quantity', amountMicro: 250_000, quality: 'estimated', reason: 'corrected', coveredUs: 0 },
      { kind: 'quantity', amountMicro: 250_000, quality: 'estimated', reason: 'corrected' },
      { kind: 'quantity', amountMicro: 1_000_000, quality: 'measured', reason: 'counted' },
      {
        kind: 'restart',
        amountMicro: 500_000 - 750_000_000,
        reason: 'corrected',
        quarterHourStartUs: at(30),
      },
    ]);
  });

  it('counts a jump as nothing by an amount of 0', () => {
    const jumped = [reading(0, 100), reading(5, 850), reading(10, 850.2)];
    const posting = postRegister(jumped, [correction({ kind: 'amount', from: 0, until: 5, kwh: 0 })]);
    expect(sum(posting.entries)).toBe(200_000);
  });

  it('extends an amount inside a gap to the evidence around it', () => {
    const gapped = [reading(0, 100), reading(60, 104)];
    const posting = postRegister(gapped, [correction({ kind: 'amount', from: 20, until: 40, kwh: 2 })]);
    expect(posting.entries.map((entry) => entry.amountMicro)).toEqual([
      500_000, 500_000, 500_000, 500_000, -2_000_000,
    ]);
  });

  it('ignores an amount without evidence before or after it', () => {
    const one = [reading(10, 100), reading(20, 101)];
    const plain = postRegister(one, []).entries;
    const before = postRegister(one, [correction({ kind: 'amount', from: -20, until: 5, kwh: 9 })]);
    const after = postRegister(one, [correction({ kind: 'amount', from: 25, until: 40, kwh: 9 })]);
    expect(before.entries).toEqual(plain);
    expect(after.entries).toEqual(plain);
  });

  it('counts an exchange at the end of an amount as the evidence after it', () => {
    const replaced = [reading(0, 100), reading(12, 3)];
    const posting = postRegister(replaced, [
      correction({ kind: 'amount', from: 0, until: 10, kwh: 1 }, 'amount'),
      correction({ kind: 'exchange', at: 10, old: null, new: 2.5 }, 'exchange'),
    ]);
    expect(sum(posting.entries)).toBe(1_500_000);
    expect(sum(posting.entries, 'restart')).toBe(1_500_000 - (3_000_000 - 100_000_000));
  });
});

describe('a power sensor, corrected by hand', () => {
  const rules = { maxGapUs: usualRules.powerGapUs, onAboveMw: 5000 };
  const post = (readings: readonly Reading[], corrections: readonly Correction[]) => {
    const { exclusions, amounts } = standingCorrections(corrections);
    const powers = readings.map((one) => powerOf(one, exclusions));
    return postPower(rules, { powers, switches: [], amounts }, ...ever, at(90));
  };

  it('carries the value before over an excluded reading, as a guess', () => {
    const readings = [reading(0, 1000), reading(5, 90_000), reading(10, 1000), reading(15, 1000)];
    const entries = post(readings, [correction({ kind: 'exclusion', from: 5, until: 5 })]);
    expect(entries[0]).toMatchObject({
      ...{ amountMicro: 250_000, quality: 'estimated', reason: 'corrected', coveredUs: 10 * minute },
    });
  });

  it('replaces the integral by a declared amount, and keeps what is around it', () => {
    const readings = [reading(0, 1000), reading(15, 60_000), reading(30, 1000), reading(45, 1000)];
    const entries = post(readings, [correction({ kind: 'amount', from: 10, until: 25, kwh: 0.3 })]);
    expect(entries.slice(0, 3).map((entry) => entry.amountMicro)).toEqual([
      // 10 minutes of 1 kW and a third of the declared amount; two thirds of it and 5 minutes of 60 kW.
      166_667 + 100_000,
      200_000 + 5_000_000,
      250_000,
    ]);
    expect(entries[1]).toMatchObject({ quality: 'estimated', reason: 'corrected', coveredUs: 5 * minute });
    expect(entries[2]).toMatchObject({ quality: 'measured', reason: 'integrated' });
  });
});

/** A meter's life, in minutes and thousandths of a kWh. */
const life = fc
  .array(
    fc.record({
      wait: fc.integer({ min: 1, max: 40 }),
      by: fc.integer({ min: 0, max: 500 }),
      what: fc.oneof(
        { weight: 12, arbitrary: fc.constant('count') },
        { weight: 1, arbitrary: fc.constantFrom('reset', 'back', 'middle', 'vanish', 'absent', 'spike') },
      ),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((steps) => {
    let minutes = 0;
    let register = 2000;
    return steps.map(({ wait, by, what }): Reading => {
      minutes += what === 'vanish' ? 3 * 24 * 60 : wait;
      if (what === 'absent') return reading(minutes, null);
      if (what === 'spike') return reading(minutes, (register + 900_000) / 1000);
      if (what === 'reset') register = by;
      else if (what === 'middle') register = Math.trunc(register / 2);
      else if (what === 'back') register = Math.max(0, register - Math.min(by, 50));
      else register += by;
      return reading(minutes, register / 1000);
    });
  });

const minutes = fc.integer({ min: -30, max: 900 });
const spans = fc.tuple(minutes, fc.integer({ min: 1, max: 200 }));
const declared = fc.oneof(
  spans.map(([from, long]): Declared => ({ kind: 'exclusion', from, until: from + long - 1 })),
  fc
    .tuple(spans, fc.integer({ min: 0, max: 5000 }))
    .map(([[from, long], wh]): Declared => ({ kind: 'amount', from, until: from + long, kwh: wh / 1000 })),
  fc.record({ at: minutes, old: fc.option(fc.integer({ min: 0, max: 9000 })), new: fc.nat(5000) }).map(
    (one): Declared => ({
      ...{ kind: 'exchange', at: one.at, old: one.old === null ? null : one.old / 1000, new: one.new / 1000 },
    }),
  ),
);
const corrections = fc
  .array(declared, { maxLength: 6 })
  .map((list) => list.map((one, index) => correction(one, `correction-${index}`)));
const kinds = fc.constantFrom<CounterKind>('rising', 'net');

describe('a register with random corrections', () => {
  it('conserves: quantities = last register - first register + restarts, to the unit', () => {
    fc.assert(
      fc.property(life, corrections, kinds, (readings, list, kind) => {
        const sorted = readings.map(registerOf);
        const evidence = correctedEvidence(sorted, standingCorrections(list));
        const posting = postCounter(
          { kind, maxGapUs, quarterHourGapUs, certainMicro },
          null,
          evidence,
          ...ever,
        );
        const first = evidence.find(
          (item) => item.kind === 'exchange' || (item.kind === 'reading' && item.registerMicro !== null),
        );
        const firstMicro =
          first?.kind === 'exchange'
            ? first.newRegisterMicro
            : first?.kind === 'reading'
              ? (first.registerMicro ?? 0)
              : 0;
        const own = (posting.state?.baselineMicro ?? 0) - firstMicro;
        expect(sum(posting.entries) - sum(posting.entries, 'restart')).toBe(own);
      }),
      { numRuns: 500 },
    );
  });

  it('delivers each amount that applies exactly, where there is evidence around it', () => {
    fc.assert(
      fc.property(life, spans, fc.integer({ min: 0, max: 5000 }), (readings, [from, long], wh) => {
        const amount = correction({ kind: 'amount', from, until: from + long, kwh: wh / 1000 });
        const { entries } = postRegister(readings, [amount]);
        const registers = readings.filter(({ value }) => value !== null);
        const before = registers.findLast(({ atUs }) => atUs <= at(from));
        const after = registers.find(({ atUs }) => atUs >= at(from + long));
        if (before === undefined || after === undefined) return;
        const inside = postRegister(
          [...readings.filter(({ atUs }) => atUs <= before.atUs), after],
          [amount],
        ).entries;
        const without = postRegister(
          readings.filter(({ atUs }) => atUs <= before.atUs),
          [],
        ).entries;
        expect(sum(inside) - sum(without)).toBe(wh * 1000);
        const rest = postRegister(
          readings.filter(({ atUs }) => atUs >= after.atUs),
          [],
        ).entries;
        expect(sum(entries)).toBe(sum(inside) + sum(rest));
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order in which corrections were declared', () => {
    fc.assert(
      fc.property(
        life,
        corrections.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        kinds,
        (readings, [list, shuffled], kind) => {
          expect(postRegister(readings, shuffled, kind).entries).toEqual(
            postRegister(readings, list, kind).entries,
          );
        },
      ),
    );
  });
});

const nowUs = at(60 * 24 * 200);
const clock = { nowUs: () => nowUs, monotonicMs: () => 0 };

function unposted(entry: PostedEntry & { entityId?: string }): Entry {
  const { entityId: _id, revision: _revision, postedAtUs: _posted, cause: _cause, ...rest } = entry;
  return rest;
}

/** A ledger over stores in memory, posted at once when evidence is reported. */
class Books {
  readonly readings = new MemoryReadingStore();
  readonly corrections = new MemoryCorrections();
  readonly ledger = new MemoryLedger();
  readonly service: CorrectionService;
  readonly #meter: Meter;
  readonly #pageSize: number;

  constructor(meter: Meter, pageSize = 20_000) {
    this.#meter = meter;
    this.#pageSize = pageSize;
    const waiting: (readonly [Interval, ChangeCause])[] = [];
    const postingWorker = {
      markDirty: (_: string, span: Interval, cause: ChangeCause = 'readings') =>
        void waiting.push([span, cause]),
      settle: async () => {
        for (const [span, cause] of waiting.splice(0)) await this.post(span, cause);
      },
    };
    this.service = new CorrectionService({
      corrections: this.corrections,
      evidenceWith: (list) => this.evidence(async () => list),
      ledger: this.ledger,
      postingWorker,
      meterOf: () => meter,
      unposted: { load: async () => [], save: async () => undefined },
      heldUntil: () => null,
      clock,
      log: quietLog,
    });
  }

  evidence(list: (entityId: string) => Promise<readonly Correction[]>): StoredEvidence {
    const kindOf = () => (this.#meter.posts === 'register' ? this.#meter.kind : 'rising');
    const statistics = new MemoryStatisticsStore();
    return new StoredEvidence({ readings: this.readings, statistics, corrections: list, kindOf });
  }

  async read(batch: readonly Reading[]): Promise<void> {
    await this.readings.append(batch);
    const instants = batch.map(({ atUs }) => atUs);
    await this.post({ startUs: Math.min(...instants), endUs: Math.max(...instants) + 1 }, 'readings');
  }

  async post(span: Interval, cause: ChangeCause): Promise<void> {
    const evidence = this.evidence((id) => this.corrections.of(id));
    const deps = { evidence, ledger: this.ledger, clock, heldUntil: () => null };
    await repost(deps, { ...usualRules, pageSize: this.#pageSize }, this.#meter, { ...span, cause });
  }

  /** Leaves out withdrawn entries, which one posting of everything does not have. */
  standing(): Entry[] {
    return this.ledger
      .all()
      .filter((entry) => entry.reason !== 'withdrawn')
      .map(unposted);
  }
}

function meterThatPosts(kind: CounterKind | 'power'): Meter {
  return kind === 'power' ? { entityId, posts: 'power' } : { entityId, posts: 'register', kind };
}

function atOnce(kind: CounterKind | 'power', readings: readonly Reading[], list: readonly Correction[]) {
  if (kind !== 'power') return postRegister(readings, list, kind).entries;
  const { exclusions, amounts } = standingCorrections(list);
  const powers = [...readings].sort((a, b) => a.atUs - b.atUs).map((one) => powerOf(one, exclusions));
  const rules = { maxGapUs: usualRules.powerGapUs, onAboveMw: usualRules.onAboveMw };
  return postPower(rules, { powers, switches: [], amounts }, ...ever, nowUs);
}

/** Batches of readings, and corrections, in an order of their own. */
const arrivals = fc.tuple(life, corrections).chain(([readings, list]) =>
  fc
    .tuple(
      fc.shuffledSubarray(readings, { minLength: readings.length }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: readings.length, maxLength: readings.length }),
    )
    .chain(([shuffled, sizes]) => {
      const batches: Reading[][] = [];
      for (let from = 0, index = 0; from < shuffled.length; index += 1) {
        const size = sizes[index] ?? 1;
        batches.push(shuffled.slice(from, from + size));
        from += size;
      }
      const events: (Reading[] | Correction)[] = [...batches, ...list];
      return fc.shuffledSubarray(events, { minLength: events.length }).map((mixed) => ({ readings, mixed }));
    }),
);
const meters = fc.constantFrom<CounterKind | 'power'>('rising', 'net', 'power');

describe('readings and corrections that arrive in any order', () => {
  it('give the state of one posting of everything; each journal row stays', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        meters,
        fc.constantFrom(60, 20_000),
        async ({ readings, mixed }, kind, pageSize) => {
          const books = new Books(meterThatPosts(kind), pageSize);
          let journaled: readonly PostedEntry[] = [];
          for (const event of mixed) {
            if (Array.isArray(event)) await books.read(event);
            else await books.service.apply(event);
            expect(books.ledger.revisions.slice(0, journaled.length)).toEqual(journaled);
            journaled = [...books.ledger.revisions];
          }
          expect(books.standing()).toEqual(atOnce(kind, readings, books.corrections.declared));
        },
      ),
      { numRuns: 250 },
    );
  });

  it('have a preview equal to the outcome, and leave no trace after their removal', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, meters, async ({ readings, mixed }, kind) => {
        const books = new Books(meterThatPosts(kind));
        await books.read(readings);
        for (const asked of mixed) {
          if (Array.isArray(asked)) continue;
          const before = books.standing();
          const revisions = books.ledger.revisions.length;
          const previewed = await books.service.preview(asked);
          expect(books.standing()).toEqual(before);
          expect(books.ledger.revisions).toHaveLength(revisions);
          const outcome = await books.service.apply(asked);
          expect(outcome).toEqual(previewed);
          if (outcome.kind !== 'changed') continue;
          const { entries, quantityBeforeMicro, quantityAfterMicro, startUs, endUs } = outcome.changes;
          const quantity = (list: readonly Entry[]) =>
            sum(list.filter(({ quarterHourStartUs: us }) => us >= startUs && us < endUs));
          if (entries > 0) {
            expect(quantityBeforeMicro ?? 0).toBe(quantity(before));
            expect(quantityAfterMicro ?? 0).toBe(quantity(books.standing()));
          }
          expect(sum(books.standing()) - sum(before)).toBe(
            (quantityAfterMicro ?? 0) - (quantityBeforeMicro ?? 0),
          );
          // A repetition changes nothing.
          const written = books.ledger.revisions.length;
          expect(await books.service.apply(asked)).toMatchObject({ changes: { entries: 0 } });
          expect(books.ledger.revisions).toHaveLength(written);
          const undo = await books.service.preview({ takeBack: asked.correctionId });
          expect(await books.service.takeBack(asked.correctionId)).toEqual(undo);
          expect(books.standing()).toEqual(before);
          expect(await books.service.takeBack(asked.correctionId)).toEqual({ kind: 'unknown' });
          if (written > revisions)
            expect(books.ledger.revisions.at(-1)).toMatchObject({ cause: 'corrected' });
        }
      }),
      { numRuns: 120 },
    );
  });
});

describe('the correction service', () => {
  it('refuses a correction that contradicts another or is impossible, and names the field', async () => {
    const books = new Books(meterThatPosts('rising'));
    await books.read([reading(0, 1), reading(100, 2)]);
    const refused = async (one: Declared, id = 'other') => {
      const outcome = await books.service.apply(correction(one, id));
      return outcome.kind === 'refused' ? outcome.field : outcome.kind;
    };
    expect(await refused({ kind: 'amount', from: 0, until: 60, kwh: 1 }, 'first')).toBe('changed');
    expect(await refused({ kind: 'amount', from: 30, until: 90, kwh: 1 })).toBe('startUs');
    expect(await refused({ kind: 'exchange', at: 20, old: null, new: 0 })).toBe('atUs');
    expect(await refused({ kind: 'amount', from: 60, until: 60, kwh: 1 })).toBe('endUs');
    expect(await refused({ kind: 'amount', from: 60, until: 90, kwh: -1 })).toBe('amountMicro');
    expect(await refused({ kind: 'exclusion', from: 60 * 24 * 300, until: 60 * 24 * 301 })).toBe('startUs');
    expect(await refused({ kind: 'exclusion', from: 90, until: 60 })).toBe('endUs');
    expect(books.corrections.declared).toHaveLength(1);
  });

  it('posts at the next start the corrections of a process that died', async () => {
    const books = new Books(meterThatPosts('rising'));
    await books.read([reading(0, 1), reading(5, 90), reading(quarterHourUs / minute, 2)]);
    const spike = correction({ kind: 'exclusion', from: 5, until: 5 });
    await books.corrections.add(spike);
    let left: readonly { entityId: string; startUs: number; endUs: number }[] = [
      { entityId, ...intervalAt(at(5)) },
    ];
    const marked: [Interval, ChangeCause][] = [];
    const service = new CorrectionService(
      {
        corrections: books.corrections,
        evidenceWith: (list) => books.evidence(async () => list),
        ledger: books.ledger,
        postingWorker: {
          markDirty: (_, span, cause = 'readings') => void marked.push([span, cause]),
          settle: async () => {
            for (const [span, cause] of marked.splice(0)) await books.post(span, cause);
          },
        },
        meterOf: () => ({ entityId, posts: 'register', kind: 'rising' }),
        unposted: {
          load: async () => left,
          save: async (unpostedNow) => {
            left = unpostedNow;
          },
        },
        heldUntil: () => null,
        clock,
        log: quietLog,
      },
      1,
    );
    service.start();
    await expect.poll(() => left).toEqual([]);
    await service.stop();
    expect(sum(books.standing())).toBe(1_000_000);
  });
});
