/** A home of meters in the real stores, with the ledger, corrections and reconciliation as the process has them. */

import { MongoCorrectionStore } from '../../src/adapters/mongodb/correction-store.ts';
import { MongoSyncLog } from '../../src/adapters/mongodb/sync-log.ts';
import { MongoTicketStore } from '../../src/adapters/mongodb/ticket-store.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { readingsTable } from '../../src/adapters/questdb/reading-rows.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import { applied } from '../../src/adapters/questdb/wal.ts';
import type { ReconciledEntity } from '../../src/integrity/reconciliation/reconciled-entity.ts';
import type { ReconciliationDeps } from '../../src/integrity/reconciliation/reconciliation-deps.ts';
import { ReconciliationRun } from '../../src/integrity/reconciliation/reconciliation-run.ts';
import { Tickets } from '../../src/integrity/tickets/tickets.ts';
import {
  CorrectionService,
  type UnpostedCorrection,
} from '../../src/ledger/corrections/correction-service.ts';
import { quantityIn } from '../../src/ledger/corrections/quantity-in.ts';
import type { Meter } from '../../src/ledger/entries/meter.ts';
import type { Correction } from '../../src/ledger/evidence/correction.ts';
import { StoredEvidence } from '../../src/ledger/evidence/stored-evidence.ts';
import { PostingWorker } from '../../src/ledger/posting/posting-worker.ts';
import { usualRules } from '../../src/ledger/posting/reposting.ts';
import { verifyMeter } from '../../src/ledger/posting/verification.ts';
import { MemoryStatistics } from '../../src/ledger/testing/statistics-doubles.ts';
import type { Reading } from '../../src/recording/reading.ts';
import type { SyncRun } from '../../src/recording/sync-log.ts';
import { hourUs } from '../../src/units/durations.ts';
import { openDocuments, settingsOf } from './documents-fixture.ts';
import { openQuestDb, quietLog } from './questdb-fixture.ts';

