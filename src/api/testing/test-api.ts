/** The API over the sampled home, in memory: every outside part can be made to be away. */

import type { OpenAPIHono } from '@hono/zod-openapi';
import {
  ConnectionSettings,
  type ConnectionSettingsDeps,
  type HomeAssistantTarget,
  type Trial,
} from '../../home/connection-settings.ts';
import { GridConnections } from '../../home/grid-connections.ts';
import { Home } from '../../home/home.ts';
import {
  FakeHomeAssistant,
  MemoryEntityStore,
  MemoryGridConnectionStore,
  MemorySettings,
  silentLog,
  testClock,
} from '../../home/testing/doubles.ts';
import type { Reading } from '../../recording/reading.ts';
import type { Curve, HourlyReadings, ReadingStore } from '../../recording/reading-store.ts';
import type { SyncLog, SyncRun } from '../../recording/sync-log.ts';
import { hourUs } from '../../units/durations.ts';
import { buildApp } from '../app.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import type { NewestValue, Recording } from '../http/ports.ts';
import { TestIntegrity } from './test-integrity.ts';
import { TestLedgerParts } from './test-ledger.ts';

export class TestReadings implements ReadingStore {
  rows: Reading[] = [];
  isDown = false;

  #of(entityId: string): Reading[] {
    if (this.isDown) throw new Error('postgres://admin:secret@127.0.0.1 is down');
    return this.rows.filter((row) => row.entityId === entityId).sort((a, b) => a.atUs - b.atUs);
  }
  async append(readings: readonly Reading[]): Promise<void> {
    this.rows.push(...readings);
  }
  async range(entityId: string, sinceUs: number, endUs: number, limit: number): Promise<Reading[]> {
    return this.#of(entityId)
      .filter((row) => row.atUs >= sinceUs && row.atUs < endUs)
      .slice(0, limit);
  }
  async before(entityId: string, atUs: number, withValue = false): Promise<Reading | null> {
    return (
      this.#of(entityId).findLast((row) => row.atUs < atUs && (!withValue || row.value !== null)) ?? null
    );
  }
  async newest(entityIds: readonly string[]): Promise<Map<string, Reading>> {
    return new Map(
      entityIds.flatMap((id) => {
        const last = this.#of(id).at(-1);
        return last === undefined ? [] : [[id, last] as const];
      }),
    );
  }
  async hourly(entityId: string, startUs: number, endUs: number): Promise<HourlyReadings[]> {
    const rows = await this.range(entityId, startUs, endUs, 1e9);
    const values = rows.flatMap((row) => row.value ?? []);
    if (values.length === 0) {
      const none = { min: null, max: null, mean: null, last: null, heldUs: 0 };
      return rows.length === 0 ? [] : [{ startUs, count: rows.length, ...none }];
    }
    // One hour with all there is: enough to see what an answer makes of it.
    return [
      {
        startUs,
        min: Math.min(...values),
        max: Math.max(...values),
        mean: values.reduce((sum, value) => sum + value, 0) / values.length,
        count: rows.length,
        last: values.at(-1) ?? null,
        heldUs: hourUs,
      },
    ];
  }
  async curve(entityId: string, sinceUs: number, endUs: number, points: number): Promise<Curve> {
    const rows = await this.range(entityId, sinceUs, endUs, points);
    const values = rows.map((row) => row.value);
    const atUs = rows.map((row) => row.atUs);
    return {
      unit: null,
      readingCount: rows.length,
      bucketUs: null,
      atUs,
      last: values,
      min: values,
      max: values,
    };
  }
  async count(): Promise<Map<string, number>> {
    return new Map();
  }
}

export class TestSyncLog implements SyncLog {
  runs: SyncRun[] = [];
  isDown = false;
  async save(run: SyncRun): Promise<void> {
    this.runs.push(run);
  }
  async find(syncId: string): Promise<SyncRun | null> {
    if (this.isDown) throw new Error('down');
    return this.runs.find((run) => run.syncId === syncId) ?? null;
  }
  async recent(limit: number): Promise<SyncRun[]> {
    if (this.isDown) throw new Error('down');
    return this.runs.slice(0, limit);
  }
}

export class TestRecording implements Recording {
  readonly values = new Map<string, NewestValue>();
  readonly counted = new Map<string, number>();
  canKeep = true;
  #listeners = new Set<Parameters<Recording['onReadings']>[0]>();
  #dayListeners = new Set<Parameters<Recording['onTodayChange']>[0]>();

