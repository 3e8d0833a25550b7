/**
 * Goal: however often a meter reports, and from whatever source its registers come (live, Home Assistant's history, its
 * rows, or any mixture with restarts between), the ledger has the same amounts; only the quality may differ. A
 * quarter-hour is measured only between registers that were reported beside its edges.
 * Method: homes whose use by the minute is known, meters of five rhythms, what Home Assistant records of them; posted
 * at once, and piece by piece in random order through the stored evidence.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../recording/reading.ts';
import { MemoryReadingStore, testClock } from '../../recording/testing/doubles.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { type Entry, qualities } from '../entries/entry.ts';
import type { StatisticsRecord } from '../evidence/statistics-store.ts';
import { StoredEvidence } from '../evidence/stored-evidence.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { MemoryStatisticsStore } from '../testing/statistics-doubles.ts';
import { repost, usualRules } from './reposting.ts';
import { verifyMeter } from './verification.ts';

const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;
const rowUs = 5 * minute;
const start = quarterHourStartUs(1_780_000_000_000_000);
const entityId = 'sensor.meter';

const rhythms = {
  'each second': { everyUs: second, jitterUs: 0, lateUs: 0, hours: 1 },
  'each ten seconds': { everyUs: 10 * second, jitterUs: second, lateUs: 0, hours: 3 },
  'each quarter-hour': { everyUs: 15 * minute, jitterUs: 10 * second, lateUs: 10 * second, hours: 24 },
  'each hour': { everyUs: hour, jitterUs: 3 * second, lateUs: 10 * second, hours: 48 },
  'once a day': { everyUs: 24 * hour, jitterUs: minute, lateUs: 3 * minute, hours: 24 * 12 },
} as const;
type RhythmName = keyof typeof rhythms;
const slow: readonly RhythmName[] = ['each hour', 'once a day'];

/** What a meter used by the minute, and the registers that it reported. */
interface Life {
  readonly name: RhythmName;
  readonly usedMwh: readonly number[];
  readonly reports: readonly { readonly atUs: number; readonly register: number }[];
}

function usedUntil(usedMwh: readonly number[], us: number): number {
  const whole = Math.floor(us / minute);
  let sum = 0;
  for (let at = 0; at < whole; at += 1) sum += usedMwh[at] ?? 0;
  return sum + Math.floor(((usedMwh[whole] ?? 0) * (us - whole * minute)) / minute);
}

/** @param pause of so many minutes in a hundred nothing is used, for half an hour or more */
function lifeOf(name: RhythmName, seed: number, pause: number): Life {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const { everyUs, jitterUs, lateUs, hours } = rhythms[name];
  const usedMwh: number[] = [];
  while (usedMwh.length < hours * 60) {
    const isPause = random() * 100 < pause;
    const minutes = isPause ? 30 + Math.floor(random() * 200) : 5 + Math.floor(random() * 60);
    // 60 W to 6 kW.
    const mwh = isPause ? 0 : Math.round(1000 * 10 ** (random() * 2));
    for (let n = 0; n < minutes; n += 1) usedMwh.push(mwh);
  }
  const reports: { atUs: number; register: number }[] = [];
  let register = 0;
  let at = 0;
  for (let us = lateUs; us < hours * hour; us += everyUs) {
    const exactUs = us + Math.round((random() * 2 - 1) * jitterUs);
    if (exactUs < 0) continue;
    for (; at < Math.floor(exactUs / minute); at += 1) register += usedMwh[at] ?? 0;
    const more = Math.floor(((usedMwh[at] ?? 0) * (exactUs - at * minute)) / minute);
    // The register shows whole watt-hours.
    reports.push({ atUs: start + exactUs, register: 5e9 + Math.floor((register + more) / 1000) * 1000 });
  }
  return { name, usedMwh, reports };
}

/** Home Assistant writes a state only when it changes. */
function readingsOf({ reports }: Life, origin: Reading['origin'] = 'stream'): Reading[] {
  return reports
    .filter(({ register }, place) => register !== reports[place - 1]?.register)
    .map(({ atUs, register }) => reading(atUs, register / 1e6, origin));
}

