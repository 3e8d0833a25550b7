/** The whole process: services over adapters, started and stopped in order. main.ts passes the real adapters. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { recordingView } from '../api/answers/recording-view.ts';
import { ApiServer } from '../api/server.ts';
import { ConnectionSettings, type HomeAssistantTarget, type Trial } from '../home/connection-settings.ts';
import type { EntityStore } from '../home/entity-store.ts';
import type { GridConnectionStore } from '../home/grid-connection-store.ts';
import { GridConnections } from '../home/grid-connections.ts';
import { Home } from '../home/home.ts';
import type { HomeAssistant } from '../home/home-assistant.ts';
import type { SettingsStore } from '../home/settings-store.ts';
import { Backfill } from '../recording/backfill/backfill.ts';
import type { CoverageStore } from '../recording/coverage-store.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import { RecordingEvents } from '../recording/recording-events.ts';
import { Recorder } from '../recording/stream/recorder.ts';
import type { SubscriptionStore, SyncLog } from '../recording/sync-log.ts';
import type { DiskSpace, DiskWatchLimits } from '../recording/write/disk-watch.ts';
import { FileSpool } from '../recording/write/spool/file-spool.ts';
import type { Clock } from '../runtime/clock.ts';
import { waitAtMost } from '../runtime/deadline.ts';
import type { Log } from '../runtime/log.ts';
import { type Service, serviceOf, startServices, stopServices } from '../runtime/service.ts';
import { Today } from '../statistics/today.ts';
import type { CostVersionStore } from '../tariffs/cost-version-store.ts';
import { type IntegrityAdapters, IntegrityServices } from './integrity-services.ts';
import { type LedgerAdapters, LedgerServices } from './ledger-services.ts';
import type { Options } from './options.ts';
import { RecordingServices } from './recording-services.ts';
import { StoreHealth } from './store-health.ts';

/**
 * Everything outside the process. `start` begins to connect and returns; the process runs while any of it is away.
 */
export interface Adapters extends LedgerAdapters, IntegrityAdapters {
  readonly homeAssistant: HomeAssistant & {
    start(): void;
    stop(): Promise<void>;
    /** Connects to this Home Assistant from now on. */
    use(target: HomeAssistantTarget): void;
    reconnect(reason: string): void;
    lastPingAtUs(): number | null;
  };
  readonly tryHomeAssistant: (target: HomeAssistantTarget) => Promise<Trial>;
  readonly readingStore: ReadingStore;
  readonly coverageStore: CoverageStore;
  /** Nothing is written to QuestDB while `held` says why not. */
  readonly holdStoreWrites: (held: () => string | null) => void;
  /** QuestDB resumes what it gave up on a full disk. Rejects when it does not answer. */
  readonly mendStore: () => Promise<void>;
  /** Of the disk that DATA_DIR is on. */
  readonly diskSpace: () => Promise<DiskSpace>;
  readonly costVersionStore: CostVersionStore;
  readonly gridConnectionStore: GridConnectionStore;
  readonly pingQuestdb: () => Promise<unknown>;
  readonly entityStore: EntityStore;
  readonly settingsStore: SettingsStore;
  readonly subscriptionStore: SubscriptionStore;
  readonly syncLog: SyncLog;
  readonly pingDocuments: () => Promise<unknown>;
  /** Begins to connect to the stores. */
  readonly startStores: () => void;
  /** Closes the stores' connections. */
  readonly closeStores: () => Promise<void>;
}

const stopRecorderWithinMs = 7000;

/** A caller that needs all received readings waits no longer for a slow store. */
const gatherWithinMs = 2000;
/** Readings that wait for QuestDB; above this, work that can wait does. */
const manyWaiting = 5000;

