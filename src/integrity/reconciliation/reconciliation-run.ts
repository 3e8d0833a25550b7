import { hasStates } from '../../home/entity.ts';
import { foundInterval, type VerificationResult } from '../../recording/coverage-store.ts';
import type { SyncKind, SyncOutcome, SyncRun } from '../../recording/sync-log.ts';
import { unlessAborted } from '../../runtime/pause.ts';
import { dayUs } from '../../units/durations.ts';
import { hull, type Interval } from '../../units/interval.ts';
import type { Gap } from '../detectors/gap.ts';
import type { TicketKind } from '../ticket.ts';
import { readingsMissing } from '../tickets/readings-missing.ts';
import type { CheckedScope, Detected } from '../tickets/tickets.ts';
import { checkEntity } from './entity-check.ts';
import { gapsDetected } from './gap-check.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';
import type { ReconciliationDeps } from './reconciliation-deps.ts';
import { StatisticsRefused } from './statistics-refresh.ts';

/** What a run checks. */
export interface ReconciliationJob extends Interval {
  readonly syncId: string;
  readonly kind: Extract<SyncKind, 'hourly' | 'nightly' | 'reconciliation'>;
  /** Null: all that are tracked. */
  readonly entityIds: readonly string[] | null;
  readonly startedAtUs: number;
}

interface RunEnvironment {
  readonly signal: AbortSignal;
  readonly onProgress: (run: SyncRun) => void;
}

/** The process stops in the middle of a run. */
export class Stopped extends Error {
  override name = 'Stopped';
}

/** What the check of entities can find; open tickets of these kinds pass when they are not found again. */
const checkedKinds: readonly TicketKind[] = [
  'hours_differ',
  'register_jumped',
  'register_fell',
  'spike',
  'gap',
  'frozen',
];
/** Findings of one entity in a run; more add nothing. */
const findingsEach = 200;

const noOutcome: SyncOutcome = {
  hoursChecked: 0,
  hoursDiffering: 0,
  holesFound: 0,
  entriesRevised: 0,
  ticketsOpened: 0,
};

export function begunJob(job: ReconciliationJob, entitiesTotal: number): SyncRun {
  return {
    syncId: job.syncId,
    kind: job.kind,
    startUs: job.startUs,
    endUs: job.endUs,
    status: 'running',
    entitiesTotal,
    entitiesDone: 0,
    readingsAdded: 0,
    error: null,
    startedAtUs: job.startedAtUs,
    finishedAtUs: null,
    outcome: noOutcome,
  };
}

/** One run: what is missing is fetched and posted, then each entity is checked, then the findings become tickets. */
export class ReconciliationRun {
  readonly #deps: ReconciliationDeps;
  readonly #job: ReconciliationJob;
  readonly #environment: RunEnvironment;
  readonly #entities: readonly ReconciledEntity[];
  /** Why an entity could not be checked. */
  readonly #failed = new Map<string, string>();
  readonly #detected: Detected[] = [];
  readonly #gaps = new Map<string, readonly Gap[]>();
  /** Where readings or rows were added, by entity. */
  readonly #mended = new Map<string, Interval>();
  #run: SyncRun;

  constructor(deps: ReconciliationDeps, job: ReconciliationJob, environment: RunEnvironment) {
    this.#deps = deps;
    this.#job = job;
    this.#environment = environment;
    const wanted = job.entityIds === null ? null : new Set(job.entityIds);
    this.#entities = deps.entities().filter(({ entityId }) => wanted?.has(entityId) ?? true);
    this.#run = begunJob(job, this.#entities.length);
  }

  /** The run so far. */
  run(): SyncRun {
    return this.#run;
  }

  /** @returns the run as it ended. Rejects when Home Assistant or a store is away, and with Stopped */
  async do(): Promise<SyncRun> {
    this.#progress({});
    const startedUs = this.#deps.clock.nowUs();
    await this.#verify();
    if (this.#mended.size > 0) await this.#unlessStopped(this.#deps.posting.settle());
    for (const entity of this.#entities) {
      await this.#check(entity);
      this.#progress({ entitiesDone: this.#run.entitiesDone + 1 });
    }
    const entriesRevised = await this.#unlessStopped(this.#revisedSince(startedUs));
    const reported = await this.#unlessStopped(this.#report());
    this.#outcome({ entriesRevised, ticketsOpened: reported.opened });
    const error = [...this.#failed]
      .slice(0, 5)
      .map((one) => one.join(': '))
      .join('; ');
    const isAll = this.#failed.size >= this.#entities.length;
    this.#progress({
      status: this.#failed.size === 0 ? 'success' : isAll ? 'failed' : 'partial',
      error: error === '' ? null : error,
      finishedAtUs: this.#deps.clock.nowUs(),
    });
    return this.#run;
  }

