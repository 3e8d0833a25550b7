/**
 * `npm run bench:posting [-- --meters 27 --days 365]`: how long it takes to post what an import of Home Assistant's
 * statistics has brought in (a year of hours and ten days of five-minute rows of each meter), and how late readings of
 * other meters are posted meanwhile; next to what QuestDB takes in the same run when one client sends it as many
 * ready-made lines. QuestDB is a process of its own with the container's settings; ledger and flows are in this one.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../../addon/paths.ts';
import { orEnd } from '../../addon/refusal.ts';
import { installSidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { readingsTable } from '../../src/adapters/questdb/reading-rows.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import { applied } from '../../src/adapters/questdb/wal.ts';
import { FlowKeeper } from '../../src/balance/flow-keeper.ts';
import type { Meter } from '../../src/ledger/entries/meter.ts';
import { StoredEvidence } from '../../src/ledger/evidence/stored-evidence.ts';
import { PostingWorker } from '../../src/ledger/posting/posting-worker.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Log } from '../../src/runtime/log.ts';
import { dayUs, hourUs } from '../../src/units/durations.ts';
import { quarterHourStartUs } from '../../src/units/quarter-hour.ts';
import { LiveMeters } from './live-meters.ts';
import { QuestdbProbe } from './questdb-probe.ts';
import { rawLedger } from './raw-ilp.ts';
import { timeZone } from './year-home.ts';
import { walApplied } from './year-stores.ts';

const { values } = parseArgs({
  options: {
    meters: { type: 'string', default: '27' },
    days: { type: 'string', default: '365' },
  },
});
const days = Number(values.days);
const meters: Meter[] = Array.from({ length: Number(values.meters) }, (_, place) => ({
  entityId: `sensor.bench_${String(place).padStart(2, '0')}_energy`,
  posts: 'register',
  kind: 'rising',
}));
const liveCount = 5;

const say = (line: string) => process.stdout.write(`${line}\n`);
const seconds = (sinceMs: number) => ((performance.now() - sinceMs) / 1000).toFixed(1);
const complain = (about: unknown, text: string) => say(`${text} ${JSON.stringify(about)}`);
const log: Log = { debug() {}, info() {}, warn: complain, error: complain, child: () => log };

const dataDir = mkdtempSync(join(tmpdir(), 'bench-posting-'));
const logsDir = join(cacheFolder, 'logs');
mkdirSync(logsDir, { recursive: true });
const stops: (() => Promise<void>)[] = [];

/** Rows as the import stores them, in the order of time as it stores them. */
async function makeRows(probe: QuestdbProbe, period: 'hour' | '5minute', startUs: number, endUs: number) {
  const lengthUs = period === 'hour' ? hourUs : hourUs / 12;
  const at = `${startUs}L + (s.x - 1) * ${lengthUs}L`;
  const register = `round((0.1 + 0.02 * m.x) * ((${at} + ${lengthUs}L - ${startUs - dayUs}L) / 3.6e9
    + 2 * sin((${at}) * ${(2 * Math.PI) / dayUs})), 3)`;
  await probe.rows(`INSERT INTO energy_statistics (entity_id, period, timestamp, state, unit, received)
    SELECT 'sensor.bench_' || lpad(cast(m.x - 1 AS STRING), 2, '0') || '_energy', '${period}', cast(${at} AS TIMESTAMP),
      ${register}, 'kWh', now()
    FROM long_sequence(${Math.floor((endUs - startUs) / lengthUs)}) s CROSS JOIN long_sequence(${meters.length}) m`);
}

