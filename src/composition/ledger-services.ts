/** The ledger put together: received readings are posted, the home's flows follow, prices are known. */

import { ConnectionFlows } from '../balance/connection-flows.ts';
import { FlowKeeper, flowsSetting, type SourcesSetting } from '../balance/flow-keeper.ts';
import { balanceSources, sourceIds } from '../balance/sources.ts';
import type { GridConnections } from '../home/grid-connections.ts';
import type { Home } from '../home/home.ts';
import type { HomeAssistant } from '../home/home-assistant.ts';
import type { Settings } from '../home/settings.ts';
import { CorrectionService } from '../ledger/corrections/correction-service.ts';
import { unpostedSetting } from '../ledger/corrections/unposted-corrections.ts';
import type { LedgerStore } from '../ledger/entries/ledger-store.ts';
import { type Meter, meterOf } from '../ledger/entries/meter.ts';
import type { Correction, CorrectionStore } from '../ledger/evidence/correction.ts';
import type { EvidenceSource } from '../ledger/evidence/evidence-source.ts';
import { RememberedCorrections } from '../ledger/evidence/remembered-corrections.ts';
import type { StatisticsStore } from '../ledger/evidence/statistics-store.ts';
import { StoredEvidence } from '../ledger/evidence/stored-evidence.ts';
import type { PostingHealth } from '../ledger/posting/posting-health.ts';
import { PostingRhythm, unsettledUs } from '../ledger/posting/posting-rhythm.ts';
import { markSetting, type PostingMark, PostingWorker } from '../ledger/posting/posting-worker.ts';
import { RunningLedger } from '../ledger/posting/running-ledger.ts';
import { HistoryImport } from '../ledger/statistics-import/history-import.ts';
import type { ImportEntity } from '../ledger/statistics-import/import-deps.ts';
import type { Reading } from '../recording/reading.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import type { SyncLog } from '../recording/sync-log.ts';
import type { Clock } from '../runtime/clock.ts';
import { waitAtMost } from '../runtime/deadline.ts';
import type { Log } from '../runtime/log.ts';
import type { LedgerViews, MaterializedViews } from '../statistics/ledger-views.ts';
import { RunningViews } from '../statistics/running-views.ts';
import { minuteMs, minuteUs } from '../units/durations.ts';
import { type Interval, intervalAt } from '../units/interval.ts';
import { canonicalUnit } from '../units/quantity.ts';

export interface LedgerAdapters {
  readonly ledgerStore: LedgerStore;
  /** @param zone the home's IANA zone now */
  readonly createLedgerViews: (zone: () => string) => MaterializedViews;
  readonly statisticsStore: StatisticsStore;
  readonly correctionStore: CorrectionStore;
  readonly receivedSince: (receivedUs: number | null) => Promise<ReadonlyMap<string, Interval>>;
  /** Resolves when every reading that was acknowledged can be read. */
  readonly readingsReadable: () => Promise<void>;
}

interface LedgerServicesDeps {
  readonly adapters: LedgerAdapters;
  readonly home: Home;
  readonly connections: GridConnections;
  readonly homeAssistant: HomeAssistant;
  readonly syncLog: SyncLog;
  readonly readings: ReadingStore;
  readonly settings: Settings;
  /** Until when an entity was followed without a change being received; null when it is not followed. */
  readonly heldUntil: (entityId: string) => number | null;
  /** Brings received readings into the store; resolves after a while at most. */
  readonly gather: () => Promise<void>;
  /** A panel or a client shows figures that follow the present. */
  readonly isWatched: () => boolean;
  readonly isStoreUp: () => boolean;
  /** Readings are on their way; the import of statistics waits for them. */
  readonly isRecordingBusy: () => boolean;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** One commit of the settings a minute is enough: what lies after the mark is posted twice, which changes nothing. */
const saveMarkEveryUs = minuteUs;
/** How often the quarter-hour of silent registers is posted again. */
const holdEveryMs = minuteMs;
/** A caller waits no longer for a slow store. */
const presentWithinMs = 2000;
/** An answer is no older than this; while a client is watching, runs of posting come by themselves. */
const freshMs = 2000;
const watchedFreshMs = 12_000;
const summedWithinMs = 3000;

export class LedgerServices {
  readonly evidence: EvidenceSource;
  /** The ledger and its sums with the quarter-hour that is not over, which is in memory. */
  readonly store: LedgerStore;
  readonly views: LedgerViews;
  readonly postingWorker: PostingWorker;
  readonly flows: FlowKeeper;
  readonly connectionFlows: ConnectionFlows;
  readonly history: HistoryImport;
  readonly corrections: CorrectionService;
  readonly #deps: LedgerServicesDeps;
  #meters: readonly Meter[] = [];
  readonly #storedViews: MaterializedViews;
  /** The zone that the views were last asked to be made for. */
  #viewsZone: string | null = null;
  readonly #running: RunningLedger;
  #catchingUp: Promise<void> | null = null;
  #savedMarkUs = 0;
  #holdTimer: NodeJS.Timeout | undefined;
  #unlisten: readonly (() => void)[] = [];