  async #verify(): Promise<void> {
    const { startUs, endUs, kind } = this.#job;
    const { signal } = this.#environment;
    const entityIds = this.#entities.filter(hasStates).map(({ entityId }) => entityId);
    // The current hour is verified when it is over, but a requested run includes it now.
    const asked = { entityIds, startUs, endUs, isExact: kind === 'reconciliation' };
    const onVerified = (entityId: string, result: VerificationResult) => this.#verified(entityId, result);
    await this.#unlessStopped(this.#deps.coverageVerifier.verify(asked, { signal, onVerified }));
  }

  #verified(entityId: string, result: VerificationResult): void {
    const { posting } = this.#deps;
    if (result.error !== null) this.#failed.set(entityId, result.error);
    for (const found of result.found) {
      const mended = foundInterval(found);
      posting.markDirty(entityId, mended, 'reconciled');
      this.#mended.set(entityId, hull(this.#mended.get(entityId), mended));
      if (!found.isFirst) this.#detected.push({ finding: readingsMissing(found), handling: 'record' });
    }
    const added = result.found.reduce((sum, found) => sum + found.added, 0);
    const { holesFound } = this.#outcomes();
    this.#outcome({ holesFound: holesFound + result.found.filter(({ isFirst }) => !isFirst).length });
    this.#progress({ readingsAdded: this.#run.readingsAdded + added });
  }

  async #check(entity: ReconciledEntity): Promise<void> {
    const { entityId } = entity;
    const { startUs, endUs } = this.#job;
    try {
      const checked = await this.#unlessStopped(checkEntity(this.#deps, entity, startUs, endUs));
      this.#detected.push(...checked.detected.slice(0, findingsEach));
      this.#gaps.set(entityId, checked.gaps.slice(0, findingsEach));
      if (checked.refreshed !== null)
        this.#mended.set(entityId, hull(this.#mended.get(entityId), checked.refreshed));
      const { hoursChecked, hoursDiffering } = this.#outcomes();
      this.#outcome({
        hoursChecked: hoursChecked + checked.hours,
        hoursDiffering: hoursDiffering + checked.differing,
      });
    } catch (cause) {
      // Any other failure concerns all entities.
      if (!(cause instanceof StatisticsRefused)) throw cause;
      this.#failed.set(entityId, cause.message);
    }
  }

  async #report() {
    const { tickets } = this.#deps;
    const scope: CheckedScope = {
      kinds: checkedKinds,
      entityIds: new Set([...this.#gaps.keys()].filter((entityId) => !this.#failed.has(entityId))),
      home: this.#job.entityIds === null && this.#failed.size === 0,
      startUs: this.#job.startUs,
      endUs: this.#job.endUs,
    };
    // An outage of the home shows only when all entities are checked.
    const detected = [...this.#detected, ...gapsDetected(this.#entities, this.#gaps)];
    return await tickets.report(detected, scope, this.#job.syncId);
  }

  /** Entries that got a revision because of what this run fetched, by the journal. */
  async #revisedSince(startedUs: number): Promise<number> {
    let count = 0;
    for (const [entityId, { startUs, endUs }] of this.#mended) {
      // A difference reaches back to the reading before, which may lie in another day.
      for (let atUs = startUs - dayUs; atUs < endUs; atUs += dayUs) {
        const journal = await this.#deps.ledger.journal(entityId, atUs, Math.min(endUs, atUs + dayUs));
        count += journal.filter(
          // The ledger may have posted the readings before the run could give the cause.
          ({ cause, postedAtUs }) => (cause === 'reconciled' || cause === 'late') && postedAtUs >= startedUs,
        ).length;
      }
    }
    return count;
  }

  #outcomes(): SyncOutcome {
    return this.#run.outcome ?? noOutcome;
  }

  #outcome(change: Partial<SyncOutcome>): void {
    this.#run = { ...this.#run, outcome: { ...this.#outcomes(), ...change } };
  }

  #progress(change: Partial<SyncRun>): void {
    this.#run = { ...this.#run, ...change };
    this.#environment.onProgress(this.#run);
  }

  /** A stop does not wait for the work. */
  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const result = await unlessAborted(work, this.#environment.signal);
    if (result === null) throw new Stopped();
    return result;
  }
}
