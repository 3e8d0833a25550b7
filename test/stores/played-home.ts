/** A home whose meters' past is played into the real stores, posted, and asked for through the whole API. */

import { expect, inject } from 'vitest';
import type { z } from 'zod';
import { MongoCorrectionStore } from '../../src/adapters/mongodb/correction-store.ts';
import { MongoCostVersionStore } from '../../src/adapters/mongodb/cost-version-store.ts';
import type { Documents } from '../../src/adapters/mongodb/documents.ts';
import { MongoGridConnectionStore } from '../../src/adapters/mongodb/grid-connection-store.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { readingsTable } from '../../src/adapters/questdb/reading-rows.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import { applied } from '../../src/adapters/questdb/wal.ts';
import { TestApi } from '../../src/api/testing/test-api.ts';
import { ConnectionFlows } from '../../src/balance/connection-flows.ts';
import { FlowKeeper } from '../../src/balance/flow-keeper.ts';
import { balanceSources } from '../../src/balance/sources.ts';
import { GridConnections } from '../../src/home/grid-connections.ts';
import { sensorState } from '../../src/home/testing/doubles.ts';
import { CorrectionService } from '../../src/ledger/corrections/correction-service.ts';
import { meterOf } from '../../src/ledger/entries/meter.ts';
import type { Correction } from '../../src/ledger/evidence/correction.ts';
import type { StatisticsRecord } from '../../src/ledger/evidence/statistics-store.ts';
import { StoredEvidence } from '../../src/ledger/evidence/stored-evidence.ts';
import { PostingWorker } from '../../src/ledger/posting/posting-worker.ts';
import { RunningLedger } from '../../src/ledger/posting/running-ledger.ts';
import type { Reading } from '../../src/recording/reading.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { LedgerViews } from '../../src/statistics/ledger-views.ts';
import { RunningViews } from '../../src/statistics/running-views.ts';
import { Today } from '../../src/statistics/today.ts';
import { hourUs } from '../../src/units/durations.ts';
import { openDocuments } from './documents-fixture.ts';
import { quietLog } from './questdb-fixture.ts';

export interface GridMeters {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** Registers of gas, in m³. */
  readonly gas?: readonly string[];
  /** Devices with a register, named by the preferences. */
  readonly devices?: readonly { readonly id: string; readonly parent?: string }[];
}

export class PlayedHome {
  readonly clock: Clock;
  readonly api: TestApi;
  readonly views: LedgerViews;
  readonly #stored: QuestDbLedgerViews;
  readonly #db: QuestDb;
  readonly #documents: Documents;
  readonly #readings: QuestDbReadingStore;
  readonly #statistics: QuestDbStatisticsStore;
  readonly #ledger: RunningLedger;
  readonly #evidence: StoredEvidence;
  readonly #postingWorker: PostingWorker;
  readonly #flows: FlowKeeper;
  readonly #connectionFlows: ConnectionFlows;
  readonly #meters: GridMeters;
  #zone = 'Europe/Brussels';