  constructor(deps: LedgerServicesDeps) {
    const { adapters, readings, settings, clock, log } = deps;
    this.#deps = deps;
    this.#storedViews = adapters.createLedgerViews(() => deps.home.config()?.timeZone ?? 'UTC');
    this.#running = new RunningLedger({
      store: adapters.ledgerStore,
      summed: () => waitAtMost(summedWithinMs, this.#storedViews.refreshed()),
      clock,
    });
    this.store = this.#running;
    this.views = new RunningViews(this.#storedViews, this.#running);
    const corrections = new RememberedCorrections(adapters.correctionStore);
    const evidenceOf = (declared: (entityId: string) => Promise<readonly Correction[]>) =>
      new StoredEvidence({
        readings,
        statistics: adapters.statisticsStore,
        corrections: declared,
        kindOf: (entityId) => this.#kindOf(entityId),
      });
    const evidence = evidenceOf((entityId) => corrections.of(entityId));
    this.evidence = evidence;
    this.postingWorker = new PostingWorker({
      evidence,
      ledger: this.store,
      gather: deps.gather,
      rhythm: new PostingRhythm({ isWatched: deps.isWatched, clock }),
      running: this.#running,
      posted: (beganUs) => this.#commit(beganUs),
      readable: adapters.readingsReadable,
      mark: this.#mark(),
      receivedSince: adapters.receivedSince,
      heldUntil: deps.heldUntil,
      clock,
      log: log.child({ part: 'ledger' }),
    });
    this.corrections = new CorrectionService({
      corrections,
      evidenceWith: (declared) => evidenceOf(async () => declared),
      ledger: this.store,
      postingWorker: this.postingWorker,
      meterOf: (entityId) => this.#meters.find((meter) => meter.entityId === entityId) ?? null,
      unposted: {
        load: () => settings.get(unpostedSetting),
        save: (unposted) => settings.set(unpostedSetting, unposted, clock.nowUs()),
      },
      heldUntil: deps.heldUntil,
      clock,
      log: log.child({ part: 'corrections' }),
    });
    const { flowDeps, remembered } = this.#flowDeps();
    this.flows = new FlowKeeper({
      ...flowDeps,
      remembered: {
        load: () => remembered.load(flowsSetting),
        save: (sources) => remembered.save(flowsSetting, sources),
      },
    });
    this.connectionFlows = new ConnectionFlows({ ...flowDeps, remembered });
    this.history = this.#createHistory();
    this.postingWorker.onPosted((entityId, changed) => {
      this.flows.posted(entityId, changed);
      this.connectionFlows.posted(entityId, changed);
    });
  }

  start(): void {
    const { home, connections } = this.#deps;
    this.#unlisten = [
      home.onChange(() => this.#follow()),
      connections.onChange(() => this.#followConnections()),
    ];
    this.#follow();
    this.postingWorker.start();
    this.flows.start();
    this.connectionFlows.start();
    this.history.start();
    this.corrections.start();
    this.#holdTimer = setInterval(() => this.#hold(), holdEveryMs);
    this.#holdTimer.unref();
  }

  async stop(): Promise<void> {
    for (const unlisten of this.#unlisten) unlisten();
    clearInterval(this.#holdTimer);
    await this.history.stop();
    await this.corrections.stop();
    await this.postingWorker.stop();
    await this.flows.stop();
    await this.connectionFlows.stop();
  }

  /** How far the ledger is behind what is stored. */
  posting(): PostingHealth {
    const { waiting, isPostingPast, lastPostedAtUs, error } = this.postingWorker.status();
    const isPast = isPostingPast || this.flows.isPostingPast() || this.connectionFlows.isPostingPast();
    return { metersWaiting: waiting, isPostingPast: isPast, lastPostedAtUs, error };
  }

  /**
   * Resolves when everything received until a moment ago is in `store` and `views`, the running quarter-hour too.
   * Resolves after a while in any case, because an answer that lags is better than none.
   */
  async present(): Promise<void> {
    const { postingWorker } = this;
    const { isWatched, isStoreUp, clock } = this.#deps;
    const { upToMs, isPostingPast, error } = postingWorker.status();
    // A failed posting is retried by itself; the caller does not wait for it.
    if (isPostingPast || error !== null || !isStoreUp()) return;
    if (clock.monotonicMs() - upToMs < (isWatched() ? watchedFreshMs : freshMs)) return;
    this.#catchingUp ??= this.#catchUp().finally(() => {
      this.#catchingUp = null;
    });
    await waitAtMost(presentWithinMs, this.#catchingUp);
  }

  /** The store is back: what could not be posted is tried at once. */
  runNow(): void {
    for (const part of [this.postingWorker, this.flows, this.connectionFlows]) part.runNow();
  }

  /** These readings are in the store: they are posted with the next run. */
  readingsStored(readings: readonly Reading[]): void {
    for (const { entityId, atUs } of readings)
      this.postingWorker.markDirty(entityId, { startUs: atUs, endUs: atUs });
  }

  /**
   * What rests on a completed quarter-hour is posted first, so that all of it is one commit. Flows that are posting a
   * long past, or that fail, are written when they are done.
   */
  async #commit(beganUs: number): Promise<void> {
    for (const part of [this.flows, this.connectionFlows])
      if (!part.isPostingPast()) await part.settle().catch(() => undefined);
    await this.#running.commit(unsettledUs(beganUs));
  }

  /** Each part logs its own failure and shows it in the status. */
  async #catchUp(): Promise<void> {
    await this.#deps.gather();
    for (const part of [this.postingWorker, this.flows, this.connectionFlows])
      await part.settle().catch(() => undefined);
  }