interface EnergyLedgerDeps {
  readonly options: Options;
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

const reportPostedEveryMs = 9000;

export class EnergyLedger {
  readonly #deps: EnergyLedgerDeps;
  readonly #home: Home;
  readonly #connection: ConnectionSettings;
  readonly #gridConnections: GridConnections;
  readonly #recorder: Recorder;
  readonly #today: Today;
  readonly #ledger: LedgerServices;
  readonly #backfill: Backfill;
  readonly #recording: RecordingServices;
  readonly #integrity: IntegrityServices;
  readonly #questdb: StoreHealth;
  readonly #documents: StoreHealth;
  readonly #api: ApiServer;
  #port = 0;
  #postedReportedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: EnergyLedgerDeps) {
    const { options, adapters, clock, log, version } = deps;
    const { homeAssistant, readingStore, settingsStore, entityStore } = adapters;
    const named = (part: string) => log.child({ part });
    this.#deps = deps;
    this.#home = new Home({
      homeAssistant,
      entityStore,
      settingsStore,
      clock,
      log: named('home'),
      trackedOption: options.trackedEntities,
    });
    this.#connection = new ConnectionSettings({
      source: options.homeAssistant,
      settingsStore,
      use: (target) => homeAssistant.use(target),
      attempt: adapters.tryHomeAssistant,
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      clock,
      log: named('connection'),
    });
    this.#gridConnections = new GridConnections({
      store: adapters.gridConnectionStore,
      home: this.#home,
      log: named('home'),
    });
    this.#ledger = new LedgerServices({
      adapters,
      home: this.#home,
      connections: this.#gridConnections,
      readings: readingStore,
      settings: settingsStore,
      homeAssistant,
      syncLog: adapters.syncLog,
      heldUntil: (entityId) => this.#heldUntil(entityId),
      gather: () => this.#gather(),
      isWatched: () => this.#api.isWatched(),
      isStoreUp: () => this.#questdb.isUp(),
      isRecordingBusy: () => this.#isRecordingBusy(),
      newId: () => randomUUID(),
      clock,
      log,
    });
    const events = new RecordingEvents(named('recorder'));
    this.#recorder = new Recorder({
      homeAssistant,
      readings: readingStore,
      subscription: adapters.subscriptionStore,
      spool: new FileSpool({
        directory: join(options.dataDir, 'spool'),
        held: () => this.#recording.disk.spoolHeld(),
      }),
      events,
      zone: () => this.#home.config()?.timeZone ?? null,
      clock,
      log: named('recorder'),
    });
    this.#today = new Today({
      recorder: this.#recorder,
      readings: readingStore,
      ledger: this.#ledger.store,
      evidence: this.#ledger.evidence,
      postingWorker: this.#ledger.postingWorker,
      clock,
      log: named('today'),
      zone: () => this.#home.config()?.timeZone ?? null,
    });
    this.#recording = new RecordingServices({
      homeAssistant,
      home: this.#home,
      readings: readingStore,
      carryCorrections: (oldId, newId) => this.#ledger.corrections.carry(oldId, newId),
      excludeUntil: (entityId, endUs) => this.#ledger.corrections.excludeUntil(entityId, endUs),
      settings: settingsStore,
      coverageStore: adapters.coverageStore,
      readingsReadable: adapters.readingsReadable,
      syncLog: adapters.syncLog,
      recorder: this.#recorder,
      events,
      diskSpace: adapters.diskSpace,
      diskLimits: diskLimits(options),
      mendStore: adapters.mendStore,
      onDiskChange: () => this.#api.hub.changed('status'),
      isBusy: () => this.#isRecordingBusy(),
      newId: () => randomUUID(),
      clock,
      log,
    });
    this.#backfill = new Backfill({
      homeAssistant,
      readings: readingStore,
      recorder: this.#recorder,
      syncLog: adapters.syncLog,
      clock,
      log: named('backfill'),
      newId: () => randomUUID(),
      coverageVerifier: this.#recording.coverageVerifier,
      onBrought: () => {
        // The day is counted again from what came.
        this.#api.hub.changed('readings', 'entities');
        this.#recording.coverageScheduler.check();
      },
    });
    const { store: ledgerStore, views: ledgerViews } = this.#ledger;
    this.#integrity = new IntegrityServices({
      adapters: { ...adapters, ledgerStore },
      views: ledgerViews,
      home: this.#home,
      homeAssistant,
      postingWorker: this.#ledger.postingWorker,
      corrections: this.#ledger.corrections,
      coverageVerifier: this.#recording.coverageVerifier,
      events: this.#recording.events,
      isBusy: () => this.#isRecordingBusy() || this.#ledger.history.status().run !== null,
      onTickets: () => this.#api.hub.changed('tickets', 'status'),
      newId: () => randomUUID(),
      clock,
      log,
    });
    const storeHealth = (name: string, ping: () => Promise<unknown>, onUp: () => void) =>
      new StoreHealth({
        name,
        ping,
        log: named('stores'),
        onChange: (isUp) => {
          this.#api.hub.changed('status', 'settings');
          if (isUp) onUp();
        },
      });
    this.#questdb = storeHealth('QuestDB', adapters.pingQuestdb, () => {
      // It may have lost readings.
      this.#recording.coverageScheduler.check();
      this.#ledger.runNow();
    });
    this.#documents = storeHealth('The document store', adapters.pingDocuments, () => undefined);
    this.#api = new ApiServer({
      version,
      access: {
        ingressAddress: options.ingressAddress,
        trustsLoopbackIngress: options.homeAssistant.kind === 'supervisor',
      },
      panelDir: options.panelDir,
      homeAssistant,
      homeAssistantRefused: refusedAddress(options),
      home: this.#home,
      connection: this.#connection,
      gridConnections: this.#gridConnections,
      entityStore,
      readingStore,
      syncLog: adapters.syncLog,
      recording: recordingView({
        recorder: this.#recorder,
        today: this.#today,
        bringsPast: () => this.#backfill.bringsPast(),
        isStoreUp: () => this.#questdb.isUp(),
        watch: () => this.#recording.watch(),
      }),
      backfill: this.#backfill,
      ledger: {
        views: ledgerViews,
        store: ledgerStore,
        statistics: adapters.statisticsStore,
        corrections: this.#ledger.corrections,
        costVersions: adapters.costVersionStore,
        postingWorker: this.#ledger.postingWorker,
        posting: () => this.#ledger.posting(),
        history: this.#ledger.history,
      },
      integrity: {
        tickets: this.#integrity.tickets,
        ticketStore: adapters.ticketStore,
        reconciler: this.#integrity.reconciler,
      },
      present: {
        readings: () => this.#visible(),
        ledger: async () => {
          await this.#visible();
          await this.#ledger.present();
        },
      },
      stores: { questdb: () => this.#questdb.health(), mongodb: () => this.#documents.health() },
      clock,
      log: named('api'),
    });
    this.#home.onChange((change) => {
      if (change === 'tracked') this.#recorder.track(this.#home.recorded());
    });
    for (const source of [this.#recorder, this.#recording.renames])
      source.onStored((readings) => this.#ledger.readingsStored(readings));
    this.#ledger.postingWorker.onPosted(() => this.#reportPosted());
  }

  /** Resolves with the port on which the API answers. Rejects when the port or the spool's folder can't be used. */
  async start(): Promise<number> {
    const { options, log } = this.#deps;
    const refused = refusedAddress(options);
    if (refused !== null) log.error({}, refused);
    await startServices(this.#services);
    return this.#port;
  }

  /** Nothing new comes in, then what came is written, then the connections are closed. */
  stop(): Promise<void> {
    return stopServices(this.#services, this.#deps.log);
  }

  /** In the order of their start; they stop in the reverse order. */
  get #services(): readonly Service[] {
    const { options, adapters } = this.#deps;
    const { disk } = this.#recording;
    return [
      // Before anything is written.
      serviceOf('disk watch', disk),
      {
        name: 'stores',
        start: () => {
          if (isHere(options.questdbUrl)) adapters.holdStoreWrites(() => disk.storeHeld());
          adapters.startStores();
        },
        stop: () => adapters.closeStores(),
      },
      serviceOf('document store health', this.#documents),
      serviceOf('QuestDB health', this.#questdb),
      {
        name: 'API',
        start: async () => {
          this.#port = await this.#api.start(options.host, options.port);
        },
        stop: () => this.#api.stop(),
      },
      serviceOf('Home Assistant', adapters.homeAssistant),
      serviceOf('ledger', this.#ledger),
      serviceOf('today', this.#today),
      // It may take time to write what was received.
      { ...serviceOf('recorder', this.#recorder), stopWithinMs: stopRecorderWithinMs },
      // No gap is found before there is something to record.
      serviceOf('back-fill', this.#backfill),
      serviceOf('watch over recording', this.#recording),
      serviceOf('integrity', this.#integrity),
      serviceOf('grid connections', this.#gridConnections),
      serviceOf('home', this.#home),
      serviceOf('connection', this.#connection),
    ];
  }

  /** The panel fetches again what rests on the ledger, but not more often than is useful. */
  #reportPosted(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#postedReportedMs < reportPostedEveryMs) return;
    this.#postedReportedMs = nowMs;
    this.#api.hub.changed('readings', 'status');
  }

  /** Resolves when the received readings are in QuestDB, or after a while; the rest is shown when it is stored. */
  async #gather(): Promise<void> {
    if (this.#recorder.isStoring()) await waitAtMost(gatherWithinMs, this.#recorder.settled());
  }

  /** Resolves when the received readings can be read, or after a while. */
  async #visible(): Promise<void> {
    if (this.#recorder.waiting() === 0 || !this.#questdb.isUp()) return;
    await this.#gather();
    const readable = this.#deps.adapters.readingsReadable().catch((error: unknown) => {
      this.#deps.log.debug({ err: error }, 'What was written last can not be read yet');
    });
    await waitAtMost(gatherWithinMs, readable);
  }

  #isRecordingBusy(): boolean {
    return this.#backfill.status().isRunning || this.#recorder.waiting() > manyWaiting;
  }

  /** Until when an entity is known to have kept its value: a change of a followed entity would have been received. */
  #heldUntil(entityId: string): number | null {
    if (!this.#recorder.status().isSubscribed || !this.#recorder.tracked().has(entityId)) return null;
    const newest = this.#recorder.newest().get(entityId);
    return newest === undefined || newest.absence !== null ? null : this.#deps.clock.nowUs();
  }
}

/** Why the environment's Home Assistant is not used; null when it is, or when there is none. */
function refusedAddress({ homeAssistant }: Options): string | null {
  return homeAssistant.kind === 'saved' ? homeAssistant.refused : null;
}

/** Whether a store is on this machine, and so on this disk. */
function isHere(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

function diskLimits({ diskReserveBytes, diskWarnBytes }: Options): Partial<DiskWatchLimits> {
  return {
    ...(diskReserveBytes === null ? {} : { reserveBytes: diskReserveBytes }),
    ...(diskWarnBytes === null ? {} : { warnBytes: diskWarnBytes }),
  };
}