function reading(atUs: number, value: number | null, origin: Reading['origin'] = 'stream'): Reading {
  return {
    ...{
      entityId,
      atUs,
      value,
      absence: value === null ? 'unavailable' : null,
      unit: 'kWh',
      sourceUnit: 'kWh',
    },
    ...{ lastResetAtUs: null, origin },
  };
}

function rowsOf({ reports, name }: Life): StatisticsRecord[] {
  const rows: StatisticsRecord[] = [];
  let place = 0;
  for (let startUs = start; startUs < start + rhythms[name].hours * hour; startUs += rowUs) {
    while ((reports[place + 1]?.atUs ?? Infinity) < startUs + rowUs) place += 1;
    const report = reports[place];
    if (report === undefined || report.atUs >= startUs + rowUs) continue;
    const state = report.register / 1e6;
    const none = { mean: null, min: null, max: null };
    rows.push({
      ...{ entityId, period: '5minute', unit: 'kWh', startUs, endUs: startUs + rowUs },
      ...{ state, sum: state, ...none },
    });
  }
  return rows;
}

/** Home Assistant restarts between two reports: the entity is unavailable, then its old state is written again. */
function withRestarts(readings: readonly Reading[], seed: number): Reading[] {
  return readings.flatMap((one, place) => {
    const next = readings[place + 1];
    if (next === undefined || (seed + place) % 3 !== 0) return [one];
    const gapUs = next.atUs - one.atUs;
    const backUs = next.atUs - Math.min(5 * second, Math.floor(gapUs / 4));
    const awayUs = Math.max(one.atUs + 1, backUs - Math.floor(gapUs / 4));
    return [one, reading(awayUs, null), reading(backUs, one.value)];
  });
}

/**
 * Reports that were due while Home Assistant started: the next one has their energy; the old state is written again.
 */
function withLostReports(life: Life, seed: number): { readonly life: Life; readonly repeats: Reading[] } {
  const isLost = (place: number) => place > 0 && (place * 3 + seed) % 7 === 0;
  const reports = life.reports.filter((_, place) => !isLost(place));
  const repeats = life.reports.flatMap(({ atUs }, place) => {
    const before = life.reports[place - 1];
    return isLost(place) && before !== undefined ? [reading(atUs + minute, before.register / 1e6)] : [];
  });
  return { life: { ...life, reports }, repeats };
}

interface Posted {
  readonly readings: MemoryReadingStore;
  readonly statistics: MemoryStatisticsStore;
  readonly ledger: MemoryLedger;
  readonly deps: Parameters<typeof repost>[0];
}

const meter = { entityId, posts: 'register', kind: 'rising' } as const;

function emptyStores(): Posted {
  const readings = new MemoryReadingStore();
  const statistics = new MemoryStatisticsStore();
  const ledger = new MemoryLedger();
  const evidence = new StoredEvidence({
    readings,
    statistics,
    corrections: async () => [],
    kindOf: () => 'rising',
  });
  return {
    readings,
    statistics,
    ledger,
    deps: { evidence, ledger, clock: testClock, heldUntil: () => null },
  };
}

async function post(readings: readonly Reading[], rows: readonly StatisticsRecord[] = []): Promise<Entry[]> {
  const stores = emptyStores();
  await stores.readings.append(readings);
  await stores.statistics.append(rows);
  await repost(stores.deps, usualRules, meter, {
    startUs: 0,
    endUs: start + 400 * 24 * hour,
    cause: 'readings',
  });
  return stores.ledger.all();
}

const amounts = (entries: readonly Entry[]) =>
  entries
    .filter(({ amountMicro }) => amountMicro !== 0)
    .map(({ quarterHourStartUs: us, amountMicro }) => `${(us - start) / quarterHourUs}: ${amountMicro}`);

const isMeasured = ({ quality, coveredUs }: Entry) =>
  qualities.indexOf(quality) <= qualities.indexOf('recovered') && coveredUs === quarterHourUs;