async function run(): Promise<void> {
  const programs = await orEnd(installSidecars(say));
  const sidecars = await startSidecars({ programs, dataDir, logsDir, log: say });
  stops.push(() => sidecars.stop());
  const probe = new QuestdbProbe(sidecars.questdbUrl);
  const questdb = new QuestDb({
    url: sidecars.questdbUrl,
    pgUrl: sidecars.questdbPgUrl,
    clock: systemClock,
    log,
  });
  stops.push(() => questdb.stop());
  await questdb.prepared();
  const views = new QuestDbLedgerViews(questdb, () => timeZone);
  await views.prepare();
  const nowUs = systemClock.nowUs();
  const endUs = quarterHourStartUs(nowUs);
  await makeRows(probe, 'hour', endUs - days * dayUs, endUs);
  await makeRows(probe, '5minute', endUs - Math.min(10, days) * dayUs, endUs);
  await walApplied(probe, 60_000);

  const readings = new QuestDbReadingStore(questdb, systemClock);
  const statistics = new QuestDbStatisticsStore(questdb, systemClock);
  const ledger = new QuestDbLedgerStore(questdb);
  const evidence = new StoredEvidence({
    readings,
    statistics,
    corrections: async () => [],
    kindOf: () => 'rising',
  });
  const postingWorker = new PostingWorker({
    evidence,
    ledger,
    readable: () => applied(questdb, readingsTable),
    mark: { load: async () => nowUs, save: async () => undefined },
    receivedSince: async () => new Map(),
    heldUntil: () => null,
    clock: systemClock,
    log,
  });
  const sources = meters.slice(0, 3).map(({ entityId }) => entityId);
  const flows = new FlowKeeper({
    ledger,
    firstQuarterHourUs: async (ids) => (await views.extent(ids))?.firstUs ?? null,
    remembered: { load: async () => null, save: async () => undefined },
    clock: systemClock,
    log,
  });
  const live = new LiveMeters(liveCount, readings, postingWorker);
  postingWorker.setMeters([...meters, ...live.meters]);
  postingWorker.onPosted((entityId, span) => flows.posted(entityId, span));
  const [gridIn = '', gridOut = '', solar = ''] = sources;
  flows.setSources({ gridIn: [gridIn], gridOut: [gridOut], solar: [solar], batteryIn: [], batteryOut: [] });
  postingWorker.start();
  flows.start();
  stops.push(
    () => postingWorker.stop(),
    () => flows.stop(),
  );
  live.start();
  await live.posted(3, 60_000);
  const quiet = live.delays();

  const beganMs = performance.now();
  for (const { entityId } of meters)
    postingWorker.markDirty(entityId, { startUs: endUs - days * dayUs, endUs: nowUs });
  await postingWorker.settle();
  const postedSeconds = seconds(beganMs);
  const busy = live.delays();
  await flows.settle();
  const flowsSeconds = seconds(beganMs);
  await live.stop();
  await views.refreshed();
  await walApplied(probe, 60_000);
  const viewsSeconds = seconds(beganMs);

  const counted: Record<string, number> = {};
  for (const table of ['ledger_entries', 'ledger_journal', 'ledger_openings'])
    counted[table] = await probe.number(`SELECT count() FROM ${table}`);
  const rows = Object.values(counted).reduce((sum, count) => sum + count, 0);
  const raw = await rawLedger(probe, Math.min(rows, 1_000_000), meters.length);
  const printDelays = (name: string, delays: readonly number[]) => {
    const sorted = [...delays].sort((a, b) => a - b);
    const at = (part: number) =>
      ((sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN) / 1000).toFixed(1);
    say(
      `${name}: ${sorted.length} readings of ${liveCount} other meters posted, late by p50 ${at(0.5)} s, p95 ${at(0.95)} s, max ${at(1)} s`,
    );
  };
  say('');
  say(`${meters.length} meters, ${days} days of hours and 10 of five minutes: posted in ${postedSeconds} s,`);
  say(`with the home's flows in ${flowsSeconds} s, with views that know it in ${viewsSeconds} s`);
  say(`rows: ${JSON.stringify(counted)}; ${Math.round(rows / Number(flowsSeconds))} rows/s`);
  say(`raw ILP, as many ready-made lines into a table of the same shape: ${Math.round(raw)} lines/s`);
  say(`ratio: ${(rows / Number(flowsSeconds) / raw).toFixed(2)}`);
  printDelays('before', quiet);
  printDelays('meanwhile', busy);
  const { heapUsed, rss } = process.memoryUsage();
  say(
    `memory of this process at the end: ${Math.round(rss / 1e6)} MB, heap ${Math.round(heapUsed / 1e6)} MB`,
  );
}

try {
  await run();
} finally {
  for (const stop of stops.reverse()) await stop();
  rmSync(dataDir, { recursive: true, force: true });
}
