/**
 * Goal: on first tracking a home, its past stands in the ledger by itself, and each day is what the home's own
 * registers counted that day, wherever the process was killed meanwhile; a receipt after a crash covers the rows of
 * statistics.
 * Method: the importer brings thirty days of hours and ten of five minutes out of a demo home into a real QuestDB,
 * cut off once in the middle; the ledger posts, and the views' days and hours are held against the registers in the
 * home's model.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoHome, startDemoHome } from '../../addon/demo-home/demo-home.ts';
import { endpointFromUrl } from '../../src/adapters/homeassistant/endpoint.ts';
import {
  createHomeAssistant,
  type HomeAssistantConnection,
} from '../../src/adapters/homeassistant/home-assistant.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import { MemorySettings } from '../../src/home/testing/doubles.ts';
import { StoredEvidence } from '../../src/ledger/evidence/stored-evidence.ts';
import { repost, usualRules } from '../../src/ledger/posting/reposting.ts';
import { verifyMeter } from '../../src/ledger/posting/verification.ts';
import { HistoryImport } from '../../src/ledger/statistics-import/history-import.ts';
import type { ImportEntity } from '../../src/ledger/statistics-import/import-deps.ts';
import { MemorySyncLog } from '../../src/recording/testing/doubles.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { bucketEdges } from '../../src/units/calendar.ts';
import { dayUs, hourUs } from '../../src/units/durations.ts';
import { canonicalUnit, quantityOf, toCanonical } from '../../src/units/quantity.ts';
import { eventually, openQuestDb, quietLog } from './questdb-fixture.ts';

const { db, store } = openQuestDb();
const ledger = new QuestDbLedgerStore(db);
const views = new QuestDbLedgerViews(db, () => zone);
const statistics = new QuestDbStatisticsStore(db, systemClock);
const zone = 'Europe/Brussels';
/** The week after the clocks go back lies in the thirty days. */
const nowUs = Date.UTC(2025, 10, 12, 9, 20) * 1000;
const homeClock = { nowUs: () => nowUs, monotonicMs: () => performance.now() };

let demo: DemoHome;
let client: HomeAssistantConnection;
const entities: ImportEntity[] = [];
const evidence = new StoredEvidence({
  readings: store,
  statistics,
  corrections: async () => [],
  kindOf: () => 'rising',
});
const deps = { evidence, ledger, clock: homeClock, heldUntil: () => null };
const settings = new MemorySettings();
const log = new MemorySyncLog();

function importer(signal: { onPost?: () => void } = {}): HistoryImport {
  return new HistoryImport(
    {
      homeAssistant: client,
      statistics,
      syncLog: log,
      settings,
      entities: () => entities,
      post: async (spans) => {
        signal.onPost?.();
        for (const [entityId, span] of spans) {
          const meter = { entityId, posts: 'register', kind: 'rising' } as const;
          await repost(deps, usualRules, meter, { ...span, cause: 'statistics' });
        }
      },
      isBusy: () => false,
      clock: homeClock,
      log: quietLog,
      newId: () => `run-${log.runs.size}`,
    },
    { startDelayMs: 0, breathMs: 0, retryFirstMs: 20, retryLimitMs: 200 },
  );
}

/** What the home's own register says at an instant, in its canonical unit. */
function registerAt(entityId: string, atUs: number): number {
  const rows = demo.statistics.hours(entityOf(entityId), atUs - hourUs, atUs);
  const register = rows.at(-1)?.state;
  if (register === null || register === undefined) throw new Error(`${entityId} has no register`);
  const canonical = toCanonical(register, entityOf(entityId).definition.unit ?? '');
  if (canonical === null) throw new Error(`${entityId} is in no unit of ours`);
  return canonical.value;
}

function entityOf(entityId: string) {
  const entity = demo.home.entities.get(entityId);
  if (entity === undefined) throw new Error(`the demo home has no ${entityId}`);
  return entity;
}