const seeds = fc.integer({ min: 1, max: 1_000_000 });
/** The same homes each time; RHYTHMS_SEED tries others. */
const seed = Number(process.env.RHYTHMS_SEED ?? 20_261_128);

describe.each(Object.keys(rhythms) as RhythmName[])('a meter that reports %s', (name) => {
  const runs = name === 'each second' ? 4 : 12;

  it('gives the same quarter-hours live, by history, with rows and over restarts', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const life = lifeOf(name, seed, 0);
        const live = readingsOf(life);
        const alone = amounts(await post(live));
        expect(amounts(await post(readingsOf(life, 'history')))).toEqual(alone);
        expect(amounts(await post(live, rowsOf(life)))).toEqual(alone);
        if (rhythms[name].everyUs < 15 * minute) return;
        const restarted = await post(withRestarts(live, seed), rowsOf(life));
        expect(amounts(restarted)).toEqual(alone);
      }),
      { numRuns: runs, seed },
    );
  });

  it('measures the use of the home, and no quarter-hour at all for hourly or daily reports', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(0, 40), fc.boolean(), async (seed, pause, isLive) => {
        const whole = lifeOf(name, seed, pause);
        const isSlow = rhythms[name].everyUs >= 15 * minute;
        const { life, repeats } = isSlow ? withLostReports(whole, seed) : { life: whole, repeats: [] };
        const rows = rowsOf(life);
        // For some hours only the rows are left.
        const lostUs = start + (seed % 7) * hour;
        const isLost = ({ atUs }: Reading) => !isLive && atUs >= lostUs && atUs < lostUs + 2 * hour;
        const entries = await post(
          [...readingsOf(life), ...repeats].filter((one) => !isLost(one)),
          rows,
        );
        const mostMwh = Math.max(...life.usedMwh);
        for (const entry of entries.filter(isMeasured)) {
          const us = entry.quarterHourStartUs - start;
          const truth = usedUntil(life.usedMwh, us + quarterHourUs) - usedUntil(life.usedMwh, us);
          // The tolerance: a minute of the highest use at each edge, and the certain amount.
          const off = Math.abs(entry.amountMicro - truth);
          expect(off, `quarterHour ${us / quarterHourUs}`).toBeLessThanOrEqual(
            2 * mostMwh + usualRules.certainMicro,
          );
        }
        // A watt-hour is certain wherever it lies; nothing above that is measured.
        const measured = entries.filter(isMeasured).map(({ amountMicro }) => amountMicro);
        if (slow.includes(name))
          expect(Math.max(0, ...measured)).toBeLessThanOrEqual(usualRules.certainMicro);
      }),
      { numRuns: runs, seed },
    );
  });

  it('gives the same ledger in whatever order its evidence comes', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(0, 40), async (seed, pause) => {
        const life = lifeOf(name, seed, pause);
        const pieces = withRestarts(readingsOf(life), seed).map((one) => ({ one, row: null }));
        const rows = rowsOf(life).map((row) => ({ one: null, row }));
        const parts = 6;
        const batches = Array.from({ length: parts }, (_, part) =>
          [...pieces, ...rows].filter((_piece, place) => (place * 7 + seed) % parts === part),
        );
        const stores = emptyStores();
        for (const batch of batches) {
          const some = batch.flatMap(({ one }) => one ?? []);
          const table = batch.flatMap(({ row }) => row ?? []);
          await stores.readings.append(some);
          await stores.statistics.append(table);
          const instants = [
            ...some.map(({ atUs }) => atUs),
            ...table.flatMap((row) => [row.startUs, row.endUs]),
          ];
          const change = { startUs: Math.min(...instants), endUs: Math.max(...instants) + 1 };
          await repost(stores.deps, usualRules, meter, { ...change, cause: 'readings' });
        }
        const { evidence, ledger } = stores.deps;
        const { findings } = await verifyMeter({ evidence, ledger }, usualRules, meter, start, start + 1);
        expect(findings).toEqual([]);
      }),
      { numRuns: runs, seed },
    );
  });
});