  health(): ReturnType<Recording['health']> {
    return {
      recorder: {
        isOk: true,
        problem: null,
        lastReadingAtUs: null,
        received: 3,
        stored: 2,
        duplicates: 4,
        outOfOrder: 2,
        clockDriftUs: -1_500_000,
        writeErrors: 0,
        rejected: { not_a_number: 1 },
        lastRejection: { entityId: 'sensor.odd', reason: 'not_a_number', state: 'cosy', atUs: 1 },
        queueLength: 1,
        queueLimit: 10,
        canKeep: this.canKeep,
      },
      spool: { isOk: true, problem: null, bytes: 0, limitBytes: 1, readings: 0, isPaused: false },
    };
  }
  watch(): ReturnType<Recording['watch']> {
    const well = { isOk: true, problem: null };
    return {
      heartbeat: { ...well, lastPingAtUs: testClock.nowUs(), lastComparedAtUs: null, silences: 0 },
      disk: { ...well, freeBytes: 7_000_000_000, totalBytes: 30_000_000_000 },
      proof: { ...well, isRunning: false, verifiedUntilUs: null, unverifiedHours: null },
    };
  }
  subscription(): ReturnType<Recording['subscription']> {
    return {
      status: 'active',
      subscribedAtUs: testClock.nowUs(),
      lastEventAtUs: null,
      reconnectCount: 2,
      errorMessage: null,
    };
  }
  newest(entityId: string): NewestValue | null {
    return this.values.get(entityId) ?? null;
  }
  countedToday(entityId: string): number | null {
    return this.counted.get(entityId) ?? null;
  }
  readingsToday(): number {
    return 7;
  }
  midnightUs(): number | null {
    return null;
  }
  onReadings(listener: Parameters<Recording['onReadings']>[0]): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  onTodayChange(listener: Parameters<Recording['onTodayChange']>[0]): () => void {
    this.#dayListeners.add(listener);
    return () => this.#dayListeners.delete(listener);
  }
  /** A reading comes in. */
  report(reading: Reading): void {
    const newest = this.values.get(reading.entityId);
    if (newest === undefined || newest.atUs <= reading.atUs) this.values.set(reading.entityId, reading);
    for (const listener of this.#listeners) listener({ readings: [reading], missed: 0 });
  }
}

export interface TestApiOptions {
  readonly source?: ConnectionSettingsDeps['source'];
  readonly trial?: Trial;
  readonly isUnderSupervisor?: boolean;
  readonly panelDir?: string;
  /** Real ones instead of those in memory. */
  readonly parts?: Partial<ApiDeps>;
}

export class TestApi {
  readonly homeAssistant = new FakeHomeAssistant();
  readonly entityStore = new MemoryEntityStore();
  readonly settings = new MemorySettings();
  readonly connectionStore = new MemoryGridConnectionStore();
  readonly readings = new TestReadings();
  readonly syncLog = new TestSyncLog();
  readonly recording = new TestRecording();
  readonly ledger = new TestLedgerParts();
  readonly integrity = new TestIntegrity();
  readonly used: HomeAssistantTarget[] = [];
  readonly backfilled: (readonly string[] | undefined)[] = [];
  /** The back-fill under way. */
  filling: SyncRun | null = null;
  readonly storesUp = { questdb: true, mongodb: true };
  readonly home: Home;
  readonly deps: ApiDeps;
  readonly app: OpenAPIHono<ApiEnv>;

  constructor(options: TestApiOptions = {}) {
    const { homeAssistant, entityStore, settings } = this;
    this.home = new Home({
      homeAssistant,
      entityStore,
      settings,
      clock: testClock,
      log: silentLog,
      trackedOption: [],
    });
    const health = (isOk: boolean) => ({
      isOk,
      problem: isOk
        ? null
        : ({ code: 'store_silent', values: { store: 'a store', reason: 'away' } } as const),
    });
    this.deps = {
      version: '1.2.3',
      access: { ingressAddress: '172.30.32.2', trustsLoopbackIngress: options.isUnderSupervisor ?? false },
      panelDir: options.panelDir ?? '/nonexistent',
      homeAssistant,
      homeAssistantRefused: null,
      home: this.home,
      connection: new ConnectionSettings({
        source: options.source ?? { kind: 'saved' },
        settings,
        use: (target) => this.used.push(target),
        attempt: () =>
          Promise.resolve(options.trial ?? { kind: 'connected', version: '2026.11.0', energySources: 6 }),
        digest: (text) => `digest of ${text.length}`,
        clock: testClock,
        log: silentLog,
      }),
      gridConnections: new GridConnections({
        store: this.connectionStore,
        home: this.home,
        log: silentLog,
      }),
      entityStore,
      readingStore: this.readings,
      syncLog: this.syncLog,
      recording: this.recording,
      backfill: {
        request: (entityIds) => {
          this.backfilled.push(entityIds);
          return 'run-1';
        },
        running: (syncId) => (this.filling?.syncId === syncId ? this.filling : null),
        status: () => ({ isOk: true, problem: null, isRunning: false, lastFinishedAtUs: null }),
      },
      ledger: this.ledger.parts(),
      integrity: this.integrity.parts(),
      present: { readings: async () => undefined, ledger: async () => undefined },
      stores: {
        questdb: () => health(this.storesUp.questdb),
        mongodb: () => health(this.storesUp.mongodb),
      },
      clock: testClock,
      log: silentLog,
      ...options.parts,
    };
    this.app = buildApp(this.deps);
  }

  /** Connected, discovered, as after a good start. */
  async ready(): Promise<this> {
    this.homeAssistant.connect();
    await this.home.discover();
    return this;
  }

  /** A request of this machine, unless said otherwise. */
  fetch(
    path: string,
    init: {
      method?: string;
      headers?: Record<string, string>;
      json?: unknown;
      body?: string;
      from?: string;
    } = {},
  ): Promise<Response> {
    const body = init.json === undefined ? init.body : JSON.stringify(init.json);
    const headers = new Headers({ host: '127.0.0.1:8099', ...init.headers });
    if (init.json !== undefined) headers.set('content-type', 'application/json');
    if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)));
    const socket = { remoteAddress: init.from ?? '127.0.0.1' };
    return Promise.resolve(
      this.app.request(
        path,
        {
          method: init.method ?? (body === undefined ? 'GET' : 'POST'),
          headers,
          ...(body === undefined ? {} : { body }),
        },
        // Only the address is read; a whole IncomingMessage would say no more.
        { incoming: { socket } } as unknown as ApiEnv['Bindings'],
      ),
    );
  }
}
