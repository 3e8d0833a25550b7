/** The whole process: services over adapters, started and stopped in order. main.ts passes the real adapters. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { recordingView } from '../api/answers/recording-view.ts';
import { ApiServer } from '../api/server.ts';
import { ConnectionSettings } from '../home/connection-settings.ts';
import { GridConnections } from '../home/grid-connections.ts';
import { Home } from '../home/home.ts';
import { Backfill } from '../recording/backfill/backfill.ts';
import { RecordingEvents } from '../recording/recording-events.ts';
import { Recorder } from '../recording/stream/recorder.ts';
import { FileSpool } from '../recording/write/spool/file-spool.ts';
import type { Clock } from '../runtime/clock.ts';
import { waitAtMost } from '../runtime/deadline.ts';
import type { Log } from '../runtime/log.ts';
import { type Service, serviceOf, startServices, stopServices } from '../runtime/service.ts';
import { Today } from '../statistics/today.ts';
import type { Adapters } from './adapters.ts';
import { IntegrityServices } from './integrity-services.ts';
import { LedgerServices } from './ledger-services.ts';
import { diskLimits, isHere, type Options, refusedAddress } from './options.ts';
import { RecordingServices } from './recording-services.ts';
import { StoreHealth } from './store-health.ts';

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
  readonly #events: RecordingEvents;
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
    this.#deps = deps;
    this.#events = new RecordingEvents(this.#named('recorder'));
    this.#home = this.#createHome();
    this.#connection = this.#createConnection();
    this.#gridConnections = this.#createGridConnections();
    this.#ledger = this.#createLedger();
    this.#recorder = this.#createRecorder();
    this.#today = this.#createToday();
    this.#recording = this.#createRecording();
    this.#backfill = this.#createBackfill();
    this.#integrity = this.#createIntegrity();
    const { pingQuestdb, pingDocuments } = deps.adapters;
    this.#questdb = this.#createStoreHealth('QuestDB', pingQuestdb, () => {
      // It may have lost readings.
      this.#recording.coverageScheduler.check();
      this.#ledger.runNow();
    });
    this.#documents = this.#createStoreHealth('The document store', pingDocuments, () => undefined);
    this.#api = this.#createApi();
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

  /** Stops the intake first, then writes what arrived, then closes the connections. */
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

  #createHome(): Home {
    const { adapters, options, clock } = this.#deps;
    const { homeAssistant, settings, entityStore } = adapters;
    return new Home({
      homeAssistant,
      entityStore,
      settings,
      clock,
      log: this.#named('home'),
      trackedOption: options.trackedEntities,
    });
  }

  #createConnection(): ConnectionSettings {
    const { options, adapters, clock } = this.#deps;
    const { homeAssistant, settings } = adapters;
    return new ConnectionSettings({
      source: options.homeAssistant,
      settings,
      use: (target) => homeAssistant.use(target),
      attempt: adapters.tryHomeAssistant,
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      clock,
      log: this.#named('connection'),
    });
  }

  #createGridConnections(): GridConnections {
    const { adapters } = this.#deps;
    return new GridConnections({
      store: adapters.gridConnectionStore,
      home: this.#home,
      log: this.#named('home'),
    });
  }

  #createLedger(): LedgerServices {
    const { adapters, clock, log } = this.#deps;
    const { homeAssistant, readingStore, settings } = adapters;
    return new LedgerServices({
      adapters,
      home: this.#home,
      connections: this.#gridConnections,
      readings: readingStore,
      settings,
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
  }

  #createRecorder(): Recorder {
    const { options, adapters, clock } = this.#deps;
    const { homeAssistant, readingStore } = adapters;
    return new Recorder({
      homeAssistant,
      readings: readingStore,
      subscription: adapters.subscriptionStore,
      spool: new FileSpool({
        directory: join(options.dataDir, 'spool'),
        held: () => this.#recording.disk.spoolHeld(),
      }),
      events: this.#events,
      zone: () => this.#home.config()?.timeZone ?? null,
      clock,
      log: this.#named('recorder'),
    });
  }

  #createToday(): Today {
    const { adapters, clock } = this.#deps;
    const { readingStore } = adapters;
    return new Today({
      recorder: this.#recorder,
      readings: readingStore,
      ledger: this.#ledger.store,
      evidence: this.#ledger.evidence,
      postingWorker: this.#ledger.postingWorker,
      clock,
      log: this.#named('today'),
      zone: () => this.#home.config()?.timeZone ?? null,
    });
  }

  #createRecording(): RecordingServices {
    const { options, adapters, clock, log } = this.#deps;
    const { homeAssistant, readingStore, settings } = adapters;
    return new RecordingServices({
      homeAssistant,
      home: this.#home,
      readings: readingStore,
      carryCorrections: (oldId, newId) => this.#ledger.corrections.carry(oldId, newId),
      excludeUntil: (entityId, endUs) => this.#ledger.corrections.excludeUntil(entityId, endUs),
      settings,
      coverageStore: adapters.coverageStore,
      readingsReadable: adapters.readingsReadable,
      syncLog: adapters.syncLog,
      recorder: this.#recorder,
      events: this.#events,
      diskSpace: adapters.diskSpace,
      diskLimits: diskLimits(options),
      mendStore: adapters.mendStore,
      onDiskChange: () => this.#api.hub.changed('status'),
      isBusy: () => this.#isRecordingBusy(),
      newId: () => randomUUID(),
      clock,
      log,
    });
  }

  #createBackfill(): Backfill {
    const { adapters, clock } = this.#deps;
    const { homeAssistant, readingStore } = adapters;
    return new Backfill({
      homeAssistant,
      readings: readingStore,
      recorder: this.#recorder,
      syncLog: adapters.syncLog,
      clock,
      log: this.#named('backfill'),
      newId: () => randomUUID(),
      coverageVerifier: this.#recording.coverageVerifier,
      onBrought: () => {
        // The day is counted again from what came.
        this.#api.hub.changed('readings', 'entities');
        this.#recording.coverageScheduler.check();
      },
    });
  }

  #createIntegrity(): IntegrityServices {
    const { adapters, clock, log } = this.#deps;
    const { homeAssistant } = adapters;
    return new IntegrityServices({
      adapters: { ...adapters, ledgerStore: this.#ledger.store },
      views: this.#ledger.views,
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
  }

  #createApi(): ApiServer {
    const { options, adapters, clock, version } = this.#deps;
    const { homeAssistant, readingStore, entityStore } = adapters;
    return new ApiServer({
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
        views: this.#ledger.views,
        store: this.#ledger.store,
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
      log: this.#named('api'),
    });
  }

  #createStoreHealth(name: string, ping: () => Promise<unknown>, onUp: () => void): StoreHealth {
    return new StoreHealth({
      name,
      ping,
      log: this.#named('stores'),
      onChange: (isUp) => {
        this.#api.hub.changed('status', 'settings');
        if (isUp) onUp();
      },
    });
  }

  #named(part: string): Log {
    return this.#deps.log.child({ part });
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
