/**
 * Fills the stores with the year-home. Its readings and its meters' entries are made by QuestDB itself (25.9 million
 * rows would take Node minutes to spell); tables, views, entities and settings are made by the product's own adapters,
 * and the home's flows are posted by the process when it starts.
 */

import { MongoCostVersionStore } from '../../src/adapters/mongodb/cost-version-store.ts';
import { Documents } from '../../src/adapters/mongodb/documents.ts';
import { MongoEntityStore } from '../../src/adapters/mongodb/entity-store.ts';
import { MongoSettingsStore } from '../../src/adapters/mongodb/settings-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { homeConfigSetting } from '../../src/home/home-record.ts';
import { Settings } from '../../src/home/settings.ts';
import { markSetting } from '../../src/ledger/posting/posting-worker.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Log } from '../../src/runtime/log.ts';
import { dayUs, quarterHourUs } from '../../src/units/durations.ts';
import { quarterHourStartUs } from '../../src/units/quarter-hour.ts';
import { type QuestdbProbe, until } from './questdb-probe.ts';
import { homeConfig, timeZone, type YearMeter } from './year-home.ts';

export interface YearSpan {
  readonly ledgerFromUs: number;
  readonly readingsFromUs: number;
  /** The end of the last quarter-hour; the home's now. */
  readonly endUs: number;
}

export interface StoreUrls {
  readonly questdbUrl: string;
  readonly questdbPgUrl: string;
  readonly mongodbUrl: string;
}

const everyUs = 10_000_000;
const spanKey = 'bench_span';
const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent } as Log;

export function yearSpan(nowUs: number, ledgerDays: number, readingDays: number): YearSpan {
  const endUs = quarterHourStartUs(nowUs);
  return {
    ledgerFromUs: endUs - ledgerDays * dayUs,
    readingsFromUs: endUs - readingDays * dayUs,
    endUs,
  };
}

/** What a meter has counted at an instant, as SQL: its rate, more by day than by night, never falling. */
const counted = (atUs: string) =>
  `m.rate * ((${atUs}) / 3.6e9 + 2 * sin((${atUs}) * ${(2 * Math.PI) / dayUs}))`;

async function makeMeters(probe: QuestdbProbe, meters: readonly YearMeter[]): Promise<void> {
  await probe.rows('DROP TABLE IF EXISTS bench_meters');
  await probe.rows(
    'CREATE TABLE bench_meters (place INT, entity_id SYMBOL, unit SYMBOL, is_posted BOOLEAN, is_register BOOLEAN, rate DOUBLE)',
  );
  const rows = meters.map(({ entity, unit, isPosted, rate }, place) => {
    const isRegister = entity.quantity === 'energy' || entity.quantity === 'volume';
    return `(${place}, '${entity.entityId}', '${unit}', ${isPosted}, ${isRegister}, ${rate})`;
  });
  await probe.rows(`INSERT INTO bench_meters VALUES ${rows.join(', ')}`);
}

/** A day at a time, in the order of time, as they would have come. */
async function makeReadings(probe: QuestdbProbe, { readingsFromUs, endUs }: YearSpan): Promise<void> {
  const count = dayUs / everyUs;
  // Each entity reports at instants of its own.
  const at = (startUs: number) => `${startUs} + (s.x - 1) * ${everyUs} + m.place * 70001L`;
  for (let startUs = readingsFromUs; startUs < endUs; startUs += dayUs)
    await probe.rows(`INSERT INTO energy_readings
      (entity_id, timestamp, state, unit, source_unit, origin, received)
      SELECT m.entity_id, cast(${at(startUs)} AS TIMESTAMP),
        CASE WHEN m.is_register THEN round(${counted(at(startUs))}, 3)
          ELSE round(m.rate * (1 + 0.5 * sin(s.x / 300.0) + rnd_double() / 5), 1) END,
        m.unit, m.unit, 'stream', cast(${endUs} AS TIMESTAMP)
      FROM long_sequence(${count}) s CROSS JOIN bench_meters m`);
}