  /** Until when received evidence is posted, in the settings. */
  #mark(): PostingMark {
    const { settings, clock } = this.#deps;
    return {
      load: () => settings.get(markSetting),
      save: async (receivedUs) => {
        // A clock that was set back has to be followed, or what comes until then would lie before the mark.
        if (Math.abs(receivedUs - this.#savedMarkUs) < saveMarkEveryUs) return;
        await settings.set(markSetting, receivedUs, clock.nowUs());
        this.#savedMarkUs = receivedUs;
      },
    };
  }

  #flowDeps() {
    const { settings, clock, log } = this.#deps;
    const flowDeps = {
      ledger: this.store,
      firstQuarterHourUs: async (entityIds: readonly string[]) =>
        (await this.views.extent(entityIds))?.firstUs ?? null,
      clock,
      log: log.child({ part: 'balance' }),
    };
    const remembered = {
      load: (kept: SourcesSetting) => settings.get(kept),
      save: (kept: SourcesSetting, sources: string) => settings.set(kept, sources, clock.nowUs()),
    };
    return { flowDeps, remembered };
  }

  #createHistory(): HistoryImport {
    const { adapters, settings, clock, log } = this.#deps;
    return new HistoryImport({
      homeAssistant: this.#deps.homeAssistant,
      statistics: adapters.statisticsStore,
      syncLog: this.#deps.syncLog,
      settings,
      entities: () => this.#importEntities(),
      post: (spans) => this.#post(spans),
      isBusy: this.#deps.isRecordingBusy,
      clock,
      log: log.child({ part: 'statistics' }),
      newId: this.#deps.newId,
    });
  }

  #follow(): void {
    const { home, log } = this.#deps;
    const tracked = home.tracked();
    const before = this.#meters;
    this.#meters = tracked.flatMap((entity) => meterOf(entity, tracked) ?? []);
    this.#release(before);
    this.postingWorker.setMeters(this.#meters);
    this.flows.setSources(balanceSources(home.entities(), home.unknownSources()));
    this.#followConnections();
    this.history.follow();
    const zone = home.config()?.timeZone;
    if (zone !== undefined && zone !== this.#viewsZone) {
      this.#viewsZone = zone;
      this.#storedViews.prepare().catch((error: unknown) => {
        log.warn(
          { err: error, zone },
          'The views are not cut by the new zone yet; they are made when they are asked',
        );
      });
    }
  }

  /** A meter that is not followed any more is not posted again: its last quarter-hour is written as it is. */
  #release(before: readonly Meter[]): void {
    const followed = new Set(this.#meters.map(({ entityId }) => entityId));
    const left = before.map(({ entityId }) => entityId).filter((entityId) => !followed.has(entityId));
    this.#running.release(left).catch((error: unknown) => {
      this.#deps.log.warn(
        { err: error, meters: left },
        'The last quarter-hour of meters could not be written',
      );
    });
  }

  #followConnections(): void {
    const connections = this.#deps.connections.known();
    if (connections !== null) this.connectionFlows.setConnections(connections);
  }

  #importEntities(): readonly ImportEntity[] {
    const { home } = this.#deps;
    const sources = new Set(sourceIds(balanceSources(home.entities(), home.unknownSources())));
    const registers = new Set(
      this.#meters.filter(({ posts }) => posts === 'register').map(({ entityId }) => entityId),
    );
    // Home Assistant keeps no statistics of switches.
    const measured = home.tracked().filter(({ quantity }) => quantity !== 'switch');
    return measured.map(({ entityId, quantity }) => ({
      entityId,
      unit: canonicalUnit[quantity],
      posting: !registers.has(entityId) ? null : sources.has(entityId) ? 'together' : 'alone',
    }));
  }

  async #post(spans: ReadonlyMap<string, Interval>): Promise<void> {
    for (const [entityId, span] of spans) this.postingWorker.markDirty(entityId, span, 'statistics');
    await this.postingWorker.settle();
  }

  #kindOf(entityId: string) {
    const meter = this.#meters.find((one) => one.entityId === entityId);
    return meter?.posts === 'register' ? meter.kind : 'rising';
  }

  #hold(): void {
    const nowUs = this.#deps.clock.nowUs();
    for (const { entityId } of this.#meters) {
      if (this.#deps.heldUntil(entityId) !== null) this.postingWorker.markDirty(entityId, intervalAt(nowUs));
    }
  }
}
