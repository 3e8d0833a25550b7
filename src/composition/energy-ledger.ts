/** The process put together: services over adapters, started and stopped in order. main.ts gives it the real ones. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { recordingView } from '../api/answers/recording-view.ts';
import { ApiServer } from '../api/server.ts';
import { Connection, type HomeAssistantTarget, type Trial } from '../home/connection.ts';
import type { EntityStore } from '../home/entity-store.ts';
import type { GridConnectionStore } from '../home/grid-connection-store.ts';
import { GridConnections } from '../home/grid-connections.ts';
import { Home } from '../home/home.ts';
import type { HomeAssistant } from '../home/home-assistant.ts';
import type { SettingsStore } from '../home/settings-store.ts';
import { Backfill } from '../recording/backfill/backfill.ts';
import type { CoverageStore } from '../recording/coverage-proof.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import { RecordingEvents } from '../recording/recording-events.ts';
import { Recorder } from '../recording/stream/recorder.ts';
import type { SubscriptionStore, SyncLog } from '../recording/sync-log.ts';
import type { DiskSpace, DiskWatchLimits } from '../recording/write/disk-watch.ts';
import { FileSpool } from '../recording/write/spool/file-spool.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { withinMs } from '../runtime/pause.ts';
import { Today } from '../statistics/today.ts';
import type { CostVersionStore } from '../tariffs/cost-version-store.ts';
import { type IntegrityAdapters, IntegrityServices } from './integrity-services.ts';
import { type LedgerAdapters, LedgerServices } from './ledger-services.ts';
import type { Options } from './options.ts';
import { RecordingServices } from './recording-services.ts';
import { StoreHealth } from './store-health.ts';

/** What speaks to the outside. `start` begins to look for the other end and returns; none needs it to be there. */
export interface Adapters extends LedgerAdapters, IntegrityAdapters {
  readonly homeAssistant: HomeAssistant & {
    start(): void;
    stop(): Promise<void>;
    /** Speaks to this one from now on. */
    use(target: HomeAssistantTarget): void;
    reconnect(reason: string): void;
    lastPingAtUs(): number | null;
  };
  readonly tryHomeAssistant: (target: HomeAssistantTarget) => Promise<Trial>;
  readonly readingStore: ReadingStore;
  readonly coverageStore: CoverageStore;
  /** Nothing is written to QuestDB while `held` says why not. */
  readonly holdStoreWrites: (held: () => string | null) => void;
  /** QuestDB goes on with what a full disk made it give up. Rejects when it does not answer. */
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
  /** Begins to look for the stores. */
  readonly startStores: () => void;
  /** Closes the stores' connections. */
  readonly closeStores: () => Promise<void>;
}

/** A part that hangs must not keep the ones after it from stopping; the recorder may take time to write. */
const stopPartWithinMs = 2000;
const stopRecorderWithinMs = 7000;

/** Who asks for what was received is not kept waiting by a store that is slow. */
const gatherWithinMs = 2000;
/** Readings that wait for QuestDB; above this, work that can wait does. */
const manyWaiting = 5000;

export interface EnergyLedgerDeps {
  readonly options: Options;
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

const tellPostedEveryMs = 9000;

export class EnergyLedger {
  readonly #deps: EnergyLedgerDeps;
  readonly #home: Home;
  readonly #connection: Connection;
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
  #postedToldMs = Number.NEGATIVE_INFINITY;

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
    this.#connection = new Connection({
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
    const postedReadings = this.#ledger.postingReadingStore(readingStore);
    this.#recorder = new Recorder({
      homeAssistant,
      readings: postedReadings,
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
      postedReadings,
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
        // The day is counted anew from what came.
        this.#api.hub.changed('readings', 'entities');
        this.#recording.proofs.look();
      },
    });
    const { store: ledgerStore, views: ledgerViews } = this.#ledger;
    this.#integrity = new IntegrityServices({
      adapters: { ...adapters, ledgerStore, ledgerViews },
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
      // It may have come back with less than it had.
      this.#recording.proofs.look();
      this.#ledger.soon();
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
  }

  /** Resolves with the port on which the API answers. Rejects when the port or the spool's folder can't be used. */
  async start(): Promise<number> {
    const { options, adapters, log } = this.#deps;
    const refused = refusedAddress(options);
    if (refused !== null) log.error({}, refused);
    // Before anything is written.
    await this.#recording.disk.start();
    if (isHere(options.questdbUrl)) adapters.holdStoreWrites(() => this.#recording.disk.storeHeld());
    adapters.startStores();
    this.#questdb.start();
    this.#documents.start();
    // The day is counted before anyone is told of a reading, and gaps are heard before there is one.
    this.#today.start();
    this.#backfill.start();
    const port = await this.#api.start(options.host, options.port);
    await this.#recorder.start();
    this.#home.onChange((change) => {
      if (change === 'tracked') this.#recorder.track(this.#home.recorded());
    });
    adapters.homeAssistant.start();
    this.#connection.start();
    this.#home.start();
    this.#gridConnections.start();
    this.#ledger.postingWorker.onPosted(() => this.#tellPosted());
    this.#ledger.start();
    this.#recording.start();
    this.#integrity.start();
    return port;
  }

  /** Nothing new comes in, what came is written, then the doors close. */
  async stop(): Promise<void> {
    const { adapters, log } = this.#deps;
    const steps: readonly (readonly [string, () => Promise<void> | void])[] = [
      ['connection', () => this.#connection.stop()],
      ['home', () => this.#home.stop()],
      ['grid connections', () => this.#gridConnections.stop()],
      ['integrity', () => this.#integrity.stop()],
      ['proofs', () => this.#recording.stop()],
      ['backfill', () => this.#backfill.stop()],
      ['recorder', () => this.#recorder.stop()],
      ['today', () => this.#today.stop()],
      ['ledger', () => this.#ledger.stop()],
      ['home assistant', () => adapters.homeAssistant.stop()],
      ['api', () => this.#api.stop()],
      ['questdb health', () => this.#questdb.stop()],
      ['documents health', () => this.#documents.stop()],
      ['stores', () => adapters.closeStores()],
    ];
    for (const [part, step] of steps) {
      try {
        await within(part === 'recorder' ? stopRecorderWithinMs : stopPartWithinMs, step());
      } catch (error) {
        log.error({ err: error, part }, 'A part did not stop cleanly');
      }
    }
  }

  /** The panel asks again for what rests on the ledger, but not more often than a look is worth. */
  #tellPosted(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#postedToldMs < tellPostedEveryMs) return;
    this.#postedToldMs = nowMs;
    this.#api.hub.changed('readings', 'status');
  }

  /** What was received is in QuestDB, as far as it takes it in time; the rest is told when it is. */
  async #gather(): Promise<void> {
    if (this.#recorder.isStoring()) await withinMs(gatherWithinMs, this.#recorder.settled());
  }

  /** What was received can be read. */
  async #visible(): Promise<void> {
    if (this.#recorder.waiting() === 0 || !this.#questdb.isUp()) return;
    await this.#gather();
    const readable = this.#deps.adapters.readingsReadable().catch((error: unknown) => {
      this.#deps.log.debug({ err: error }, 'What was written last can not be read yet');
    });
    await withinMs(gatherWithinMs, readable);
  }

  #isRecordingBusy(): boolean {
    return this.#backfill.status().isRunning || this.#recorder.waiting() > manyWaiting;
  }

  /** A followed entity that is there would have told a change. */
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

async function within(limitMs: number, work: Promise<void> | void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took more than ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