export class IntegrityHome {
  readonly #nowUs: number;
  readonly #open = openQuestDb();
  readonly documents = openDocuments();
  readonly readings = this.#open.store;
  readonly ledger = new QuestDbLedgerStore(this.#open.db);
  readonly views = new QuestDbLedgerViews(this.#open.db, () => 'Europe/Brussels');
  readonly ticketStore = new MongoTicketStore(this.documents);
  readonly syncLog = new MongoSyncLog(this.documents);
  readonly homeAssistant = new MemoryStatistics();
  readonly kept: QuestDbStatisticsStore;
  readonly postingWorker: PostingWorker;
  readonly corrections: CorrectionService;
  readonly tickets: Tickets;
  /** What Home Assistant recorded and we have not. */
  missing: Reading[] = [];
  entities: ReconciledEntity[] = [];
  #meters: Meter[] = [];
  #unposted: readonly UnpostedCorrection[] = [];
  #runs = 0;

  constructor(nowUs: number) {
    this.#nowUs = nowUs;
    const clock = this.clock();
    const store = new MongoCorrectionStore(this.documents);
    this.kept = new QuestDbStatisticsStore(this.#open.db, clock);
    const evidenceOf = (corrections: (entityId: string) => Promise<readonly Correction[]>) =>
      new StoredEvidence({
        readings: this.readings,
        statistics: this.kept,
        corrections,
        kindOf: () => 'rising',
      });
    this.postingWorker = new PostingWorker({
      evidence: evidenceOf((entityId) => store.of(entityId)),
      ledger: this.ledger,
      readable: () => applied(this.#open.db, readingsTable),
      mark: { load: async () => 0, save: async () => undefined },
      receivedSince: async () => new Map(),
      heldUntil: () => null,
      clock,
      log: quietLog,
    });
    this.corrections = new CorrectionService({
      corrections: store,
      evidenceWith: (declared) => evidenceOf(async () => declared),
      ledger: this.ledger,
      postingWorker: this.postingWorker,
      meterOf: (entityId) => this.#meters.find((meter) => meter.entityId === entityId) ?? null,
      unposted: {
        load: async () => this.#unposted,
        save: async (unposted) => {
          this.#unposted = unposted;
        },
      },
      heldUntil: () => null,
      clock,
      log: quietLog,
    });
    this.tickets = new Tickets({
      store: this.ticketStore,
      corrections: this.corrections,
      counted: (entityId, span) => quantityIn(this.ledger, entityId, span),
      clock,
      log: quietLog,
    });
  }

  clock() {
    return { nowUs: () => this.#nowUs, monotonicMs: () => performance.now() };
  }

  async start(entityIds: readonly string[]): Promise<void> {
    await this.#open.db.prepared();
    await this.views.prepare();
    this.#meters = entityIds.map((entityId) => ({ entityId, posts: 'register', kind: 'rising' }));
    this.entities = this.#meters.map((meter) => ({
      entityId: meter.entityId,
      unit: 'kWh',
      meter,
      ownerId: null,
      power: null,
    }));
    this.postingWorker.setMeters(this.#meters);
  }

  async stop(): Promise<void> {
    await this.corrections.stop();
    await this.postingWorker.stop();
    await this.#open.db.stop();
    await this.documents.stop();
  }

  /**
   * Home Assistant recorded all of these; those of `skip` we did not. Its rows of hours and five minutes are reckoned from
   * all by core's rule.
   */
  async play(all: readonly Reading[], skip: (place: number) => boolean): Promise<void> {
    const first = all[0];
    const last = all.at(-1);
    if (first === undefined || last === undefined) return;
    this.missing.push(...all.filter((_, place) => skip(place)));
    await this.readings.append(all.filter((_, place) => !skip(place)));
    for (const period of ['hour', '5minute'] as const) {
      const rowUs = period === 'hour' ? hourUs : hourUs / 12;
      let place = 0;
      let state = 0;
      let sum = 0;
      for (let startUs = first.atUs; startUs + rowUs <= last.atUs; startUs += rowUs) {
        for (; (all[place]?.atUs ?? Number.POSITIVE_INFINITY) < startUs + rowUs; place += 1) {
          const value = all[place]?.value ?? null;
          if (value === null) continue;
          if (place > 0) sum += value < state * 0.9 ? value : value - state;
          state = value;
        }
        const none = { mean: null, min: null, max: null, unit: 'kWh' } as const;
        const { entityId } = first;
        this.homeAssistant.rows.push({
          entityId,
          period,
          startUs,
          endUs: startUs + rowUs,
          state,
          sum,
          ...none,
        });
      }
    }
    await this.kept.append(this.homeAssistant.rows);
    this.postingWorker.markDirty(first.entityId, { startUs: first.atUs, endUs: last.atUs + 1 });
    await this.postingWorker.settle();
  }

  async reconcile(startUs: number, endUs: number): Promise<SyncRun> {
    this.#runs += 1;
    const { homeAssistant, readings, ledger, views, corrections, tickets, syncLog } = this;
    const deps: ReconciliationDeps = {
      ...{ homeAssistant, readings, ledger, views, corrections, tickets, syncLog },
      statistics: this.kept,
      posting: this.postingWorker,
      coverageVerifier: {
        unverifiedCount: async () => 0,
        verify: async ({ entityIds, startUs: askedStartUs, endUs: askedEndUs }, { onVerified }) => {
          for (const entityId of entityIds) {
            const found = this.missing.filter(
              (one) => one.entityId === entityId && one.atUs >= askedStartUs && one.atUs < askedEndUs,
            );
            this.missing = this.missing.filter((one) => !found.includes(one));
            const [first, last] = [found[0], found.at(-1)];
            if (first === undefined || last === undefined) continue;
            await readings.append(found.map((one) => ({ ...one, origin: 'history' })));
            const one = { entityId, firstUs: first.atUs, lastUs: last.atUs, added: found.length };
            onVerified(entityId, { hours: 1, found: [one], error: null });
          }
        },
      },
      settings: settingsOf(this.documents),
      entities: () => this.entities,
      zone: () => 'Europe/Brussels',
      isBusy: () => false,
      clock: this.clock(),
      log: quietLog,
      newId: () => 'unused',
    };
    const job = {
      ...({ syncId: `run-${this.#runs}`, kind: 'nightly', startUs, endUs } as const),
      ...{ entityIds: null, startedAtUs: this.#nowUs },
    };
    const environment = { signal: new AbortController().signal, onProgress: () => undefined };
    return await new ReconciliationRun(deps, job, environment).do();
  }

  /** What the ledger says a meter delivered in [startUs, endUs), kWh. */
  async counted(entityId: string, startUs: number, endUs: number): Promise<number> {
    const entries = await this.ledger.current(entityId, startUs, endUs);
    const sum = entries
      .filter(({ kind }) => kind === 'quantity')
      .reduce((total, { amountMicro }) => total + amountMicro, 0);
    return sum / 1_000_000;
  }

  /** What `npm run verify` would find of a meter. */
  async findings(meter: Meter, startUs: number, endUs: number) {
    const evidence = new StoredEvidence({
      readings: this.readings,
      statistics: this.kept,
      corrections: (entityId) => this.corrections.of(entityId),
      kindOf: () => 'rising',
    });
    return (await verifyMeter({ evidence, ledger: this.ledger }, usualRules, meter, startUs, endUs)).findings;
  }
}