beforeAll(async () => {
  await db.prepared();
  await views.prepare();
  demo = await startDemoHome({
    token: 'secret',
    port: 0,
    seed: 11,
    paceMs: 0,
    p1Seconds: 10,
    clock: homeClock,
    timeZone: zone,
  });
  const endpoint = endpointFromUrl(demo.url);
  if (endpoint.kind === 'invalid') throw new Error(endpoint.error);
  const { websocketUrl } = endpoint;
  client = createHomeAssistant({
    endpoint: { websocketUrl, token: 'secret', source: 'environment' },
    clock: systemClock,
    log: quietLog,
  });
  // Each device class and unit once, and two meters of kWh: the model reckons every state of a month.
  const kinds = new Map<string, number>();
  for (const { entityId, definition } of demo.home.entities.values()) {
    const { deviceClass, stateClass, unit } = definition;
    const isRegister = stateClass === 'total_increasing';
    const kind = `${deviceClass} ${unit}`;
    const seen = kinds.get(kind) ?? 0;
    if ((!isRegister && kind !== 'power W') || seen >= (kind === 'energy kWh' ? 2 : 1)) continue;
    kinds.set(kind, seen + 1);
    const quantity = quantityOf(unit);
    if (quantity === null) continue;
    const posting = !isRegister ? null : quantity === 'energy' ? 'together' : 'alone';
    entities.push({ entityId, unit: canonicalUnit[quantity], posting });
  }
});
afterAll(async () => {
  await client.stop();
  await demo.stop();
  await db.stop();
});

describe('the past of a home', { timeout: 180_000 }, () => {
  it('comes in by itself, over a process that is cut off', async () => {
    expect(entities.filter(({ posting }) => posting !== null).length).toBeGreaterThanOrEqual(4);
    const first = importer();
    first.start();
    // The connection comes up only now: the import waits for it.
    client.start();
    await eventually(async () => (first.status().run?.readingsAdded ?? 0) > 0);
    await first.stop();
    const beforeUs = systemClock.nowUs();
    const second = importer();
    second.start();
    await eventually(async () => second.status().lastFinishedAtUs !== null);
    await second.stop();
    const [run] = await log.recent(1);
    expect(run).toMatchObject({ status: 'success', entitiesTotal: entities.length, kind: 'statistics' });
    for (const { entityId, unit } of entities) {
      const hours = await statistics.range(entityId, 'hour', 0, nowUs, 10_000);
      const homeHours = demo.statistics.hours(entityOf(entityId), 0, nowUs);
      expect(hours.map((row) => row.startUs / 1000)).toEqual(homeHours.map((row) => row.startMs));
      expect(new Set(hours.map((row) => row.unit))).toEqual(new Set([unit]));
      const short = await statistics.range(entityId, '5minute', 0, nowUs, 10_000);
      expect(short.length).toBeGreaterThan(2800);
    }
    const received = await statistics.receivedSince(beforeUs);
    for (const { entityId } of entities)
      expect(received.get(entityId)?.endUs).toBeGreaterThanOrEqual(nowUs - 2 * hourUs);
    expect((await statistics.receivedSince(systemClock.nowUs())).has(entities[0]?.entityId ?? '')).toBe(
      false,
    );
  });

  it('stands in the ledger: each day is what the registers counted', async () => {
    await views.refreshed();
    const startUs = nowUs - 29 * dayUs;
    let compared = 0;
    for (const { entityId, posting } of entities) {
      if (posting === null) continue;
      const edges = bucketEdges(startUs, nowUs - dayUs, 'day', zone);
      const days = await views.buckets([entityId], 'day', startUs, nowUs);
      const byStart = new Map(days.map((day) => [day.startUs, day]));
      for (const [index, edgeUs] of edges.slice(1, -1).entries()) {
        const endUs = edges[index + 2] ?? edgeUs;
        const counted = registerAt(entityId, endUs) - registerAt(entityId, edgeUs);
        const day = byStart.get(edgeUs);
        expect((day?.amountMicro ?? Number.NaN) / 1e6, `${entityId} ${new Date(edgeUs / 1000)}`).toBeCloseTo(
          counted,
          5,
        );
        compared += 1;
      }
      const findings = await verifyMeter(
        deps,
        usualRules,
        { entityId, posts: 'register', kind: 'rising' },
        startUs,
        nowUs,
      );
      expect(findings).toMatchObject({ findings: [] });
    }
    expect(compared).toBeGreaterThanOrEqual(4 * 26);
  });

  it('says of each hour how well it is known', async () => {
    const meter = entities.find(({ posting }) => posting !== null)?.entityId ?? '';
    const of = async (startUs: number) =>
      (await ledger.current(meter, startUs, startUs + 6 * hourUs)).map(({ quality }) => quality);
    expect(new Set(await of(nowUs - 20 * dayUs))).toEqual(new Set(['hourly']));
    expect(new Set(await of(nowUs - 5 * dayUs))).toEqual(new Set(['recovered']));
  });
});
