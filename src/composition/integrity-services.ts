/** Integrity put together: records are compared with Home Assistant, and what differs becomes a ticket. */
import type { Home } from '../home/home.ts';
import type { HomeAssistant } from '../home/home-assistant.ts';
import type { Settings } from '../home/settings.ts';
import { reconciledEntities } from '../integrity/reconciliation/reconciled-entity.ts';
import { Reconciler } from '../integrity/reconciliation/reconciler.ts';
import type { HourVerifier } from '../integrity/reconciliation/reconciliation-deps.ts';
import type { TicketStore } from '../integrity/ticket.ts';
import { RecordingTickets } from '../integrity/tickets/recording-tickets.ts';
import { Tickets } from '../integrity/tickets/tickets.ts';
import { quantityIn } from '../ledger/corrections/quantity-in.ts';
import type { LedgerStore } from '../ledger/entries/ledger-store.ts';
import type { Corrections } from '../ledger/evidence/corrections.ts';
import type { StatisticsStore } from '../ledger/evidence/statistics-store.ts';
import type { PostingWorker } from '../ledger/posting/posting-worker.ts';
import { foundInterval } from '../recording/coverage-store.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import type { RecordingEvents } from '../recording/recording-events.ts';
import type { SyncLog } from '../recording/sync-log.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { LedgerViews } from '../statistics/ledger-views.ts';

export interface IntegrityAdapters {
  readonly ticketStore: TicketStore;
  readonly statisticsStore: StatisticsStore;
  readonly ledgerStore: LedgerStore;
  readonly readingStore: ReadingStore;
  readonly settings: Settings;
  readonly syncLog: SyncLog;
}

interface IntegrityServicesDeps {
  readonly adapters: IntegrityAdapters;
  readonly views: LedgerViews;
  readonly home: Home;
  readonly homeAssistant: HomeAssistant;
  readonly postingWorker: PostingWorker;
  readonly corrections: Corrections;
  readonly coverageVerifier: HourVerifier;
  readonly events: RecordingEvents;
  /** Whether more urgent work runs: a back-fill, or readings that wait to be written. */
  readonly isBusy: () => boolean;
  readonly onTickets: () => void;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

export class IntegrityServices {
  readonly tickets: Tickets;
  readonly reconciler: Reconciler;
  readonly #deps: IntegrityServicesDeps;
  readonly #recordingTickets: RecordingTickets;
  #unlisten: () => void = () => undefined;

  constructor(deps: IntegrityServicesDeps) {
    const { adapters, home, postingWorker, corrections, clock, newId } = deps;
    const log = deps.log.child({ part: 'integrity' });
    this.#deps = deps;
    this.tickets = new Tickets({
      store: adapters.ticketStore,
      corrections,
      counted: (entityId, span) => quantityIn(adapters.ledgerStore, entityId, span),
      idNow: (entityId) => home.renames().get(entityId) ?? entityId,
      clock,
      log,
      onChange: deps.onTickets,
    });
    this.reconciler = new Reconciler({
      homeAssistant: deps.homeAssistant,
      readings: adapters.readingStore,
      statistics: adapters.statisticsStore,
      ledger: adapters.ledgerStore,
      views: deps.views,
      corrections,
      posting: postingWorker,
      coverageVerifier: deps.coverageVerifier,
      tickets: this.tickets,
      syncLog: adapters.syncLog,
      settings: adapters.settings,
      entities: () => reconciledEntities(home.tracked()),
      zone: () => home.config()?.timeZone ?? null,
      isBusy: deps.isBusy,
      clock,
      log,
      newId,
      onDone: deps.onTickets,
    });
    this.#recordingTickets = new RecordingTickets({
      tickets: this.tickets,
      isReconciling: () => this.reconciler.status().run !== null,
      clock,
      log,
    });
  }

  start(): void {
    const { events, postingWorker } = this.#deps;
    this.#unlisten = events.on((event) => {
      // Found outside a reconciliation too: the revisions that follow have the right cause.
      if (event.kind === 'found')
        postingWorker.markDirty(event.found.entityId, foundInterval(event.found), 'reconciled');
      this.#recordingTickets.take(event);
    });
    this.#recordingTickets.start();
    this.reconciler.start();
  }

  async stop(): Promise<void> {
    this.#unlisten();
    await this.reconciler.stop();
    await this.#recordingTickets.stop();
  }
}