  /** @param nowUs the present of this home */
  constructor(meters: GridMeters, nowUs: number) {
    this.clock = { nowUs: () => nowUs, monotonicMs: () => performance.now() };
    const db = new QuestDb({
      url: inject('questdbUrl'),
      pgUrl: inject('questdbPgUrl'),
      clock: systemClock,
      log: quietLog,
    });
    this.#stored = new QuestDbLedgerViews(db, () => this.#zone);
    // As in the process: the running quarter-hour is in memory.
    const running = new RunningLedger({
      store: new QuestDbLedgerStore(db),
      summed: () => this.#stored.refreshed(),
      clock: this.clock,
    });
    this.#ledger = running;
    this.views = new RunningViews(this.#stored, running);
    const ledger = running;
    this.#db = db;
    this.#meters = meters;
    this.#documents = openDocuments();
    this.#readings = new QuestDbReadingStore(db, systemClock);
    this.#statistics = new QuestDbStatisticsStore(db, this.clock);
    const corrections = new MongoCorrectionStore(this.#documents);
    const evidenceOf = (declared: (entityId: string) => Promise<readonly Correction[]>) =>
      new StoredEvidence({
        readings: this.#readings,
        statistics: this.#statistics,
        corrections: declared,
        kindOf: () => 'rising',
      });
    this.#evidence = evidenceOf((entityId) => corrections.of(entityId));
    this.#postingWorker = new PostingWorker({
      evidence: this.#evidence,
      ledger,
      readable: () => applied(db, readingsTable),
      mark: { load: async () => 0, save: async () => undefined },
      receivedSince: async () => new Map(),
      heldUntil: () => null,
      clock: this.clock,
      log: quietLog,
    });
    const flowDeps = {
      ledger,
      firstQuarterHourUs: async (ids: readonly string[]) => (await this.views.extent(ids))?.firstUs ?? null,
      remembered: { load: async () => null, save: async () => undefined },
      clock: this.clock,
      log: quietLog,
    };
    this.#flows = new FlowKeeper(flowDeps);
    this.#connectionFlows = new ConnectionFlows(flowDeps);
    this.#postingWorker.onPosted((entityId, news) => {
      this.#flows.posted(entityId, news);
      this.#connectionFlows.posted(entityId, news);
    });
    const connections = new GridConnections({
      store: new MongoGridConnectionStore(this.#documents),
      home: {
        entity: (entityId) => this.api.home.entity(entityId),
        renames: () => this.api.home.renames(),
      },
      log: quietLog,
    });
    connections.onChange(() => this.#connectionFlows.setConnections(connections.known() ?? []));
    const memory = new TestApi();
    this.api = new TestApi({
      parts: {
        clock: this.clock,
        gridConnections: connections,
        readingStore: this.#readings,
        ledger: {
          ...memory.ledger.parts(),
          views: this.views,
          store: running,
          statistics: this.#statistics,
          corrections: new CorrectionService({
            corrections,
            evidenceWith: (declared) => evidenceOf(async () => declared),
            ledger: running,
            postingWorker: this.#postingWorker,
            meterOf: (entityId) => ({ entityId, posts: 'register', kind: 'rising' }),
            unposted: { load: async () => [], save: async () => undefined },
            heldUntil: () => null,
            clock: this.clock,
            log: quietLog,
          }),
          costVersions: new MongoCostVersionStore(this.#documents),
          postingWorker: this.#postingWorker,
        },
      },
    });
  }

  async start(zone = this.#zone): Promise<void> {
    this.#zone = zone;
    await this.#db.prepared();
    await this.#stored.prepare();
    const { imports, exports, devices = [], gas = [] } = this.#meters;
    const { homeAssistant, home } = this.api;
    const electric = [...imports, ...exports, ...devices.map((device) => device.id)];
    const ids = [...electric, ...gas];
    homeAssistant.currentStates = [
      ...electric.map((id) => sensorState(id, 'kWh', 'energy', 'total_increasing')),
      ...gas.map((id) => sensorState(id, 'm³', 'gas', 'total_increasing')),
    ];
    homeAssistant.preferences = {
      energy_sources: [
        {
          type: 'grid',
          flow_from: imports.map((stat_energy_from) => ({ stat_energy_from })),
          flow_to: exports.map((stat_energy_to) => ({ stat_energy_to })),
        },
        ...gas.map((stat_energy_from) => ({ type: 'gas', stat_energy_from })),
      ],
      device_consumption: devices.map(({ id, parent }) => ({
        stat_consumption: id,
        ...(parent === undefined ? {} : { included_in_stat: parent }),
      })),
    };
    await this.api.ready();
    const tracked = home.tracked();
    expect(tracked.map((entity) => entity.entityId).sort()).toEqual([...ids].sort());
    this.#postingWorker.setMeters(tracked.flatMap((entity) => meterOf(entity, tracked) ?? []));
    this.#flows.setSources(balanceSources(home.entities(), home.unknownSources()));
  }

  /** Registers at instants, as an import brings them; null while the meter was unavailable. */
  async play(
    entityId: string,
    registers: readonly (readonly [atUs: number, value: number | null])[],
    unit: 'kWh' | 'm³' = 'kWh',
  ): Promise<void> {
    const readings = registers.map(
      ([atUs, value]): Reading => ({
        ...{ entityId, atUs, value, absence: value === null ? 'unavailable' : null, unit, sourceUnit: unit },
        ...{ lastResetAtUs: null, origin: 'import' },
      }),
    );
    await this.#readings.append(readings);
    this.#touched(
      entityId,
      readings.map((reading) => reading.atUs),
    );
  }

  /** Home Assistant's hourly rows: the register at the end of each hour, made of what was counted. */
  async playHours(
    entityId: string,
    hours: readonly (readonly [startUs: number, kwh: number])[],
    fromKwh = 5000,
  ): Promise<void> {
    let sumWh = 0;
    const rows = hours.map(([startUs, kwh]): StatisticsRecord => {
      sumWh += Math.round(kwh * 1000);
      const [state, sum] = [(Math.round(fromKwh * 1000) + sumWh) / 1000, sumWh / 1000];
      const none = { mean: null, min: null, max: null, unit: 'kWh' };
      return { entityId, period: 'hour', startUs, endUs: startUs + hourUs, state, sum, ...none };
    });
    await this.#statistics.append(rows);
    this.#touched(
      entityId,
      rows.flatMap((row) => [row.startUs, row.endUs]),
    );
  }

  #touched(entityId: string, instants: readonly number[]): void {
    const startUs = instants.reduce((least, us) => Math.min(least, us));
    const endUs = instants.reduce((most, us) => Math.max(most, us));
    this.#postingWorker.markDirty(entityId, { startUs, endUs: endUs + 1 });
  }

  /** The day as the Now page has it, read from what is stored. */
  async today(): Promise<Today> {
    const tracked = new Map(this.api.home.tracked().map((entity) => [entity.entityId, entity]));
    const today = new Today({
      recorder: {
        tracked: () => tracked,
        newest: () => new Map(),
        settled: async () => undefined,
        onReadings: () => () => undefined,
      },
      readings: this.#readings,
      ledger: this.#ledger,
      evidence: this.#evidence,
      postingWorker: this.#postingWorker,
      clock: this.clock,
      log: quietLog,
      zone: () => this.views.zone(),
    });
    const isRead = new Promise<void>((resolve) => {
      today.onChange((ids) => {
        if (ids.length > 0 && ids.every((id) => today.of(id).counted !== null)) resolve();
      });
    });
    today.start();
    await isRead;
    await today.stop();
    return today;
  }

  /** Everything reported is posted, and the views show it. */
  async settle(): Promise<void> {
    await this.#postingWorker.settle();
    await this.#flows.settle();
    await this.#connectionFlows.settle();
    await this.#stored.refreshed();
  }

  async get<T extends z.ZodType>(path: string, schema: T, code = 200): Promise<z.output<T>> {
    return this.#parsed(await this.api.fetch(path), schema, code);
  }

  async post<T extends z.ZodType>(path: string, json: unknown, schema: T, code = 200): Promise<z.output<T>> {
    return this.#parsed(await this.api.fetch(path, { json }), schema, code);
  }

  async #parsed<T extends z.ZodType>(response: Response, schema: T, code: number): Promise<z.output<T>> {
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body).slice(0, 500)).toBe(code);
    return schema.parse(body);
  }

  async stop(): Promise<void> {
    await this.#postingWorker.stop();
    await this.#flows.stop();
    await this.#connectionFlows.stop();
    await this.#db.stop();
    await this.#documents.stop();
  }
}