async function makeEntries(probe: QuestdbProbe, { ledgerFromUs, endUs }: YearSpan): Promise<void> {
  const stepUs = 30 * dayUs;
  for (let startUs = ledgerFromUs; startUs < endUs; startUs += stepUs) {
    const count = Math.round((Math.min(startUs + stepUs, endUs) - startUs) / quarterHourUs);
    const at = `${startUs} + (s.x - 1) * ${quarterHourUs}`;
    const quarters = `FROM long_sequence(${count}) s CROSS JOIN
      (SELECT place, entity_id, is_register, rate FROM bench_meters WHERE is_posted) m`;
    const amount = (us: string) => `cast(round(1e6 * ${counted(us)}) AS LONG)`;
    for (const table of ['ledger_journal', 'ledger_entries'])
      await probe.rows(`INSERT INTO ${table} (entity_id, kind, timestamp, amount, quality, covered, reason,
          first_evidence, last_evidence, on_time, provisional, revision, posted_at)
        SELECT m.entity_id, 'quantity', cast(${at} AS TIMESTAMP), ${amount(`${at} + ${quarterHourUs}`)} - ${amount(at)},
          CASE WHEN s.x % 97 = 0 THEN 2 ELSE 0 END, ${quarterHourUs}L,
          CASE WHEN m.is_register THEN 'counted' ELSE 'integrated' END,
          cast(${at} AS TIMESTAMP), cast(${at} + ${quarterHourUs} AS TIMESTAMP),
          CASE WHEN m.is_register THEN null ELSE ${quarterHourUs}L END, false, 1,
          cast(${at} + ${quarterHourUs} AS TIMESTAMP) ${quarters}`);
    await probe.rows(`INSERT INTO ledger_openings (entity_id, timestamp, baseline, register, at, told_by)
      SELECT m.entity_id, cast(${at} AS TIMESTAMP), 0L, ${amount(at)}, cast(${at} AS TIMESTAMP), 'reading'
      ${quarters} WHERE m.is_register`);
  }
}

export async function walApplied(probe: QuestdbProbe, withinMs: number): Promise<void> {
  await until('the tables', withinMs, async () => {
    const behind = await probe.number(
      'SELECT count() FROM wal_tables() WHERE writerTxn < sequencerTxn AND NOT suspended',
    );
    const suspended = await probe.rows('SELECT name FROM wal_tables() WHERE suspended');
    if (suspended.length > 0) throw new Error(`QuestDB suspended ${JSON.stringify(suspended)}`);
    return behind === 0;
  });
}

/** Fills stores that are empty; of those that are filled already, returns the span. */
export async function fillYear(
  urls: StoreUrls,
  probe: QuestdbProbe,
  meters: readonly YearMeter[],
  wanted: YearSpan,
  say: (line: string) => void,
): Promise<YearSpan> {
  const documents = new Documents({ url: urls.mongodbUrl, log: silent });
  const questdb = new QuestDb({
    url: urls.questdbUrl,
    pgUrl: urls.questdbPgUrl,
    clock: systemClock,
    log: silent,
  });
  const store = new MongoSettingsStore(documents);
  const settings = new Settings(store, silent);
  const timed = async (what: string, work: () => Promise<void>) => {
    const beganMs = performance.now();
    await work();
    say(`${what}: ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
  };
  try {
    const known = (await store.get(spanKey)) as YearSpan | undefined;
    if (known !== undefined) return known;
    await questdb.prepared();
    await makeMeters(probe, meters);
    const { readingsFromUs, ledgerFromUs, endUs } = wanted;
    await timed(`readings of ${(endUs - readingsFromUs) / dayUs} days`, async () => {
      await makeReadings(probe, wanted);
      await walApplied(probe, 600_000);
    });
    await timed(`entries of ${(endUs - ledgerFromUs) / dayUs} days`, async () => {
      await makeEntries(probe, wanted);
      await walApplied(probe, 600_000);
    });
    await timed(
      'views of hours and days',
      async () => void (await new QuestDbLedgerViews(questdb, () => timeZone).prepare()),
    );
    await probe.rows('DROP TABLE bench_meters');
    const nowUs = Date.now() * 1000;
    await new MongoEntityStore(documents, settings).saveDiscovered(
      meters.map(({ entity }) => entity),
      () => true,
      nowUs,
    );
    await settings.set(homeConfigSetting, homeConfig, nowUs);
    // Posted until here, so that the process posts nothing again.
    await settings.set(markSetting, nowUs, nowUs);
    const prices = new MongoCostVersionStore(documents);
    for (const [index, pricePerKwhMicro] of [312_000, 287_000].entries())
      await prices.add({
        costVersionId: `bench-${index}`,
        pricePerKwhMicro,
        effectiveFromUs: index === 0 ? ledgerFromUs - dayUs : quarterHourStartUs((ledgerFromUs + endUs) / 2),
        area: null,
        notes: '',
        createdAtUs: nowUs,
      });
    await store.set(spanKey, wanted, nowUs);
    return wanted;
  } finally {
    await Promise.all([documents.stop(), questdb.stop()]);
  }
}
